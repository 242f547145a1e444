"""A diff as plain text for a terminal of 80 to 100 columns: the worst first, then every cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from stackwright.allowances import KEY
from stackwright.blueprint.shown import listed
from stackwright.diff.changes import Action, Chain, ResourceChange
from stackwright.diff.findings import (
    AcceleratorRow,
    AccessChange,
    BrokenProject,
    Direction,
    Impact,
    ServiceImpact,
)
from stackwright.diff.model import Diff, EnvironmentDiff, Presence, Side
from stackwright.report.diff.merging import merged
from stackwright.report.diff.passing import deleted, goes
from stackwright.report.diff.text.changes import causes_and_effects, outputs
from stackwright.report.diff.text.lines import heads, some, told, where
from stackwright.report.diff.text.losses import loss_lines
from stackwright.report.diff.text.matrix import matrix_lines
from stackwright.report.diff.wording import ACTION_WORDS
from stackwright.report.text import DEFAULT_WIDTH, wrapped
from stackwright.report.words import clean, counts_words, plural, type_words
from stackwright.urns import name_of, type_of

_MOST = 12
"""Findings of one kind that are shown before the others are counted."""

_DIRECTIONS = {
    Direction.WIDER: "wider",
    Direction.BOTH: "wider and narrower",
    Direction.UNCLEAR: "unclear",
    Direction.NARROWER: "narrower",
}
"""Direction -> its words, in the order in which they are shown."""

_IMPACTS = {
    Impact.INTERRUPTION: "interrupted",
    Impact.GONE: "gone",
    Impact.ROLLOUT: "rolls over",
    Impact.NEW: "new",
}
"""Impact -> its words, in the order in which they are shown."""


def text(diff: Diff, width: int = DEFAULT_WIDTH) -> str:
    """Return what a person reads at a terminal.

    Args:
        diff: What to show.
        width: Columns of the terminal; taken as at least 80 and at most 100.
    """
    width = min(max(width, 80), 100)
    blocks = [
        _top(diff, width),
        loss_lines(diff, width),
        _projects(diff, width),
        heads("Hazards for the deployment", [*_hazards(diff)], width),
        _renames(diff, width),
        _chains(diff, width),
        _services(diff, width),
        _access(diff, width),
        _accelerators(diff, width),
        causes_and_effects(diff, width),
        outputs(diff, width),
        matrix_lines(diff, width),
        _counts(diff, width),
        heads("To know", [*diff.notes, *_warnings(diff)], width),
        [wrapped(f"Next: {next_step(diff)}", "", "      ", width)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def next_step(diff: Diff) -> str:
    """Return what to do now, as one sentence."""
    if any(loss.refused for one in diff.environments for loss in one.losses):
        return (
            f"go the safe way above, or name each resource under {KEY} of the blueprint with a"
            " reason and the last day on which it may happen."
        )
    if diff.projects:
        return "keep what the projects above rely on, or change them first."
    if diff.empty:
        return "nothing is to be done."
    changing = (one.environment for one in diff.environments if one.changes)
    one = next(changing, diff.environments[0].environment)
    return (
        "stackwright diff --format html -o diff.html shows every property; stackwright preview -e"
        f" {clean(one)} asks the real engine."
    )


def _top(diff: Diff, width: int) -> list[str]:
    sides = f"{clean(diff.name)}: {_side(diff.base)} -> {_side(diff.head)}"
    return [
        wrapped(clean(diff.verdict.sentence), "", "", width),
        wrapped(sides, "", "  ", width),
    ]


def _side(side: Side) -> str:
    commit = side.commit[:12] if not side.label.startswith(side.commit[:12]) else ""
    dirty = "with uncommitted changes" if side.dirty else ""
    said = " ".join(filter(None, (commit, dirty)))
    return f"{clean(side.label)} ({said})" if said else clean(side.label)


def _projects(diff: Diff, width: int) -> list[str]:
    return heads("Projects that would break", map(_project, diff.projects), width)


def _project(broken: BrokenProject) -> str:
    owner = f" ({broken.repository})" if broken.repository else ""
    return (
        f"{broken.project}{owner} in {broken.environment}: {broken.sentence}"
        f" [{broken.file}:{broken.line}]"
    )


def _renames(diff: Diff, width: int) -> list[str]:
    """Return what seems to be renamed without an alias, and the alias that keeps it."""
    found = merged(diff, _renamed, _rename)
    return heads(
        "What seems to be renamed, and would be kept by an alias", told(diff, found), width
    )


def _renamed(environment: EnvironmentDiff) -> list[ResourceChange]:
    changes = environment.changes
    return [one for one in changes if one.alias and one.action is Action.CREATE]


def _rename(environment: EnvironmentDiff, change: ResourceChange) -> str:
    earlier = name_of(change.twin)
    words = type_words(change.type)
    return f"{words} {change.name} was {earlier}; to keep it, give it the alias {change.alias}"


def _chains(diff: Diff, width: int) -> list[str]:
    """Return each chain; those that differ in the name of their root alone are one."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    found = merged(diff, lambda one: [c for c in one.chains if c.links], _chain)
    for (type_, line, name), at in found:
        groups.setdefault((type_, line, where(diff, at.environments, at.alike)), []).append(name)
    lines = (f"{some(type_, names)}{line}{mark}" for (type_, line, mark), names in groups.items())
    return heads("Replacements that force others", lines, width, _MOST)


def _chain(environment: EnvironmentDiff, chain: Chain) -> tuple[str, str, str]:
    words = counts_words(Counter(type_of(urn) for urn in chain.links))
    rest = f" and {len(words) - 4} more kinds" if len(words) > 4 else ""
    why = f" because of {listed(chain.properties, 'and')}" if chain.properties else ""
    count = plural("resource", len(chain.links))
    line = f"{why} -> {count}: {', '.join(words[:4])}{rest}"
    return type_of(chain.root), line, name_of(chain.root)


def _services(diff: Diff, width: int) -> list[str]:
    found = merged(diff, lambda one: one.services, _service)
    order = list(_IMPACTS)
    ranked = sorted(found, key=lambda item: order.index(item[0][0]))
    lines = [(f"{_IMPACTS[impact]}: {line}", at) for (impact, line), at in ranked]
    return heads("What callers see", told(diff, lines), width, _MOST)


def _service(environment: EnvironmentDiff, service: ServiceImpact) -> tuple[Impact, str]:
    who = environment.titles.get(service.tool, service.tool) or _resource(service.urn)
    if service.sentence.startswith(f"The {who} is "):
        # It is new or gone as a whole; of a tool that stays, the sentence names the part.
        return service.impact, who
    return service.impact, f"{who}: {service.sentence}"


def _access(diff: Diff, width: int) -> list[str]:
    """Return whose access differs; what comes or goes with its resource is counted."""
    found = merged(diff, _lasting_access, lambda _, item: item)
    order = list(_DIRECTIONS)
    ranked = sorted(found, key=lambda item: order.index(item[0].direction))
    lines = [(_access_line(access), at) for access, at in ranked]
    others = sum(len(one.access) for one in diff.environments) - sum(len(at) for _, at in lines)
    rest = [f"{len(lines) - _MOST:,} more"] if len(lines) > _MOST else []
    passing = [f"{others:,} that come or go with their resource"] if others else []
    return heads("Who may do what", [*told(diff, lines[:_MOST]), *rest, *passing], width)


def _lasting_access(environment: EnvironmentDiff) -> list[AccessChange]:
    gone = deleted(environment)
    return [
        replace(access, urn=name_of(access.urn))
        for access in environment.access
        if not access.new and not goes(access, gone)
    ]


def _access_line(access: AccessChange) -> str:
    return f"{_DIRECTIONS[access.direction]}: {access.kind} {access.urn}: {access.sentence}"


def _accelerators(diff: Diff, width: int) -> list[str]:
    found = merged(diff, lambda one: one.accelerators, lambda _, row: _accelerator(row))
    return heads("GPUs and quotas, at most", told(diff, found), width)


def _accelerator(row: AcceleratorRow) -> str:
    facts = ", ".join(filter(None, (row.instance_type, row.market)))
    counts = (
        (row.gpus_before, row.gpus_after, "GPUs"),
        (row.vcpus_before, row.vcpus_after, "vCPUs"),
    )
    said = [f"{before} -> {after} {unit}" for before, after, unit in counts if before or after]
    name = f"{row.pool} ({facts})" if facts else row.pool
    return f"{name}: {listed(said, 'and')} of {row.quota}"


def _counts(diff: Diff, width: int) -> list[str]:
    longest = max((len(clean(one.environment)) for one in diff.environments), default=0)
    rows = (
        wrapped(_count(one), f"  {clean(one.environment):<{longest}}  ", " " * (longest + 4), width)
        for one in diff.environments
    )
    return ["Resources", *rows]


def _count(environment: EnvironmentDiff) -> str:
    counts = [
        f"{count:,} {ACTION_WORDS[Action(action)]}"
        for action, count in environment.counts().items()
    ]
    presence = {Presence.ADDED: "new environment", Presence.REMOVED: "environment removed"}
    parts = [presence.get(environment.presence, ""), *(counts or ["no change"])]
    same = f"{environment.unchanged:,} unchanged" if environment.unchanged else ""
    return ", ".join(filter(None, [*parts, same]))


def _hazards(diff: Diff) -> Iterator[str]:
    yield from told(diff, merged(diff, lambda one: one.hazards, lambda _, line: line))


def _warnings(diff: Diff) -> Iterator[str]:
    yield from told(diff, merged(diff, lambda one: one.warnings, lambda _, line: line))


def _resource(urn: str) -> str:
    return clean(f"{type_words(type_of(urn))} {name_of(urn)}")
