"""What a provider answers when it is asked what a change of inputs means."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_NAMES = ("bucket", "identifier", "name")
"""Inputs that hold the name in AWS; two things of one name cannot be there at once."""

_WAYS_INTO_A_CLUSTER = ("cluster", "context", "kubeconfig")

Inputs = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change of inputs does to a resource; top-level names of inputs, sorted."""

    changed: tuple[str, ...]
    replacing: tuple[str, ...]
    delete_first: bool
    """The old resource is deleted before the new one is made."""


def resource_difference(
    type_: str, old: Inputs, new: Inputs, ignored: Iterable[str] = ()
) -> Difference:
    """Compare the inputs of a resource, by the replacement facts of its type."""
    changed = _changed(old, new, ignored)
    paths = [path for path in _replacing_paths(type_) if _at(old, path) != _at(new, path)]
    replacing = {path.partition(".")[0] for path in paths} & set(changed)
    return Difference(changed, tuple(sorted(replacing)), _keeps_its_name(type_, old, new))


def provider_difference(package: str, old: Inputs, new: Inputs) -> Difference:
    """Compare the inputs of a provider: another cluster replaces all that is in it.

    With an identifier of the cluster, another way into the same cluster replaces nothing.
    """
    changed = _changed(old, new, ())
    identifiers = old.get("clusterIdentifier"), new.get("clusterIdentifier")
    if package != "kubernetes" or (identifiers[0] and identifiers[0] == identifiers[1]):
        return Difference(changed, (), delete_first=False)
    replaces = ("clusterIdentifier",) if all(identifiers) else _WAYS_INTO_A_CLUSTER
    replacing = tuple(name for name in changed if name in replaces)
    return Difference(changed, replacing, delete_first=False)


def _changed(old: Inputs, new: Inputs, ignored: Iterable[str]) -> tuple[str, ...]:
    names = {*old, *new} - {path.partition(".")[0].partition("[")[0] for path in ignored}
    return tuple(sorted(name for name in names if old.get(name) != new.get(name)))


@cache
def _facts() -> Mapping[str, Any]:
    text = Path(__file__).with_name("replacing_inputs.json").read_text(encoding="utf-8")
    facts: Mapping[str, Any] = json.loads(text)
    return facts


def _replacing_paths(type_: str) -> list[str]:
    package = type_.partition(":")[0]
    return [*_facts()["every"].get(package, ()), *_facts()["types"].get(type_, ())]


def _at(inputs: Inputs, path: str) -> Any:
    value: Any = inputs
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _keeps_its_name(type_: str, old: Inputs, new: Inputs) -> bool:
    if type_.startswith("kubernetes:"):
        name, namespace = "metadata.name", "metadata.namespace"
        return bool(_at(new, name)) and all(_at(old, p) == _at(new, p) for p in (name, namespace))
    return any(name in new and old.get(name) == new[name] for name in _NAMES)
