"""Chains: a replacement with all that it forces, its root first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stackwright.diff.changes import Chain, ResourceChange


def chains(changes: Sequence[ResourceChange]) -> tuple[Chain, ...]:
    """Return one chain for each root that forces other replacements, in order of deployment.

    A root is a resource that is replaced for a change of its own, or a provider whose update
    makes all its resources others.
    """
    causes = {change.urn: change.replacement.because_of for change in changes if change.replacement}
    links: dict[str, list[str]] = {}
    for urn, cause in causes.items():
        if cause:
            links.setdefault(_root(urn, causes), []).append(urn)
    found = {change.urn: change for change in changes}
    return tuple(
        Chain(root, _properties(found, root, urns), tuple(urns)) for root, urns in links.items()
    )


def _root(urn: str, causes: Mapping[str, str]) -> str:
    while causes.get(urn):
        urn = causes[urn]
    return urn


def _properties(
    found: Mapping[str, ResourceChange], root: str, links: Sequence[str]
) -> tuple[str, ...]:
    """Return what forces a root; of one that is only updated, what forces the first after it."""
    for urn in (root, links[0]):
        change = found.get(urn)
        if change is not None and change.replacement is not None:
            return change.replacement.properties
    return ()
