"""Compares what a diff says with what a scenario expects, and tells every difference in words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from fnmatch import fnmatchcase

import pytest
from tests.scenarios.scenario import Broken, Cause, Change, Expected, Resource

from stackwright.diff.changes import Effect, ResourceChange
from stackwright.diff.model import BlueprintChange, Diff, EnvironmentDiff
from stackwright.urns import name_of, type_of

UNCHANGED = "unchanged"
ROOT = "root"
NOBODY = "none"
_OTHERS = "others"


def mismatches(expected: Expected, diff: Diff) -> list[str]:
    """Return a line for everything that a diff says otherwise."""
    found = list(_verdict(expected, diff))
    if expected.unchanged and not diff.empty:
        found.append(f"something changes: {diff.verdict.sentence}")
    alone = expected.model_fields_set & Change.model_fields.keys()
    if alone:
        (only,) = diff.environments
        found += _environment(expected, only)
    by_name = {one.environment: one for one in diff.environments}
    for name, change in expected.environments.items():
        found += [f"{name}: {line}" for line in _environment(change, by_name[name])]
    found += _projects(expected.projects, diff)
    found += [line for cause in expected.causes for line in _cause(cause, diff.causes)]
    found += _texts("note", expected.notes, diff.notes)
    return found


def _verdict(expected: Expected, diff: Diff) -> Iterator[str]:
    worst = diff.verdict.worst.value if diff.verdict.worst else "none"
    if worst not in expected.worst:
        yield f"the worst risk is {worst}, not {' or '.join(expected.worst)}"
    code = 3 if diff.verdict.refused else 0
    if code != expected.exit:
        yield f"the exit code is {code}, not {expected.exit}"


def _environment(expected: Change, diff: EnvironmentDiff) -> Iterator[str]:
    if expected.presence is not None and diff.presence != expected.presence:
        yield f"presence is {diff.presence}, not {expected.presence}"
    if expected.counts is not None and diff.counts() != dict(expected.counts):
        yield f"counts are {diff.counts()}, not {dict(expected.counts)}"
    for pattern, resource in expected.resources.items():
        yield from _resource(pattern, resource, diff)
    losses = {key(one.urn): "refused" if one.refused else "allowed" for one in diff.losses}
    yield from _mapping("loss", expected.losses, losses)
    links = {key(one.root): len(one.links) for one in diff.chains}
    yield from _mapping("chain", expected.chains, links, _counts)
    access = {key(one.urn): one.direction.value for one in diff.access}
    yield from _mapping("access", expected.access, access)
    services = {key(one.urn): one.impact.value for one in diff.services}
    yield from _mapping("service", expected.services, services)
    yield from _accelerators(expected, diff)
    yield from _outputs(expected, diff)
    yield from _texts("warning", expected.warnings, diff.warnings)
    yield from _texts("hazard", expected.hazards, diff.hazards)
    for name, patterns in expected.says.items():
        yield from _texts(f"text on {name}", patterns, _told(name, diff))


def _told(name: str, diff: EnvironmentDiff) -> list[str]:
    """Return all that is told of a resource in sentences."""
    steps = [step for loss in diff.losses if key(loss.urn) == name for step in loss.steps]
    services = [one.sentence for one in diff.services if key(one.urn) == name]
    access = [one.sentence for one in diff.access if key(one.urn) == name]
    return [*steps, *services, *access]


def key(urn: str) -> str:
    """Return a resource as `TYPE::NAME`."""
    return f"{type_of(urn)}::{name_of(urn)}"


def _resource(pattern: str, expected: Resource, diff: EnvironmentDiff) -> Iterator[str]:
    found = [change for change in diff.changes if fnmatchcase(change.key, pattern)]
    if expected.action == UNCHANGED:
        yield from (f"{one.key}: {one.action}, not unchanged" for one in found)
        return
    if not found:
        yield f"{pattern}: unchanged, not {expected.action}"
    for change in found:
        yield from (f"{change.key}: {line}" for line in _change(expected, change))
        if expected.twin not in ("", NOBODY) and not _has_alias(change, diff):
            yield f"{change.key}: no alias is suggested"


def _change(expected: Resource, change: ResourceChange) -> Iterator[str]:
    if not fnmatchcase(change.action.value, expected.action):
        yield f"{change.action}, not {expected.action}"
    yield from _replacement(expected, change)
    yield from _properties(expected, change)
    yield from _identity(expected, change)
    for name in ("loses", "protected", "uncertain"):
        wanted = getattr(expected, name)
        if wanted is not None:
            yield from _equal(name, wanted, getattr(change, name))


def _properties(expected: Resource, change: ResourceChange) -> Iterator[str]:
    paths = [one.path for one in change.properties]
    for wanted in expected.changed:
        if not any(_below(wanted, path) for path in paths):
            yield f"{wanted} does not differ, but {paths}"
    if expected.evidence and expected.action == "update":
        yield from _unsure(expected, change)
    if expected.options:
        yield from _equal("options", expected.options, tuple(one.path for one in change.options))
    if expected.noise is not None and [one.noise for one in change.properties] != [expected.noise]:
        yield f"noise is {[(one.path, one.noise) for one in change.properties]}"


def _unsure(expected: Resource, change: ResourceChange) -> Iterator[str]:
    """Judge how sure the properties are that are named; all of them where none is."""
    evidence = expected.evidence
    for one in change.properties:
        if expected.changed and not any(_below(name, one.path) for name in expected.changed):
            continue
        if not one.noise and one.effect != Effect.NONE and one.evidence != evidence:
            yield f"the evidence of {one.path} is {one.evidence}, not {evidence}"


def _identity(expected: Resource, change: ResourceChange) -> Iterator[str]:
    if expected.twin:
        yield from _equal("twin", expected.twin, key(change.twin) if change.twin else NOBODY)
    if expected.before:
        yield from _equal("before", expected.before, key(change.before_urn))


def _has_alias(change: ResourceChange, diff: EnvironmentDiff) -> bool:
    """Tell whether an alias is suggested for it, or for the component that it belongs to."""
    group = [one for one in diff.changes if not one.custom and one.tool == change.tool]
    return bool(change.alias) or (bool(change.tool) and any(one.alias for one in group))


def _replacement(expected: Resource, change: ResourceChange) -> Iterator[str]:
    replacement = change.replacement
    if replacement is None:
        if expected.because or expected.order or expected.follows:
            yield "nothing is said of a replacement"
        return
    if expected.because:
        given = replacement.properties
        missing = [one for one in expected.because if not any(_below(one, path) for path in given)]
        extra = [path for path in given if not any(_below(one, path) for one in expected.because)]
        if missing or extra:
            yield f"replaced because of {list(given)}, not {list(expected.because)}"
    if expected.evidence:
        yield from _equal("evidence", expected.evidence, replacement.evidence.value)
    if expected.order:
        yield from _equal("order", expected.order, replacement.order.value)
    if expected.follows:
        cause = key(replacement.because_of) if replacement.because_of else ROOT
        yield from _equal("follows", expected.follows, cause)


def _below(wanted: str, path: str) -> bool:
    """Tell whether a path is the wanted one, or goes on from it."""
    rest = path[len(wanted) :] if path.startswith(wanted) else None
    return (rest is not None and rest[:1] in ("", ".", "[")) or fnmatchcase(path, wanted)


def _equal(what: str, expected: object, given: object) -> Iterator[str]:
    if expected != given:
        yield f"{what} is {given!r}, not {expected!r}"


def _mapping(
    what: str,
    expected: Mapping[str, object] | None,
    given: Mapping[str, object],
    fits: Callable[[object, object], bool] = lambda wanted, found: wanted == found,
) -> Iterator[str]:
    """Compare by key; a key that is expected may be a pattern."""
    if expected is None:
        return
    patterns = {name: wanted for name, wanted in expected.items() if name != _OTHERS}
    for pattern, wanted in patterns.items():
        matching = {name: one for name, one in given.items() if fnmatchcase(name, pattern)}
        if not matching:
            yield f"{what}: nothing is said of {pattern}, expected {wanted}"
        for name, one in matching.items():
            if not fits(wanted, one):
                yield f"{what}: {name} is {one}, not {wanted}"
    if _OTHERS not in expected:
        for name, one in given.items():
            if not any(fnmatchcase(name, pattern) for pattern in patterns):
                yield f"{what}: {name} is {one}, which nobody expects"


def _counts(wanted: object, found: object) -> bool:
    if isinstance(wanted, str) and isinstance(found, int):
        return found >= int(wanted.removeprefix(">="))
    return wanted == found


def _accelerators(expected: Change, diff: EnvironmentDiff) -> Iterator[str]:
    rows = {
        f"{row.pool} {row.market}": (
            row.gpus_before,
            row.gpus_after,
            row.vcpus_before,
            row.vcpus_after,
        )
        for row in diff.accelerators
    }
    yield from _mapping("accelerators", expected.accelerators, rows, lambda a, b: a == b)


def _outputs(expected: Change, diff: EnvironmentDiff) -> Iterator[str]:
    paths = [one.path for one in diff.outputs]
    if expected.outputs == () and paths:
        yield f"outputs differ: {paths}"
    for pattern in expected.outputs or ():
        if not any(fnmatchcase(path, pattern) for path in paths):
            yield f"no output {pattern} differs, but {paths}"


def _projects(expected: Collection[Broken], diff: Diff) -> Iterator[str]:
    given = {
        Broken(
            project=one.project,
            environment=one.environment,
            contract=one.contract,
            key=one.key,
            breakage=one.breakage.value,
        )
        for one in diff.projects
    }
    yield from (f"project: {one} is not told" for one in set(expected) - given)
    yield from (f"project: nobody expects {one}" for one in given - set(expected))


def _cause(expected: Cause, causes: Collection[BlueprintChange]) -> Iterator[str]:
    found = [one for one in causes if one.path == expected.path]
    if not found:
        yield f"{expected.path} is no cause, but {[one.path for one in causes]}"
    for cause in found:
        yield from _equal("removed", expected.removed, cause.removed)
        if expected.line is not None:
            yield from _equal(f"line of {cause.path}", expected.line, cause.line)
        if expected.tool is not None:
            yield from _equal(f"tool of {cause.path}", expected.tool, cause.tool)
        if expected.environments is not None:
            name = f"environments of {cause.path}"
            yield from _equal(name, expected.environments, cause.environments)


def _texts(what: str, patterns: Collection[str], given: Collection[str]) -> Iterator[str]:
    for pattern in patterns:
        unwanted = pattern.startswith("!")
        fitting = [text for text in given if fnmatchcase(text, pattern.removeprefix("!"))]
        if unwanted and fitting:
            yield f"a {what} says what is not so: {fitting}"
        if not unwanted and not fitting:
            yield f"no {what} fits {pattern!r}: {list(given)}"


def require(name: str, about: str, found: Collection[str], open_: str) -> None:
    """Fail for what is said otherwise; what is known to fail must fail as long as it is known.

    Args:
        name: The scenario.
        about: What happens in it.
        found: What is said otherwise, a line each.
        open_: Why that is known; empty for what must hold.
    """
    if open_:
        assert found, f"it holds now: take `open` out of {name}.yaml"
        pytest.xfail(open_)
    assert not found, "\n".join((about, *found))
