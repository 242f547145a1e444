"""What the real engine says, beside the diff that needs no credential: one section of a comment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from stackwright.blueprint.shown import listed
from stackwright.diff.model import Risk
from stackwright.diff.preview.compared import PreviewDifference, Previewed
from stackwright.diff.preview.reasons import Reason
from stackwright.report.diff.sections import Block, Section, row, table_head
from stackwright.report.diff.wording import joined, named, names, resource_words, said
from stackwright.report.words import plural

_MOST_PROPERTIES = 4

_REASONS: Mapping[Reason, str] = {
    Reason.RULE: "rule of ours",
    Reason.DRIFT: "drift",
    Reason.STATE: "state",
    Reason.CONFIGURATION: "configuration",
}

_RISKS: Mapping[str, Risk] = {
    "replace": Risk.REPLACEMENT,
    "delete": Risk.REPLACEMENT,
}


def previewed_section(previews: Iterable[Previewed]) -> Section:
    """Return what the engine says of some environments, as far as the diff says otherwise.

    Args:
        previews: One for each environment that a trusted job previewed; their texts may come from
            a stranger and are escaped.
    """
    found = tuple(previews)
    title = "What the engine says"
    differing = [(one, item) for one in found for item in one.differences]
    if not differing:
        return Section(tuple(Block(_intro(one)) for one in found), title=title, unit="environment")
    return Section(
        tuple(_block(one, item) for one, item in differing),
        title=title,
        risk=_risk(item for _, item in differing),
        intro=joined(*(_intro(one) for one in found)),
        head=table_head("Environment", "Resource", "Diff", "Engine", "Why"),
        unit="difference",
    )


def summary(preview: Previewed) -> str:
    """Return one sentence, escaped: how far the engine agrees."""
    where = f"The engine's preview of {named(preview.environment)}"
    if preview.partial or preview.missing:
        return f"{where} is not whole, see below."
    if not preview.differences:
        return f"{where} says the same of {plural('resource', preview.compared)}."
    count = plural("resource", len(preview.differences))
    return f"{where} says otherwise of {count}; the engine's word holds."


def _intro(preview: Previewed) -> str:
    partial = f"It failed in {names(preview.partial)}: only what it named is compared."
    missing = f"It was not asked about {names(preview.missing)}, where something changes."
    blind = "It did not look at what is really there (`--refresh`), so drift is not seen."
    counts = listed([f"{count:,} {word}" for word, count in preview.counts.items()], "and")
    said_counts = f"It would: {said(counts)}." if counts else "It would change nothing."
    return " ".join(
        [
            summary(preview),
            said_counts,
            *([partial] if preview.partial else []),
            *([missing] if preview.missing else []),
            *([] if preview.refreshed else [blind]),
        ]
    )


def _block(preview: Previewed, item: PreviewDifference) -> Block:
    properties = names(item.properties, _MOST_PROPERTIES)
    engine = f"**{said(item.engine)}**" + (f" for {properties}" if properties else "")
    why = f"{_REASONS[item.reason]}: {said(item.sentence)}"
    return Block(
        row(named(preview.environment), resource_words(item.urn), said(item.ours), engine, why)
    )


def _risk(differences: Iterable[PreviewDifference]) -> Risk:
    """Return the worst that the engine would do where nobody expected it."""
    found = {_RISKS.get(item.engine, Risk.UNCERTAIN) for item in differences}
    return next((risk for risk in Risk if risk in found), Risk.ROUTINE)
