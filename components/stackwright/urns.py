"""What the URN of a resource says: its name, its type, and the tool that it belongs to."""

from __future__ import annotations

from collections.abc import Collection, Mapping

COMPONENT_PREFIX = "stackwright:index:"
"""Every component of ours has a type that begins so; its name is the instance in the blueprint."""


def tool_of(urn: str, parents: Mapping[str, str], instances: Collection[str]) -> str:
    """Return the blueprint's tool that a resource belongs to; empty for none.

    Args:
        urn: The resource.
        parents: URN -> URN of the parent, of it and of all above it.
        instances: Names of the blueprint's tools.
    """
    while urn:
        name = name_of(urn)
        if type_of(urn).startswith(COMPONENT_PREFIX) and name in instances:
            return name
        urn = parents.get(urn, "")
    return ""


def name_of(urn: str) -> str:
    """Return the name of the resource that a URN names."""
    return urn.split("::", 3)[-1]


def type_of(urn: str) -> str:
    """Return the type of the resource that a URN names, without the types above it."""
    parts = urn.split("::", 3)
    return parts[2].split("$")[-1] if len(parts) == 4 else ""


def is_managed(type_: str, custom: bool) -> bool:
    """Tell whether a provider manages what has a type: no component, nothing of the engine's own.

    Args:
        type_: Pulumi type token.
        custom: What the registration says: True for what a provider manages, and for providers.
    """
    return custom and not type_.startswith("pulumi:")
