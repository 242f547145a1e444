"""What a reviewer reads first: the worst that a change does, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from stackwright.blueprint.shown import listed
from stackwright.diff.model import (
    Action,
    BrokenProject,
    Direction,
    EnvironmentDiff,
    Impact,
    Presence,
    Risk,
    Verdict,
)

_WIDENING = (Direction.WIDER, Direction.BOTH, Direction.UNCLEAR)

_INTERRUPTING = (Impact.INTERRUPTION, Impact.GONE)

_WORDS: Mapping[Risk, tuple[str, str]] = {
    Risk.DATA_LOSS: ("{} resource with data would be lost", "{} resources with data would be lost"),
    Risk.BROKEN_PROJECT: ("{} project would break", "{} projects would break"),
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

NOTHING = "Nothing would change."


def verdict(environments: Sequence[EnvironmentDiff], projects: Sequence[BrokenProject]) -> Verdict:
    """Judge what changes in all environments, and the projects that it breaks."""
    risks = _risks(environments, projects)
    refused = bool(projects) or any(
        loss.refused for environment in environments for loss in environment.losses
    )
    return Verdict(next(iter(risks), None), _sentence(environments, risks, refused), risks, refused)


def _risks(
    environments: Sequence[EnvironmentDiff], projects: Sequence[BrokenProject]
) -> dict[Risk, int]:
    """Return how many findings there are of each risk, the worst first; one of none is left out."""
    found = Counter({Risk.BROKEN_PROJECT: len({broken.project for broken in projects})})
    for environment in environments:
        for risk, count in _COUNTS.items():
            found[risk] += count(environment)
    ordered = {risk: found[risk] for risk in Risk if found[risk]}
    if not ordered and any(_quietly_different(one) for one in environments):
        ordered[Risk.ROUTINE] = 0
    return ordered


def _quietly_different(environment: EnvironmentDiff) -> bool:
    """Tell whether something differs that no managed resource shows."""
    return (
        bool(environment.changes or environment.outputs)
        or environment.presence is not Presence.BOTH
    )


def _lost(environment: EnvironmentDiff) -> int:
    return len(environment.losses)


def _interrupted(environment: EnvironmentDiff) -> int:
    return sum(service.impact in _INTERRUPTING for service in environment.services)


def _widened(environment: EnvironmentDiff) -> int:
    """Count wider access of what was there before; what a new tool needs comes with the tool."""
    new = {change.urn for change in environment.changes if change.action is Action.CREATE}
    return sum(
        access.direction in _WIDENING and access.urn not in new for access in environment.access
    )


def _replaced(environment: EnvironmentDiff) -> int:
    return environment.counts().get(Action.REPLACE, 0)


def _uncertain(environment: EnvironmentDiff) -> int:
    return sum(change.uncertain for change in environment.managed)


def _routine(environment: EnvironmentDiff) -> int:
    return sum(
        change.action is not Action.REPLACE and not change.uncertain
        for change in environment.managed
    )


_COUNTS: Mapping[Risk, Callable[[EnvironmentDiff], int]] = {
    Risk.DATA_LOSS: _lost,
    Risk.INTERRUPTION: _interrupted,
    Risk.ACCESS: _widened,
    Risk.REPLACEMENT: _replaced,
    Risk.UNCERTAIN: _uncertain,
    Risk.ROUTINE: _routine,
}


def _sentence(
    environments: Sequence[EnvironmentDiff], risks: Mapping[Risk, int], refused: bool
) -> str:
    if not risks:
        return NOTHING
    parts = [_said(risk, count) for risk, count in risks.items() if count]
    where = _where(environments)
    text = ", ".join(parts) or "only what the programs export or group changes"
    answer = " Refused as it stands." if refused else ""
    return f"{text[:1].upper()}{text[1:]}{where}.{answer}"


def _said(risk: Risk, count: int) -> str:
    one, many = _WORDS[risk]
    return (one if count == 1 else many).format(count)


def _where(environments: Iterable[EnvironmentDiff]) -> str:
    touched = [one.environment for one in environments if _quietly_different(one)]
    return f" in {listed(touched, 'and')}" if touched else ""
