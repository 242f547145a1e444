"""A diff as one HTML file that needs nothing else: no network, no font, no library."""

from __future__ import annotations

from collections.abc import Iterator

from stackwright.diff.model import Diff
from stackwright.diff.verdict import INTERRUPTING
from stackwright.report.diff.html import findings, tables, top
from stackwright.report.diff.html.elements import plain, scope
from stackwright.report.diff.html.picture import LOSES, STATES, picture
from stackwright.report.diff.html.rows import rows_data
from stackwright.report.diff.merging import equal
from stackwright.report.page import Look, page, section

_SCRIPTS = ("lines.js", "scope.js", "difference.js", "rows.js", "diff.js")

_LOOK = Look("stackwright.report.diff.html", ("diff.css",), _SCRIPTS)


def html(diff: Diff) -> str:
    """Return the page; what comes from the diff is escaped text or escaped JSON in it."""
    title = f"{diff.name}: {diff.verdict.sentence}"
    return page(title, _body(diff), rows_data(diff), _LOOK)


def _body(diff: Diff) -> Iterator[str]:
    yield top.bar(diff)
    yield "<main>"
    yield top.judgement(diff)
    yield tables.notes(diff)
    yield top.environments(diff)
    yield findings.losses(diff)
    yield findings.projects(diff)
    yield tables.hazards(diff)
    yield tables.causes(diff)
    yield from _looked_at(diff)
    yield findings.chains(diff)
    yield _platform(diff)
    yield tables.accelerators(diff)
    yield tables.matrix(diff)
    yield tables.outputs(diff)
    yield tables.warnings(diff)
    yield _resources()
    yield "</main>"
    yield _footer(diff)


def _looked_at(diff: Diff) -> tuple[str, str]:
    """Return what callers see and who may do what, in the order of their risks."""
    services, access = findings.services(diff), findings.access(diff)
    stops = any(one.impact in INTERRUPTING for env in diff.environments for one in env.services)
    return (services, access) if stops else (access, services)


def _platform(diff: Diff) -> str:
    """Return a drawing for each way in which environments change, that of the worst open."""
    found = equal(diff, lambda one: filter(None, [picture(one)]))
    found.sort(key=lambda item: min(top.rank(diff, diff.environments[place]) for place in item[1]))
    drawings = "".join(
        _drawing(diff, picture(diff.environments[places[0]], f"arrow{number}"), places, not number)
        for number, (_, places) in enumerate(found)
    )
    sentence = "Select a tool to see what it uses, what uses it, and what changes in it."
    return section("platform", "The platform", sentence, f"{_legend()}{drawings}" * bool(drawings))


def _drawing(diff: Diff, drawn: str, places: tuple[int, ...], is_open: bool) -> str:
    names = ", ".join(diff.environments[place].environment for place in places)
    svg = f'<div class="drawing" tabindex="0">{drawn}</div>'
    if len(diff.environments) < 2:
        return f'<div class="pictured">{svg}</div>'
    return (
        f'<details class="pictured"{scope(places)}{" open" if is_open else ""}>'
        f"<summary>{plain(names)}</summary>{svg}</details>"
    )


def _legend() -> str:
    entries = [*((style, *words) for style, words in STATES.items()), ("loses", *LOSES)]
    lines = "".join(
        f'<li class="{style}"><span class="swatch" aria-hidden="true">{mark}</span>{words}</li>'
        for style, mark, words in entries
    )
    return f'<ul class="legend">{lines}</ul>'


def _resources() -> str:
    controls = (
        '<div class="controls"><label class="search"><span class="hidden">Search</span>'
        '<input id="search" type="search" autocomplete="off" spellcheck="false" '
        'placeholder="Search names, types, paths and values"></label>'
        '<label><span class="hidden">Tool</span><select id="tool"></select></label>'
        '<button type="button" id="open">Open all</button>'
        '<button type="button" id="close">Close all</button></div>'
        '<div class="filters"><div id="actions" role="group" aria-label="Actions"></div>'
        '<div id="risks" role="group" aria-label="Risks"></div>'
        '<span id="found" class="quiet" role="status"></span></div>'
    )
    empty = '<noscript><p class="empty">The resources are shown by a script.</p></noscript>'
    keys = "By capability and tool, the worst risk first. / searches, arrow keys move, Enter opens."
    return section("resources", "Resources", keys, f'{controls}<div id="tools">{empty}</div>')


def _footer(diff: Diff) -> str:
    versions = {side.stackwright for side in (diff.base, diff.head) if side.stackwright}
    made = f" {plain(', '.join(sorted(versions)))}" if versions else ""
    return (
        f'<footer><p class="quiet">Compared by Stackwright{made} from two recorded plans, '
        "without an account.</p></footer>"
    )
