"""Changes that a service refuses, so that a deployment would stop halfway: told before.

The engine's preview does not see them: a provider asks the service only when it deploys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from stackwright.blueprint.shown import listed
from stackwright.diff.changes import Action, Effect, PropertyChange, ResourceChange
from stackwright.diff.properties.steps import steps
from stackwright.diff.replacement.left_behind import is_bound
from stackwright.plan.graph import JsonValue
from stackwright.report.words import clean, type_words

_NEVER_LOWERED: Mapping[str, tuple[str, ...]] = {
    "aws:docdb/cluster:Cluster": ("engineVersion",),
    "aws:ebs/volume:Volume": ("size",),
    "aws:eks/cluster:Cluster": ("version",),
    "aws:neptune/cluster:Cluster": ("engineVersion",),
    "aws:rds/cluster:Cluster": ("engineVersion",),
    "aws:rds/instance:Instance": ("allocatedStorage", "engineVersion"),
    "kubernetes:core/v1:PersistentVolumeClaim": ("spec.resources.requests.storage",),
    "kubernetes:postgresql.cnpg.io/v1:Cluster": ("spec.storage.size", "spec.walStorage.size"),
}
"""Type -> properties that only grow (user guides of Amazon EKS, RDS, DocumentDB, Neptune and EBS on
upgrading and modifying; Kubernetes, "Expanding Persistent Volumes Claims"; CloudNativePG,
"Storage")."""

_RELEASE = "kubernetes:helm.sh/v3:Release"

_CLAIMED = ("size", "storage")
"""Keys by which the values of charts ask for a volume (Kubernetes, "StatefulSets" and "Expanding
Persistent Volumes Claims", of what becomes of another size)."""

_ONE_AT_A_TIME = ("aws:eks/cluster:Cluster", "version")
"""EKS goes from one minor version to the next (Amazon EKS user guide, on updating a cluster)."""

_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)*")

_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?)(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?")

_SCALES: Mapping[str, int] = {
    **{unit: 1000**power for power, unit in enumerate(("", "k", "M", "G", "T", "P"))},
    **{f"{unit}i": 1024**power for power, unit in enumerate("KMGTP", start=1)},
}


def refusals(changes: Iterable[ResourceChange]) -> Iterator[str]:
    """Yield a sentence for each change in place that a service would refuse.

    Args:
        changes: What changes, with replacements judged: what is made anew may have any version.
    """
    for change in changes:
        if change.action is Action.UPDATE:
            yield from _left_behind(change)
            for one in change.properties:
                if one.path in _NEVER_LOWERED.get(change.type, ()):
                    yield from _refused(change, one)
                elif change.type == _RELEASE:
                    yield from _claimed(change, one)


def _claimed(change: ResourceChange, one: PropertyChange) -> Iterator[str]:
    """Yield what becomes of a release that asks for another size of a volume."""
    before, after = _quantity(one.before), _quantity(one.after)
    if steps(one.path)[-1] not in _CLAIMED or not before or not after or before == after:
        return
    if after < before:
        why = "A volume never gets smaller: its claim stays as it is, or the upgrade fails."
    else:
        why = "If it is a claim of a StatefulSet, which cannot be changed, the upgrade fails."
    yield f"{_step(change, one)}. {why}"


def _step(change: ResourceChange, one: PropertyChange) -> str:
    step = f"{clean(one.path)} from {clean(str(one.before))} to {clean(str(one.after))}"
    return f"{type_words(change.type)} {clean(change.name)}: {step}"


def _left_behind(change: ResourceChange) -> Iterator[str]:
    """Yield that a resource would have to follow its network into another VPC."""
    paths = [
        clean(one.path)
        for one in change.properties
        if one.effect is Effect.UNKNOWN and is_bound(change.type, one.path)
    ]
    if paths:
        yield (
            f"{type_words(change.type)} {clean(change.name)}: {listed(paths, 'and')} would be in"
            " another VPC. It cannot leave the VPC that it was made in: the deployment would stop"
            " halfway. Make a new one beside it, in an environment with the new network, and move"
            " over."
        )


def _refused(change: ResourceChange, one: PropertyChange) -> Iterator[str]:
    before, after = _size(one.before), _size(one.after)
    if not before or not after:
        return
    if after < before[: len(after)]:
        noun = "version" if one.path.lower().endswith("version") else "size"
        yield f"{_step(change, one)}. A {noun} is never lowered: the deployment would stop halfway."
    elif (change.type, one.path) == _ONE_AT_A_TIME and _minor(after) - _minor(before) > 1:
        step = _step(change, one)
        yield f"{step}. Versions go up one at a time: the deployment would stop halfway."


def _size(value: JsonValue) -> tuple[float, ...]:
    """Return a version as its numbers, or a quantity as one; nothing for what is neither."""
    text = str(value)
    if isinstance(value, str) and _NUMBERS.fullmatch(text):
        return tuple(int(part) for part in text.split("."))
    quantity = _quantity(text)
    return (quantity,) if quantity is not None else ()


def _quantity(value: JsonValue) -> float | None:
    """Return a Kubernetes quantity in bytes; None for what is none."""
    found = _QUANTITY.fullmatch(str(value))
    return float(found[1]) * _SCALES[found[2] or ""] if found else None


def _minor(version: tuple[float, ...]) -> float:
    return version[1] if len(version) > 1 else 0
