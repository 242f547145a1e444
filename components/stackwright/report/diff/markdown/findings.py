"""What to look at besides losses: services, access, chains, renames, and what nobody measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from stackwright.blueprint.shown import listed
from stackwright.diff.model import (
    AccessChange,
    Action,
    Chain,
    Diff,
    Direction,
    Effect,
    EnvironmentDiff,
    Impact,
    Replacement,
    ResourceChange,
    Risk,
    ServiceImpact,
)
from stackwright.report.diff.markdown.fences import fence, shortened, told
from stackwright.report.diff.markdown.merging import Where, merged
from stackwright.report.diff.sections import Block, Section, fold, row, table_head
from stackwright.report.diff.wording import (
    LONGEST_ALIAS,
    LONGEST_SENTENCE,
    cut,
    joined,
    named,
    names,
    resource_words,
    said,
)
from stackwright.report.markdown import code
from stackwright.report.words import counts_words, plural, type_words
from stackwright.urns import name_of, type_of

_MOST_ITEMS = 12
"""Rights of one change of access that are listed, of those gained and of those lost."""

_MOST_LINKS = 40
"""Names of a chain that are listed."""

_MOST_TYPES = 8

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

_COMES_AND_GOES = {Action.CREATE: _DIRECTIONS[-2], Action.DELETE: _DIRECTIONS[-1]}


_FOLLOWING = "would follow what they are in, once that has its alias"

_ELSEWHERE = "seem to be those of another stack, from which no alias leads"


@dataclass(frozen=True, slots=True)
class _Twin:
    """A new resource that seems to be one that goes."""

    type: str
    new: str
    old: str
    alias: str
    others: str
    """What is said of it without an alias."""


def findings(diff: Diff) -> Iterator[Section]:
    """Yield a folded section for each kind of finding; some have no blocks."""
    yield services(diff)
    yield access(diff)
    yield chains(diff)
    yield renames(diff)
    yield uncertain(diff)


def services(diff: Diff) -> Section:
    """Return what callers of each service see."""
    found = sorted(merged(diff, lambda one: one.services, _service), key=lambda one: one[0][0])
    impacts = Counter(one.impact for where in diff.environments for one in where.services)
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
        head=table_head("Service", "Impact", "Where", "What callers see"),
        unit="service",
    )


def access(diff: Diff) -> Section:
    """Return who may do more or less than before."""
    found = sorted(merged(diff, _judged, _access), key=lambda one: one[0][0])
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
        unit="chain",
    )


def renames(diff: Diff) -> Section:
    """Return what seems to be renamed; with an alias it would be kept."""
    found = merged(diff, _twins, _twin)
    others: dict[tuple[str, Where], Counter[str]] = {}
    for one, where in found:
        if not one.alias:
            others.setdefault((one.others, where), Counter())[one.type] += 1
    return Section(
        (
            *(Block(_renamed(one, where), len(where)) for one, where in found if one.alias),
            *(_others(text, where, types) for (text, where), types in others.items()),
        ),
        title=f"<b>Renamed without an alias</b>: {plural('resource', len(found))}",
        risk=Risk.REPLACEMENT,
        folded=True,
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
    actions = {change.urn: change.action for change in environment.changes}
    for one in environment.access:
        action = actions.get(one.urn, Action.UPDATE)
        yield one, _COMES_AND_GOES.get(action, _WORDS[one.direction])


def _access(_: EnvironmentDiff, judged: tuple[AccessChange, str]) -> tuple[int, str, str]:
    one, words = judged
    lines = [
        *(f"+ {cut(item, LONGEST_SENTENCE)}" for item in one.gained[:_MOST_ITEMS]),
        *(f"- {cut(item, LONGEST_SENTENCE)}" for item in one.lost[:_MOST_ITEMS]),
    ]
    rest = len(one.gained) + len(one.lost) - len(lines)
    more = f"{plural('more right', rest)} gained or lost." if rest else ""
    title = f"**{words}**, {said(one.kind)} {named(name_of(one.urn))}"
    # What comes or goes with its resource is one line: it is no change of what was there.
    details = () if words in _COMES_AND_GOES.values() else (fence(lines), more)
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
    kinds = _kinds(Counter(type_of(urn) for urn in chain.links))
    listing = names([name_of(urn) for urn in chain.links], _MOST_LINKS)
    return resource_words(chain.root), rest, fold(kinds, listing)


def _twins(environment: EnvironmentDiff) -> Iterator[ResourceChange]:
    """Yield the new one of each two that seem to be the same."""
    return (one for one in environment.changes if one.twin and one.action is Action.CREATE)


def _twin(_: EnvironmentDiff, change: ResourceChange) -> _Twin:
    same_stack = change.urn.split("::", 2)[:2] == change.twin.split("::", 2)[:2]
    return _Twin(
        change.type,
        change.name,
        name_of(change.twin),
        change.alias,
        _FOLLOWING if same_stack else _ELSEWHERE,
    )


def _renamed(twin: _Twin, where: Where) -> str:
    old = "moved" if twin.old == twin.new else f"{named(twin.old)} renamed"
    alias = code(cut(twin.alias, LONGEST_ALIAS))
    return (
        f"{said(type_words(twin.type))} {named(twin.new)} {where} seems to be {old}, and is made "
        f"anew. To keep it, add the alias {alias}."
    )


def _others(text: str, where: Where, types: Counter[str]) -> Block:
    total = types.total()
    told = f"{plural('resource', total)} {where} {text}: {_kinds(types)}."
    return Block(told, total * len(where))


def _kinds(types: Counter[str]) -> str:
    words = counts_words(types)
    rest = len(words) - _MOST_TYPES
    return said(listed([*words[:_MOST_TYPES], f"{rest} more kinds"] if rest > 0 else words, "and"))


def _unmeasured(_: EnvironmentDiff, change: ResourceChange) -> tuple[str, str]:
    unknown = [one for one in told(change.properties) if one.effect is Effect.UNKNOWN]
    shown, rest = shortened(unknown)
    return resource_words(change.urn), joined(shown, plural("more property", rest) if rest else "")
