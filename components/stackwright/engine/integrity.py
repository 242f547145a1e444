"""Is a state whole? The engine's own rules, told in words and all at once.

Whatever a resource refers to exists and comes before it, and no two that live share a URN. The
engine refuses to work on anything else, and so do we.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from stackwright.errors import Problem

if TYPE_CHECKING:
    from stackwright.engine.state import Resource, State

_PROVIDER = "pulumi:providers:"


def problems(state: State) -> tuple[Problem, ...]:
    """Return everything in which a state is not whole; empty when it is."""
    return (*_manifest(state), *_twice(state), *_references(state), *_malformed(state))


def _manifest(state: State) -> Iterator[Problem]:
    version = state.manifest.version
    expected = hashlib.sha256(version.encode("utf-8")).hexdigest() if version else ""
    if state.manifest.magic != expected:
        yield Problem("the checksum of its version does not fit.", path="manifest.magic")


def _twice(state: State) -> Iterator[Problem]:
    living = Counter(resource.urn for resource in state.resources if not resource.delete)
    for urn, count in living.items():
        if count > 1:
            yield Problem(f"the resource is there {count} times.", path=urn)


def _malformed(state: State) -> Iterator[Problem]:
    for resource in state.resources:
        if resource.id and not resource.custom:
            yield Problem("a component cannot have an id.", path=resource.urn)
        if resource.type.startswith(_PROVIDER) and not resource.id:
            yield Problem("a provider needs an id.", path=resource.urn)


def _references(state: State) -> Iterator[Problem]:
    everywhere = {resource.urn for resource in state.resources}
    all_providers = set(_providers(state))
    seen: set[str] = set()
    providers: set[str] = set()
    for resource in state.resources:
        if resource.type.startswith(_PROVIDER):
            providers.add(_reference(resource))
        for role, urn in _needed(resource):
            if urn not in seen:
                yield _absent(resource, role, urn, later=urn in everywhere)
        wanted = resource.provider
        if wanted and wanted not in providers and not resource.pending_replacement:
            yield _absent(resource, "provider", wanted, later=wanted in all_providers)
        seen.add(resource.urn)


def _needed(resource: Resource) -> Iterator[tuple[str, str]]:
    """Yield what must come before a resource, each once: its role and its URN."""
    found = {
        **dict.fromkeys(resource.replace_with, "resource to be replaced with"),
        resource.deleted_with: "resource to be deleted with",
        **{urn: "dependency" for urns in resource.property_dependencies.values() for urn in urns},
        **dict.fromkeys(resource.dependencies, "dependency"),
        resource.parent: "parent",
    }
    return ((role, urn) for urn, role in found.items() if urn)


def _absent(resource: Resource, role: str, urn: str, *, later: bool) -> Problem:
    how = "comes after it" if later else "is missing"
    return Problem(f"its {role} {urn} {how}.", path=resource.urn)


def _providers(state: State) -> Iterator[str]:
    return (_reference(one) for one in state.resources if one.type.startswith(_PROVIDER))


def _reference(provider: Resource) -> str:
    return f"{provider.urn}::{provider.id}"
