"""What a reviewer reads first: the worst that a change does, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from stackwright.blueprint.shown import listed
from stackwright.diff.changes import Action
from stackwright.diff.findings import BrokenProject, Direction, Impact
from stackwright.diff.model import EnvironmentDiff, Presence, Risk, Verdict

WIDENING = (Direction.WIDER, Direction.BOTH, Direction.UNCLEAR)
"""Directions of access that a reviewer must look at."""

INTERRUPTING = (Impact.INTERRUPTION, Impact.GONE)
"""Impacts in which callers get no answer for a while, or for ever."""

_WORDS: Mapping[Risk, tuple[str, str]] = {
    Risk.DATA_LOSS: ("{} resource with data would be lost", "{} resources with data would be lost"),
    Risk.BROKEN_PROJECT: ("{} project would break", "{} projects would break"),
    Risk.HAZARD: ("{} hazard for the deployment", "{} hazards for the deployment"),
    Risk.INTERRUPTION: ("{} service would be interrupted", "{} services would be interrupted"),
    Risk.ACCESS: ("access gets wider in {} place", "access gets wider in {} places"),
    Risk.REPLACEMENT: ("{} resource would be replaced", "{} resources would be replaced"),
    Risk.UNCERTAIN: (
        "{} change may replace its resource",
        "{} changes may replace their resources",
    ),
    Risk.ROUTINE: ("{} other change", "{} other changes"),
}
"""Risk -> how one finding, and how several, are said."""

_ROUTINE_ALONE = ("{} routine change", "{} routine changes")
"""How routine changes are said where there is no risk that they would be beside."""

_MOST_NAMED = 5
"""Environments that are named; more are counted."""

NOTHING = "Nothing would change."


def verdict(environments: Sequence[EnvironmentDiff], projects: Sequence[BrokenProject]) -> Verdict:
    """Judge what changes in all environments, and the projects that it breaks."""
    found = _found(environments, projects)
    refused = bool(projects) or any(
        loss.refused for environment in environments for loss in environment.losses
    )
    risks: dict[str, int] = {risk: sum(counts.values()) for risk, counts in found.items()}
    if projects:
        risks[Risk.BROKEN_PROJECT] = len({one.project for one in projects})
    sentence = _sentence(environments, found, risks, refused)
    return Verdict(next(iter(found), None), sentence, risks, refused)


def said(risk: Risk, count: int, *, alone: bool = False) -> str:
    """Return `count` findings of a risk in words, such as `1 project would break`.

    Args:
        risk: What was found.
        count: How often.
        alone: Whether nothing else was found.
    """
    one, many = _ROUTINE_ALONE if alone and risk is Risk.ROUTINE else _WORDS[risk]
    return (one if count == 1 else many).format(count)


def _found(
    environments: Sequence[EnvironmentDiff], projects: Sequence[BrokenProject]
) -> dict[Risk, dict[str, int]]:
    """Return how many findings of each risk each environment has, the worst risk first.

    A project that breaks in several environments counts in each of them.
    """
    broken = {(one.project, one.environment) for one in projects}
    found: dict[Risk, dict[str, int]] = {
        Risk.BROKEN_PROJECT: dict(Counter(environment for _, environment in broken))
    }
    for risk, count in _COUNTS.items():
        found[risk] = {one.environment: number for one in environments if (number := count(one))}
    ordered = {risk: found[risk] for risk in Risk if found[risk]}
    if not ordered and any(_quietly_different(one) for one in environments):
        ordered[Risk.ROUTINE] = {}
    return ordered


def _quietly_different(environment: EnvironmentDiff) -> bool:
    """Tell whether something differs that no managed resource shows."""
    return (
        bool(environment.changes or environment.outputs)
        or environment.presence is not Presence.BOTH
    )


def _lost(environment: EnvironmentDiff) -> int:
    return len(environment.losses)


def _hazards(environment: EnvironmentDiff) -> int:
    return len(environment.hazards)


def _interrupted(environment: EnvironmentDiff) -> int:
    """Count services; one that stops for two reasons is one."""
    return len({one.urn for one in environment.services if one.impact in INTERRUPTING})


def _widened(environment: EnvironmentDiff) -> int:
    """Count wider access of what was there before; what a new tool needs comes with the tool."""
    return sum(access.direction in WIDENING and not access.new for access in environment.access)


def _replaced(environment: EnvironmentDiff) -> int:
    return environment.counts().get(Action.REPLACE, 0)


def _uncertain(environment: EnvironmentDiff) -> int:
    return sum(change.uncertain for change in environment.managed)


def _routine(environment: EnvironmentDiff) -> int:
    """Count what has no risk, so that no resource is in two counts as another one."""
    risky = {
        *(one.urn for one in environment.losses),
        *(one.urn for one in environment.services if one.impact in INTERRUPTING),
        *(one.urn for one in environment.access if one.direction in WIDENING and not one.new),
    }
    return sum(
        change.action is not Action.REPLACE and not change.uncertain and change.urn not in risky
        for change in environment.managed
    )


_COUNTS: Mapping[Risk, Callable[[EnvironmentDiff], int]] = {
    Risk.DATA_LOSS: _lost,
    Risk.HAZARD: _hazards,
    Risk.INTERRUPTION: _interrupted,
    Risk.ACCESS: _widened,
    Risk.REPLACEMENT: _replaced,
    Risk.UNCERTAIN: _uncertain,
    Risk.ROUTINE: _routine,
}


def _sentence(
    environments: Sequence[EnvironmentDiff],
    found: Mapping[Risk, Mapping[str, int]],
    risks: Mapping[str, int],
    refused: bool,
) -> str:
    """Say each risk; those that are in the same environments are said together."""
    if not found:
        return NOTHING
    touched = {one.environment: _named(one) for one in environments if _quietly_different(one)}
    places = {
        risk: [words for name, words in touched.items() if name in counts]
        for risk, counts in found.items()
    }
    groups = [
        ", ".join(said(risk, risks[risk], alone=len(found) == 1) for risk in alike) + _in(names)
        for names, alike in groupby(filter(found.get, found), lambda risk: places[risk])
    ]
    text = (
        "; ".join(groups)
        or f"only what the programs export or group changes{_in([*touched.values()])}"
    )
    answer = " Refused as it stands." if refused else ""
    return f"{text[:1].upper()}{text[1:]}.{answer}"


def _named(environment: EnvironmentDiff) -> str:
    if environment.presence is Presence.BOTH:
        return environment.environment
    return f"{environment.environment} ({environment.presence})"


def _in(names: Sequence[str]) -> str:
    if len(names) > _MOST_NAMED:
        return f" in {len(names)} environments"
    return f" in {listed(names, 'and')}" if names else ""
