"""Whether the old resource goes before the new one comes, or after.

The engine makes the new one first, unless the program or the provider says otherwise. Providers
say so for what has a name of its own, which two cannot have at once: AWS for a name that the
program chose, Kubernetes for a name that stays the same in the same namespace.
"""

from __future__ import annotations

from stackwright.data.replacement import is_deleted_first, name_input
from stackwright.diff.changes import Order
from stackwright.diff.shapes import at
from stackwright.plan.graph import Resource

_RELEASE = "kubernetes:helm.sh/v3:Release"
"""The provider never deletes a release first (helm_release.go, Diff)."""


def order_of(before: Resource, after: Resource, by_provider: bool) -> Order:
    """Return the order in which a resource is replaced.

    Args:
        before: The earlier side.
        after: The later side.
        by_provider: Whether its own provider asks for the replacement, for a changed input; else
            the engine does, for another provider or an option.
    """
    asked = after.options.delete_before_replace
    if asked is None:
        asked = by_provider and _has_its_own_name(before, after)
    return Order.DELETE_FIRST if asked else Order.CREATE_FIRST


def _has_its_own_name(before: Resource, after: Resource) -> bool:
    if after.type.startswith("aws:"):
        given = name_input(after.type)
        return is_deleted_first(after.type) or bool(given and after.inputs.get(given))
    if after.type.startswith("kubernetes:") and after.type != _RELEASE:
        name, namespace = (
            (at(before.inputs, path), at(after.inputs, path))
            for path in ("metadata.name", "metadata.namespace")
        )
        return bool(name[1]) and name[0] == name[1] and namespace[0] == namespace[1]
    return False
