"""What a reviewer reads first: the verdict, what to do, the totals, and what caused it all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from stackwright.diff.changes import Action
from stackwright.diff.digest import SHORTEST
from stackwright.diff.model import BlueprintChange, Diff, EnvironmentDiff, Presence, Risk
from stackwright.diff.verdict import verdict
from stackwright.report.diff.causes import SHARED, Effects
from stackwright.report.diff.sections import Block, Section, row, table_head
from stackwright.report.diff.wording import (
    RISK_WORDS,
    before_after,
    counted,
    lines_of,
    named,
    names,
    said,
    titles,
)
from stackwright.report.words import plural

NOTHING = "Nothing would change in the infrastructure."

_ADVICE: Mapping[Risk, str] = {
    Risk.DATA_LOSS: "The blueprint allows the loss: check that a backup exists before you deploy.",
    Risk.BROKEN_PROJECT: "Keep the keys that the projects rely on, or change the projects first.",
    Risk.HAZARD: "Change what a service would refuse: the deployment would stop halfway.",
    Risk.INTERRUPTION: "Deploy when callers can wait, and tell them.",
    Risk.ACCESS: "Check that everyone who may do more is meant to.",
    Risk.REPLACEMENT: "Check that nothing outside relies on what is replaced.",
    Risk.UNCERTAIN: "Ask the engine with `stackwright preview`: nobody measured these changes.",
    Risk.ROUTINE: "No risk was found: review it like any other change.",
}

_GRAVE = (Risk.DATA_LOSS, Risk.BROKEN_PROJECT, Risk.HAZARD, Risk.INTERRUPTION, Risk.ACCESS)

_REFUSED_LOSS = (
    "Keep the data: follow the safe way on each card, or name the resource under "
    "`allow_replacement` in the blueprint with a reason and an expiry date."
)

_MOST_ADVICE = 3

_LOUD = (Action.REPLACE, Action.DELETE)

_UNFOLDED_CAUSES = 12
"""Blueprint lines that are shown without a fold."""


def opening(diff: Diff, *, alerts: bool) -> Section:
    """Return the verdict, what to do about it, and the totals.

    Args:
        diff: What to judge.
        alerts: Whether the forge shows `> [!CAUTION]` as a coloured box.
    """
    judged = diff.verdict
    if nothing(diff):
        return Section((Block(NOTHING),), heading=_heading(diff), unit="verdict", kept=True)
    kind = _alert(diff) if alerts else ""
    lines = [f"**{said(judged.sentence)}**", "", *_advice(diff)]
    quoted = "\n".join(f"> {line}".rstrip() for line in ([kind] if kind else []) + lines)
    return Section(
        (Block(quoted), Block(_totals(diff))), heading=_heading(diff), unit="verdict", kept=True
    )


def nothing(diff: Diff) -> bool:
    """Tell whether there is nothing to report; what the verdict says alone is not believed."""
    return diff.empty and not diff.projects and not diff.verdict.risks


def environment_table(diff: Diff) -> Section:
    """Return a row for each environment that changes, and the names of the others."""
    touched = [one for one in diff.environments if _changes(one)]
    quiet = [one.environment for one in diff.environments if not _changes(one)]
    return Section(
        tuple(Block(_environment_row(diff, one)) for one in touched),
        title="Environments",
        intro=f"Nothing changes in {names(quiet)}." if quiet else "",
        head=table_head("Environment", "Risk", "Resources", "Unchanged", "Digest"),
        unit="environment",
    )


def causes(diff: Diff) -> Section:
    """Return the lines of the blueprint that differ, each with what its tool sees."""
    many = len(diff.causes) > _UNFOLDED_CAUSES
    words, effects = titles(diff), Effects(diff)
    everywhere = {one.environment for one in diff.environments}
    lines = plural("blueprint line", len(diff.causes))
    return Section(
        tuple(Block(_cause_row(cause, words, effects, everywhere)) for cause in diff.causes),
        title=f"<b>Caused by {lines}</b>" if many else f"Caused by {lines}",
        folded=many,
        head=table_head("Key", "Change", "Where", "What follows"),
        unit="blueprint line",
    )


def _heading(diff: Diff) -> str:
    return f"## What would change in {named(diff.name)}"


def _alert(diff: Diff) -> str:
    if diff.verdict.refused:
        return "[!CAUTION]"
    if diff.verdict.worst in _GRAVE:
        return "[!WARNING]"
    return "[!NOTE]" if diff.verdict.worst is Risk.ROUTINE else "[!IMPORTANT]"


def _advice(diff: Diff) -> list[str]:
    refused = any(loss.refused for one in diff.environments for loss in one.losses)
    risks = [risk for risk in Risk if risk in diff.verdict.risks]
    wanted = [risk for risk in risks if risk is not Risk.ROUTINE] or risks
    told = [
        _REFUSED_LOSS if risk is Risk.DATA_LOSS and refused else _ADVICE[risk]
        for risk in wanted[:_MOST_ADVICE]
    ]
    return lines_of(told).split("\n") if len(told) > 1 else told


def _totals(diff: Diff) -> str:
    counts: Counter[Action] = Counter()
    for one in diff.environments:
        counts.update(_counts(one))
    ordered = _in_order(counts)
    touched = sum(_changes(one) for one in diff.environments)
    total = plural("resource", sum(counts.values()))
    unchanged = sum(one.unchanged for one in diff.environments)
    where = f"{touched} of {plural('environment', len(diff.environments))}"
    told = f": {counted(ordered)}" if ordered else ""
    return f"**{total} in {where}**{told}; {unchanged} unchanged."


def _changes(environment: EnvironmentDiff) -> bool:
    return (
        bool(environment.changes or environment.outputs)
        or environment.presence is not Presence.BOTH
    )


def _counts(environment: EnvironmentDiff) -> dict[Action, int]:
    return {Action(action): count for action, count in environment.counts().items()}


def _environment_row(diff: Diff, environment: EnvironmentDiff) -> str:
    presence = f" ({environment.presence})" if environment.presence is not Presence.BOTH else ""
    return row(
        f"{named(environment.environment)}{presence}",
        _risk(diff, environment),
        ", ".join(_loud(action, count) for action, count in _counts(environment).items()),
        f"{environment.unchanged}",
        named(environment.digest[:SHORTEST]),
    )


def _loud(action: Action, count: int) -> str:
    text = counted({action: count})
    return f"**{text}**" if action in _LOUD else text


def _risk(diff: Diff, environment: EnvironmentDiff) -> str:
    """Return the risks of an environment, the worst first."""
    projects = [one for one in diff.projects if one.environment == environment.environment]
    risks = verdict((environment,), projects).risks
    found = [(Risk(risk), count) for risk, count in risks.items() if risk is not Risk.ROUTINE]
    if not found:
        return "none found"
    worst, *others = (plural(RISK_WORDS[risk], count) for risk, count in found)
    return ", ".join([f"**{worst}**", *others])


def _cause_row(
    cause: BlueprintChange,
    words: Mapping[str, str],
    effects: Effects,
    everywhere: Collection[str],
) -> str:
    all_of_them = len(everywhere) > 1 and set(cause.environments) >= set(everywhere)
    return row(
        f"{named(cause.path)}<br>{named(f'{cause.file}:{cause.line}')}",
        before_after(cause),
        "everywhere" if all_of_them else names(cause.environments, 4),
        _follows(cause, words, effects),
    )


def _follows(cause: BlueprintChange, words: Mapping[str, str], effects: Effects) -> str:
    """Return what the tool of the cause sees where it reaches; what all share has no one tool."""
    told = counted(effects.of(cause)) or "no resource changes"
    if not cause.tool:
        return f"all tools: {told}" if effects.is_whole(cause) else SHARED
    return f"{said(words.get(cause.tool, cause.tool))}: {told}"


def _in_order(counts: Mapping[Action, int]) -> dict[Action, int]:
    return {action: counts[action] for action in Action if counts.get(action)}
