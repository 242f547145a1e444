"""What a provider answers when it is asked what a change of inputs means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stackwright.data.replacement import (
    is_deleted_first,
    name_input,
    rules_of,
    rules_of_every,
)
from stackwright.diff.properties.steps import steps, values_at

_RELEASE = "kubernetes:helm.sh/v3:Release"
"""The provider never deletes a release first."""

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
    """Compare the inputs of a resource, by the replacement rules that the library ships.

    A rule that depends on more than the changed input is left out.
    """
    changed = _changed(old, new, ignored)
    paths = [steps(path) for path in _replacing_paths(type_)]
    differing = {path[0] for path in paths if values_at(old, path) != values_at(new, path)}
    replacing = differing & set(changed)
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


def _replacing_paths(type_: str) -> Iterator[str]:
    yield from rules_of_every(type_.partition(":")[0]).replaces
    rules = rules_of(type_)
    yield from rules.replaces if rules is not None else ()


def _keeps_its_name(type_: str, old: Inputs, new: Inputs) -> bool:
    """Tell whether the provider deletes the old resource first, as the real ones do."""
    if type_.startswith("aws:"):
        name = name_input(type_)
        return is_deleted_first(type_) or bool(name and new.get(name))
    paths = [steps(f"metadata.{key}") for key in ("name", "namespace")]
    same = all(values_at(old, path) == values_at(new, path) for path in paths)
    return type_ != _RELEASE and bool(values_at(new, paths[0])) and same
