"""Changes that a service refuses, so that a deployment would stop halfway: told before.

The engine's preview does not see them: a provider asks the service only when it deploys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from stackwright.diff.model import Action, PropertyChange, ResourceChange
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
    "kubernetes:postgresql.cnpg.io/v1:Cluster": ("spec.storage.size",),
}
"""Type -> properties that only grow (user guides of Amazon EKS, RDS, DocumentDB, Neptune and EBS on
upgrading and modifying; Kubernetes, "Expanding Persistent Volumes Claims"; CloudNativePG,
"Storage")."""

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
            for one in change.properties:
                if one.path in _NEVER_LOWERED.get(change.type, ()):
                    yield from _refused(change, one)


def _refused(change: ResourceChange, one: PropertyChange) -> Iterator[str]:
    before, after = _size(one.before), _size(one.after)
    if not before or not after:
        return
    what = f"{type_words(change.type)} {clean(change.name)}"
    step = f"{clean(one.path)} from {clean(str(one.before))} to {clean(str(one.after))}"
    if after < before[: len(after)]:
        noun = "version" if one.path.lower().endswith("version") else "size"
        yield f"{what}: {step}. A {noun} is never lowered: the deployment would stop halfway."
    elif (change.type, one.path) == _ONE_AT_A_TIME and _minor(after) - _minor(before) > 1:
        yield f"{what}: {step}. Versions go up one at a time: the deployment would stop halfway."


def _size(value: JsonValue) -> tuple[float, ...]:
    """Return a version as its numbers, or a quantity as one; nothing for what is neither."""
    text = str(value)
    if isinstance(value, str) and _NUMBERS.fullmatch(text):
        return tuple(int(part) for part in text.split("."))
    quantity = _QUANTITY.fullmatch(text)
    return (float(quantity[1]) * _SCALES[quantity[2] or ""],) if quantity else ()


def _minor(version: tuple[float, ...]) -> float:
    return version[1] if len(version) > 1 else 0
