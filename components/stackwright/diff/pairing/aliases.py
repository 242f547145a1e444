"""Aliases: earlier URNs that a resource takes over from, resolved as the engine does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from stackwright.plan.graph import JsonValue, Resource
from stackwright.report.inventory import STACK

MOST = 256
"""Aliases of one resource that are followed: those of nested components multiply."""


def aliased(earlier: Mapping[str, Resource], later: Mapping[str, Resource]) -> dict[str, str]:
    """Return earlier URN -> later URN for every resource that both sides have.

    A URN that both sides have stays itself. Else the first alias wins that names an earlier
    resource which no later one has taken over.

    Args:
        earlier: URN -> resource.
        later: URN -> resource, parents before their children.
    """
    found = {urn: urn for urn in later if urn in earlier}
    names: dict[str, tuple[str, ...]] = {}
    for urn, resource in later.items():
        inherited = names.get(resource.parent, ())
        if not resource.options.aliases and not inherited:
            continue
        names[urn] = tuple(islice(dict.fromkeys(_names(resource, inherited)), MOST))
        if urn in earlier:
            continue
        free = (name for name in names[urn] if name in earlier and name not in found)
        taken = next(free, "")
        if taken:
            found[taken] = urn
    return found


def inherited_urn(child: str, parent: str, parent_alias: str) -> str:
    """Return the alias that a child gets from an alias of its parent.

    A child whose name begins with the parent's name had the parent's earlier name there.

    Args:
        child: URN of the child.
        parent: URN of its parent.
        parent_alias: Earlier URN of the parent.
    """
    _, _, chain, name = _parts(child)
    _, _, _, begin = _parts(parent)
    stack, project, above, earlier_begin = _parts(parent_alias)
    if begin and name.startswith(begin):
        name = earlier_begin + name.removeprefix(begin)
    return _urn(stack, project, above, chain.rpartition("$")[2], name)


def _names(resource: Resource, inherited: tuple[str, ...]) -> Iterator[str]:
    """Yield every URN that the aliases of a resource, and of those above it, name."""
    own = [_resolved(resource, alias) for alias in resource.options.aliases]
    yield from own
    for parent_alias in inherited:
        for child in (resource.urn, *own):
            yield inherited_urn(child, resource.parent, parent_alias)


def _resolved(resource: Resource, alias: JsonValue) -> str:
    """Return the URN that an alias names, given whole or by the parts that differ."""
    if not isinstance(alias, Mapping):
        return str(alias)
    stack, project, _, _ = _parts(resource.urn)
    parent = "" if alias.get("no_parent") else alias.get("parent", resource.parent)
    return _urn(
        alias.get("stack", stack),
        alias.get("project", project),
        _parts(parent)[2],
        alias.get("type", resource.type),
        alias.get("name", resource.name),
    )


def _urn(stack: str, project: str, above: str, type_: str, name: str) -> str:
    """Return a URN; the stack itself is no part of the chain of types."""
    chain = type_ if above in ("", STACK) else f"{above}${type_}"
    return f"urn:pulumi:{stack}::{project}::{chain}::{name}"


def _parts(urn: str) -> tuple[str, str, str, str]:
    """Return stack, project, chain of types and name; empty where a text is no URN."""
    parts = urn.removeprefix("urn:pulumi:").split("::", 3)
    stack, project, chain, name = (*parts, "", "", "", "")[:4]
    return stack, project, chain, name
