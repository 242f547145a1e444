"""Operations that were cut off: what became of each, found out without changing anything.

A creation that was cut off may have made a real thing that no state knows. Forgetting it would
make it twice, so it is looked for under the id that its inputs tell, by the provider's own reading
and on a copy of the state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pulumi.automation import CommandError

from stackwright.engine.physical_ids import (
    NAMESPACE,
    belongs,
    default_tags_of,
    namespace_of,
    physical_id,
)
from stackwright.engine.scratch import as_export, resources_of, scratch
from stackwright.engine.state import PendingOperation, Resource, State, masked, parse_state
from stackwright.engine.workspace import LayerFolder

CREATING = "creating"


class Fate(StrEnum):
    """What became of an operation that was cut off."""

    MADE = "made"
    """A creation has made the thing, and it is ours."""
    NOT_MADE = "not made"
    """A creation has made nothing."""
    FOREIGN = "foreign"
    """A thing of that name is there, and nothing shows that it is ours."""
    UNKNOWN = "unknown"
    """A creation may have made a thing; its inputs do not tell where to look."""
    UNREAD = "unread"
    """The provider could not be asked."""
    KNOWN = "known"
    """No creation: the state knows the thing, and reading it tells the rest."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An operation that was cut off, and what is known of it."""

    operation: PendingOperation
    fate: Fate
    id: str = ""
    """Id that was looked for; empty when it is not known."""
    adopted: Mapping[str, Any] | None = None
    """What goes into the state, as the engine writes it; None when nothing does."""

    def __str__(self) -> str:
        resource = self.operation.resource
        return f"{self.operation.type} {resource.key}: {_words(self)}"


def investigate(layer: LayerFolder, document: bytes) -> tuple[Pending, ...]:
    """Return every operation of a state that was cut off, with what became of it.

    Args:
        layer: The layer.
        document: Its state, whole.
    """
    state = parse_state(document)
    wanted = {
        operation.resource.urn: (operation.resource, identity)
        for operation in state.pending_operations
        if operation.type == CREATING and operation.resource.urn not in state.by_urn
        if (identity := physical_id(operation.resource))
    }
    found = _read(layer, document, wanted) if wanted else {}
    return tuple(
        _sought(one, wanted[one.resource.urn][1], state, found)
        if one.type == CREATING and one.resource.urn in wanted
        else Pending(one, _untold(one, state))
        for one in state.pending_operations
    )


def settled(document: bytes, pending: Iterable[Pending]) -> dict[str, Any]:
    """Return a state in which every cut-off operation is settled, in the form to import.

    What was made goes into it; nothing else changes.
    """
    export = as_export(document)
    adopted = [one.adopted for one in pending if one.adopted is not None]
    export["deployment"]["resources"] = [*resources_of(export), *adopted]
    export["deployment"].pop("pending_operations", None)
    return export


def _untold(operation: PendingOperation, state: State) -> Fate:
    """Return what became of an operation that was not looked for."""
    if operation.type != CREATING:
        return Fate.KNOWN
    # The engine keeps a cut-off creation in its state even when a later run has made the thing.
    living = state.by_urn.get(operation.resource.urn)
    is_known = living is not None and living.id == physical_id(operation.resource)
    return Fate.KNOWN if is_known else Fate.UNKNOWN


def _sought(
    operation: PendingOperation,
    identity: str,
    state: State,
    found: Mapping[str, Mapping[str, Any]] | None,
) -> Pending:
    """Return what became of a creation that was looked for."""
    if found is None:
        return Pending(operation, Fate.UNREAD, identity)
    there = found.get(operation.resource.urn)
    if there is None:
        return Pending(operation, Fate.NOT_MADE, identity)
    if not _is_ours(operation.resource, there, state):
        return Pending(operation, Fate.FOREIGN, identity)
    return Pending(operation, Fate.MADE, identity, there)


def _is_ours(wanted: Resource, found: Mapping[str, Any], state: State) -> bool:
    """Tell whether a thing is ours: by its tags or labels, else by being part of what is ours."""
    provider = state.by_urn.get(wanted.provider.rpartition("::")[0])
    marked = belongs(wanted, masked(found.get("outputs") or {}), default_tags_of(provider))
    if marked is not None:
        return marked
    place = namespace_of(wanted)
    needed = {urn for urns in wanted.property_dependencies.values() for urn in urns}
    return any(
        resource.custom
        and not resource.external
        and (urn in needed or (resource.type == NAMESPACE and resource.id == place))
        for urn, resource in state.by_urn.items()
    )


def _read(
    layer: LayerFolder, document: bytes, wanted: Mapping[str, tuple[Resource, str]]
) -> Mapping[str, Mapping[str, Any]] | None:
    """Return those of the wanted things that exist, by URN; None when nobody could be asked."""
    export = as_export(document)
    operations = export["deployment"].pop("pending_operations")
    asked = [
        {**one["resource"], "id": wanted[one["resource"]["urn"]][1]}
        for one in operations
        if one["type"] == CREATING and one["resource"]["urn"] in wanted
    ]
    export["deployment"]["resources"] = [*resources_of(export), *asked]
    targets = [word for urn in wanted for word in ("--target", urn)]
    with scratch(layer, export) as copy:
        try:
            copy.run("refresh", "--yes", "--skip-preview", *targets)
        except CommandError:
            return None
        kept: Sequence[dict[str, Any]] = resources_of(as_export(copy.document()))
    return {one["urn"]: one for one in kept if one["urn"] in wanted}


def _words(pending: Pending) -> str:
    named = f" ({pending.id})" if pending.id else ""
    return {
        Fate.MADE: f"it was made{named} and is ours, so it goes into the state.",
        Fate.NOT_MADE: f"it was not made{named}, so it is forgotten; the next up makes it.",
        Fate.FOREIGN: f"there is one{named}, and nothing shows that it is ours. It is left alone; "
        "the next up will say that it exists.",
        Fate.UNKNOWN: "it may exist or not, and only its maker knows its id. Look for it in the "
        "console: if it is there, delete it, or the next up makes a second one.",
        Fate.UNREAD: f"it may exist or not{named}: its provider could not be asked.",
        Fate.KNOWN: "the state knows it; it is read again.",
    }[pending.fate]
