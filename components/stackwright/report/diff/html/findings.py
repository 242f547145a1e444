"""What a reviewer must look at, as HTML: cards of what is lost, and lists of what else matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from stackwright.diff.changes import Chain, ResourceChange
from stackwright.diff.findings import (
    AccessChange,
    BrokenProject,
    DataLoss,
    Direction,
    Impact,
    Protection,
    ServiceImpact,
)
from stackwright.diff.model import Diff, EnvironmentDiff
from stackwright.report.diff.html.elements import (
    badge,
    cells,
    code,
    listing,
    plain,
    resource,
    scope,
    tags,
)
from stackwright.report.diff.loss_order import loss_order
from stackwright.report.diff.merging import equal
from stackwright.report.diff.passing import deleted, goes
from stackwright.report.diff.wording import ended, says_all
from stackwright.report.inventory import OWN
from stackwright.report.page import section, table_of
from stackwright.report.words import counts_words, plural, type_words
from stackwright.urns import type_of

_DIRECTIONS = {
    Direction.WIDER: ("wider", "red"),
    Direction.BOTH: ("wider and narrower", "red"),
    Direction.UNCLEAR: ("unclear", "amber"),
    Direction.NARROWER: ("narrower", "green"),
}
"""Direction -> its words and the class of its badge, in the order in which they are shown."""

_IMPACTS = {
    Impact.INTERRUPTION: ("interrupted", "red"),
    Impact.GONE: ("gone", "red"),
    Impact.ROLLOUT: ("rolls over", "amber"),
    Impact.NEW: ("new", "green"),
}
"""Impact -> its words and the class of its badge, in the order in which they are shown."""

_SIGNS = {True: "\u2713", False: "\u00d7"}
"""Whether a protection holds -> its sign."""

_FEW_CARDS = 2
"""Cards up to which the safe way is open at first."""

_MOST_CARDS = 6
"""Cards that are shown before the others are folded."""

_FEW = 12
"""Names that a chain lists for a tool before they are folded."""


def losses(diff: Diff) -> str:
    """Return a card for each resource whose data would be lost, the gravest first."""
    found = sorted(equal(diff, lambda one: one.losses), key=lambda item: loss_order(item[0]))
    few = len(found) <= _FEW_CARDS
    cards = [_loss(diff, loss, places, is_open=few) for loss, places in found]
    rest = "".join(cards[_MOST_CARDS:])
    more = (
        f'<details class="more"><summary>{plural("more card", len(cards) - _MOST_CARDS)}</summary>'
        f'<div class="cards">{rest}</div></details>'
    )
    shown = f'<div class="cards">{"".join(cards[:_MOST_CARDS])}</div>{more if rest else ""}'
    return section(
        "losses",
        "Data that would be lost",
        "Each with what protects it, and the safe way.",
        shown if cards else "",
    )


def projects(diff: Diff) -> str:
    """Return the projects that would break, a row for each key that they rely on."""
    places = {one.environment: place for place, one in enumerate(diff.environments)}
    lines = "".join(_project(one, places.get(one.environment)) for one in diff.projects)
    head = ("Project", "Relies on", "Environment", "What breaks", "Registered in")
    sentence = "They rely on keys of the wiring that this change takes away."
    return section("projects", "Projects that would break", sentence, table_of(head, lines))


def services(diff: Diff) -> str:
    """Return what callers of each service see, interruptions first."""
    order = list(_IMPACTS)
    found = sorted(
        equal(diff, lambda one: one.services), key=lambda item: order.index(item[0].impact)
    )
    lines = (_service(diff, impact, places) for impact, places in found)
    return section("services", "What callers see", "", _list(lines))


def access(diff: Diff) -> str:
    """Return what is allowed now and was not, and the opposite; wider access first.

    What comes or goes with a resource that is new or deleted is folded: it widens nothing that
    was there before.
    """
    order = list(_DIRECTIONS)
    found = sorted(
        equal(diff, lambda one: one.access), key=lambda item: order.index(item[0].direction)
    )
    gone = frozenset[str]().union(*map(deleted, diff.environments))
    others = [item for item in found if item[0].new or goes(item[0], gone)]
    changed = _list(_access(diff, *item) for item in found if item not in others)
    title = f"{len(others)} come or go with what is new or deleted"
    folded = _list(_access(diff, *item) for item in others)
    more = f'<details class="more"><summary>{title}</summary>{folded}</details>' if others else ""
    sentence = "Compared by what is allowed, not by the text that says so."
    return section("access", "Who may do what", sentence, changed + more)


def chains(diff: Diff) -> str:
    """Return each replacement that replaces others, with all of them folded below it."""
    lines = (
        _chain(environment, chain, place, diff)
        for place, environment in enumerate(diff.environments)
        for chain in environment.chains
        if chain.links
    )
    sentence = "One replacement that forces others, over both layers."
    return section("chains", "Chains of replacement", sentence, "".join(lines))


def _list(lines: Iterable[str]) -> str:
    found = "".join(lines)
    return f'<ul class="findings">{found}</ul>' if found else ""


def _loss(diff: Diff, loss: DataLoss, places: tuple[int, ...], is_open: bool) -> str:
    causes = ", ".join(code(path) for path in loss.causes)
    why = f"Forced by {causes}." if causes else "It leaves the program."
    steps = "".join(f"<li>{plain(step)}</li>" for step in loss.steps)
    state = " open" if is_open else ""
    way = f"<details{state}><summary>The safe way</summary><ol>{steps}</ol></details>" * bool(steps)
    title = _title(diff.environments[places[0]], loss.tool)
    what = loss.what or type_words(type_of(loss.urn))
    return (
        f'<article class="card {"refused" if loss.refused else "allowed"}"{scope(places)}>'
        f"<h3>{plain(what[:1].upper() + what[1:])} {resource(loss.urn)}</h3>"
        f'<p class="tagline">{badge(f"would be {ended(loss.action)}", "red")}'
        f'<span class="quiet">{plain(title)}</span>{tags(diff, places)}</p>'
        f"<p>{why}</p>{_protections(loss.protections)}{way}{_allowance(loss)}</article>"
    )


def _protections(found: tuple[Protection, ...]) -> str:
    lines = (
        f'<span class="sign {"holds" if one.holds else "fails"}" aria-hidden="true">'
        f"{_SIGNS[one.holds]}</span><b>{plain(one.name)}</b> "
        f'<span class="hidden">{"holds: " if one.holds else "does not hold: "}</span>'
        f"{plain(one.note)}"
        for one in found
    )
    return "<h4>What protects it</h4>" + (
        listing("protections", lines) or '<p class="quiet">Nothing.</p>'
    )


def _allowance(loss: DataLoss) -> str:
    if loss.allowed is None:
        said = "Refused: <code>allow_replacement</code> of the blueprint does not name it."
    else:
        until = plain(loss.allowed.expires)
        reason = f"\u201c{plain(loss.allowed.reason)}\u201d"
        said = (
            f"Refused: the blueprint allowed it until {until}: {reason}"
            if loss.allowed.expired
            else f"Allowed by the blueprint until {until}: {reason}"
        )
    return f'<p class="answer">{said}</p>'


def _project(broken: BrokenProject, place: int | None) -> str:
    key = f"{broken.contract} {broken.key}".strip()
    where = f"{broken.file}:{broken.line}" if broken.file else ""
    row = cells(
        f'<b>{plain(broken.project)}</b><br><span class="quiet">{plain(broken.repository)}</span>',
        code(key),
        plain(broken.environment),
        f"{badge(broken.breakage.value.replace('-', ' '), 'red')} {plain(broken.sentence)}",
        code(where),
    )
    return f"<tr{scope((place,)) if place is not None else ''}>{row}</tr>"


def _service(diff: Diff, service: ServiceImpact, places: tuple[int, ...]) -> str:
    words, style = _IMPACTS[service.impact]
    title = _title(diff.environments[places[0]], service.tool)
    return (
        f"<li{scope(places)}>{badge(words, style)}<div><p><b>{plain(title)}</b> "
        f"{resource(service.urn)}{tags(diff, places)}</p>"
        f"<p>{plain(service.sentence)}</p></div></li>"
    )


def _access(diff: Diff, change: AccessChange, places: tuple[int, ...]) -> str:
    words, style = _DIRECTIONS[change.direction]
    unsaid = not says_all(change)
    gained = listing("gained", (_signed("+", "gained", one) for one in change.gained if unsaid))
    lost = listing("lost", (_signed("\u2212", "lost", one) for one in change.lost if unsaid))
    return (
        f"<li{scope(places)}>{badge(words, style)}<div><p><b>{plain(change.kind)}</b> "
        f"{resource(change.urn)}{tags(diff, places)}</p><p>{plain(change.sentence)}</p>"
        f"{gained}{lost}</div></li>"
    )


def _signed(mark: str, words: str, text: str) -> str:
    return (
        f'<span class="sign" aria-hidden="true">{mark}</span>'
        f'<span class="hidden">{words}: </span>{plain(text)}'
    )


def _chain(environment: EnvironmentDiff, chain: Chain, place: int, diff: Diff) -> str:
    changes = {change.urn: change for change in environment.changes}
    causes = ", ".join(code(path) for path in chain.properties)
    first = changes.get(chain.root)
    words = f"{type_words(first.type)} " if first else ""
    count = plural("more resource", len(chain.links))
    return (
        f'<details class="chain"{scope((place,))}><summary><span>{plain(words)}'
        f"<b>{plain(chain.root.rpartition('::')[2])}</b> "
        f'<span class="arrow" aria-hidden="true">\u2192</span> {count} replaced with it</span>'
        f"{tags(diff, (place,))}</summary>"
        f'<div class="inside"><p>{resource(chain.root)}'
        f"{f' is replaced because of {causes}' if causes else ' comes first'}.</p>"
        f'<ol class="links">{"".join(_links(environment, chain, changes))}</ol></div></details>'
    )


def _links(
    environment: EnvironmentDiff, chain: Chain, changes: dict[str, ResourceChange]
) -> Iterator[str]:
    """Yield a line for each tool that the chain reaches, with its resources below it."""
    groups: dict[str, list[str]] = {}
    for urn in chain.links:
        tool = changes[urn].tool if urn in changes else ""
        groups.setdefault(tool, []).append(urn)
    for tool, urns in groups.items():
        counts: dict[str, int] = {}
        for urn in urns:
            token = changes[urn].type if urn in changes else urn.split("::")[-2:][0]
            counts[token] = counts.get(token, 0) + 1
        names = ", ".join(resource(urn) for urn in urns)
        title = plain(_title(environment, tool))
        kinds = plain(", ".join(counts_words(counts)))
        folded = (
            f"<details><summary>{kinds}</summary><p>{names}</p></details>"
            if len(urns) > _FEW
            else f'<span class="quiet">{kinds}:</span> {names}'
        )
        yield f"<li><b>{title}</b> {folded}</li>"


def _title(environment: EnvironmentDiff, tool: str) -> str:
    return environment.titles.get(tool, tool) or OWN.title
