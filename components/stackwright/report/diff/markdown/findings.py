"""What to look at besides losses: services, access, chains, renames, and what nobody measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from stackwright.diff.changes import Chain, Effect, Replacement, ResourceChange
from stackwright.diff.findings import AccessChange, Direction, Impact, ServiceImpact
from stackwright.diff.model import Diff, EnvironmentDiff, Risk
from stackwright.report.diff.markdown.fences import fence, shortened, told
from stackwright.report.diff.markdown.renames import renames
from stackwright.report.diff.merging import Where, merged
from stackwright.report.diff.passing import deleted, goes
from stackwright.report.diff.sections import Block, Section, fold, row, table_head
from stackwright.report.diff.wording import (
    LONGEST_SENTENCE,
    cut,
    joined,
    kinds,
    named,
    names,
    resource_words,
    said,
    says_all,
)
from stackwright.report.words import plural
from stackwright.urns import name_of, type_of

_MOST_ITEMS = 12
"""Rights of one change of access that are listed, of those gained and of those lost."""

_MOST_LINKS = 40
"""Names of a chain that are listed."""

_IMPACTS = {
    Impact.INTERRUPTION: "**interruption**",
    Impact.GONE: "**gone**",
    Impact.ROLLOUT: "rollout",
    Impact.NEW: "new",
}
"""Impact -> its words, the gravest first."""

_COUNTED = {
    Impact.INTERRUPTION: "interrupted",
    Impact.GONE: "gone",
    Impact.ROLLOUT: "rolled out",
    Impact.NEW: "new",
}

_WORDS = {
    Direction.WIDER: "wider",
    Direction.BOTH: "wider and narrower",
    Direction.UNCLEAR: "unclear",
    Direction.NARROWER: "narrower",
}

_DIRECTIONS = (*_WORDS.values(), "new with what it is for", "gone with what it was for")
"""What is said of a change of access, the gravest first."""

_HARMLESS = 3
"""Place of the first direction that widens nothing that was there."""

_COMES, _GOES = _DIRECTIONS[-2:]

_OPENED = 5
"""Findings of a kind that are read without opening a fold."""


def findings(diff: Diff) -> Iterator[Section]:
    """Yield a folded section for each kind of finding; some have no blocks."""
    yield services(diff)
    yield from access(diff)
    yield chains(diff)
    yield renames(diff)
    yield uncertain(diff)


def services(diff: Diff) -> Section:
    """Return what callers of each service see."""
    found = sorted(merged(diff, lambda one: one.services, _service), key=lambda one: one[0][0])
    # A service that stops for two reasons is one.
    impacts = Counter(
        impact
        for _, impact in {
            (one.urn, one.impact) for where in diff.environments for one in where.services
        }
    )
    counts = ", ".join(f"{impacts[one]} {words}" for one, words in _COUNTED.items() if impacts[one])
    grave = impacts[Impact.INTERRUPTION] or impacts[Impact.GONE]
    return Section(
        tuple(
            Block(row(name, impact, names(where.environments, 4), sentence), len(where))
            for (_, name, impact, sentence), where in found
        ),
        title=f"<b>Serving impact</b>: {counts}",
        risk=Risk.INTERRUPTION if grave else Risk.ROUTINE,
        folded=True,
        opened=len(found) <= _OPENED,
        head=table_head("Service", "Impact", "Where", "What callers see"),
        unit="service",
    )


def access(diff: Diff) -> Iterator[Section]:
    """Yield who may do more or less than before, and apart what comes and goes with its tool."""
    found = sorted(merged(diff, _judged, _access), key=lambda one: one[0][0])
    first = _DIRECTIONS.index(_COMES)
    yield _access_section([one for one in found if one[0][0] < first])
    yield _access_section([one for one in found if one[0][0] >= first])


def _access_section(found: list[tuple[tuple[int, str, str], Where]]) -> Section:
    counts: Counter[str] = Counter()
    for (place, *_), where in found:
        counts[_DIRECTIONS[place]] += len(where)
    told = ", ".join(f"{counts[words]} {words}" for words in _DIRECTIONS if counts[words])
    wider = any(counts[words] for words in _DIRECTIONS[:_HARMLESS])
    return Section(
        tuple(Block(f"{title} {where}: {body}", len(where)) for (_, title, body), where in found),
        title=f"<b>Access</b>: {told}",
        risk=Risk.ACCESS if wider else Risk.ROUTINE,
        folded=True,
        opened=wider and len(found) <= _OPENED,
        unit="access change",
    )


def chains(diff: Diff) -> Section:
    """Return each replacement that replaces others, with its root first."""
    found = merged(diff, _rooted, _chain)
    links = sum(len(one.links) for where in diff.environments for one in where.chains)
    return Section(
        tuple(
            Block(joined(f"{root} {where}: {rest}", more), len(where))
            for (root, rest, more), where in found
        ),
        title=f"<b>Replacement chains</b>: {plural('resource', links)} replaced with another",
        risk=Risk.REPLACEMENT,
        folded=True,
        opened=len(found) <= _OPENED,
        unit="chain",
    )


def uncertain(diff: Diff) -> Section:
    """Return what may be replaced, as nobody measured a property of it."""
    found = merged(diff, lambda one: (c for c in one.managed if c.uncertain), _unmeasured)
    return Section(
        tuple(
            Block(joined(f"{title} {where}", body), len(where)) for (title, body), where in found
        ),
        title=f"<b>May be replaced</b>: {plural('resource', len(found))}",
        risk=Risk.UNCERTAIN,
        folded=True,
        intro="Nobody measured whether these properties replace their resource.",
    )


def _service(environment: EnvironmentDiff, one: ServiceImpact) -> tuple[int, str, str, str]:
    title = environment.titles.get(one.tool, one.capability)
    return (
        list(_IMPACTS).index(one.impact),
        f"{named(name_of(one.urn))}<br>{said(title)}",
        _IMPACTS[one.impact],
        said(one.sentence),
    )


def _judged(environment: EnvironmentDiff) -> Iterator[tuple[AccessChange, str]]:
    """Yield each change of access with its direction, in words."""
    gone = deleted(environment)
    for one in environment.access:
        passing = _COMES if one.new else _GOES if goes(one, gone) else ""
        yield one, passing or _WORDS[one.direction]


def _access(_: EnvironmentDiff, judged: tuple[AccessChange, str]) -> tuple[int, str, str]:
    one, words = judged
    lines = [
        *(f"+ {cut(item, LONGEST_SENTENCE)}" for item in one.gained[:_MOST_ITEMS]),
        *(f"- {cut(item, LONGEST_SENTENCE)}" for item in one.lost[:_MOST_ITEMS]),
    ]
    rest = len(one.gained) + len(one.lost) - len(lines)
    more = f"{plural('more right', rest)} gained or lost." if rest else ""
    title = f"**{words.capitalize()}**, {said(one.kind)} {named(name_of(one.urn))}"
    # What comes or goes with its resource is one line: it is no change of what was there.
    is_line = words in (_COMES, _GOES) or says_all(one)
    details = () if is_line else (fence(lines), more)
    return _DIRECTIONS.index(words), title, joined(said(one.sentence), *details)


def _rooted(environment: EnvironmentDiff) -> Iterator[tuple[Chain, Replacement | None]]:
    """Yield each chain with the replacement of its root."""
    found = {one.urn: one.replacement for one in environment.changes}
    return ((chain, found.get(chain.root)) for chain in environment.chains)


def _chain(_: EnvironmentDiff, rooted: tuple[Chain, Replacement | None]) -> tuple[str, str, str]:
    chain, replacement = rooted
    forced = f", forced by {names(chain.properties, 4)}" if chain.properties else ""
    sure = f" ({replacement.evidence})" if replacement and forced else ""
    gap = said(replacement.gap) if replacement else ""
    size = plural("resource", len(chain.links))
    rest = f"{size} replaced with it{forced}{sure}. {gap}".rstrip()
    if not chain.links:
        return resource_words(chain.root), rest, ""
    summary = kinds(Counter(type_of(urn) for urn in chain.links))
    listing = names([name_of(urn) for urn in chain.links], _MOST_LINKS)
    return resource_words(chain.root), rest, fold(summary, listing)


def _unmeasured(_: EnvironmentDiff, change: ResourceChange) -> tuple[str, str]:
    unknown = [one for one in told(change.properties) if one.effect is Effect.UNKNOWN]
    shown, rest = shortened(unknown)
    return resource_words(change.urn), joined(shown, plural("more property", rest) if rest else "")
