"""A state that is damaged: what can take its place, and what that would forget.

The engine keeps older states beside the newest, and can repair a state that refers to what is not
there. The damaged one is never thrown away.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pulumi.automation import CommandError

from stackwright.engine.backend import Backend, Backup
from stackwright.engine.integrity import problems
from stackwright.engine.scratch import as_export, scratch
from stackwright.engine.state import State, StateDamaged, parse_state
from stackwright.engine.workspace import LayerFolder
from stackwright.errors import StackwrightError
from stackwright.urns import name_of

_URN = re.compile(rb'"urn":\s*"((?:[^"\\]|\\.)+)"')


@dataclass(frozen=True, slots=True)
class Restoration:
    """A whole state that can take the place of a damaged one."""

    document: bytes
    state: State
    source: str
    """The file that it is, or that it is a repair."""
    forgotten: tuple[str, ...]
    """URNs that the damaged state names and this one does not; the real things may exist."""

    def __str__(self) -> str:
        time = self.state.time
        when = time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if time else "no known time"
        return f"{self.source}, of {when}, with {len(self.state.resources)} resources"


def restoration(
    layer: LayerFolder, backend: Backend, project: str, damaged: bytes
) -> Restoration | None:
    """Return the best whole state to go on with; None when there is none.

    A backup that knows all that the damaged state names is best, then a repair, then the newest
    backup.
    """
    named = _named(damaged)
    backup = _newest(backend.backups(project, layer.environment), named)
    if backup is not None and not backup.forgotten:
        return backup
    return _repaired(layer, damaged, named) or backup


def keep_damaged(layer: LayerFolder, damaged: bytes) -> Path:
    """Write a damaged state to a file of its own beside the stack's settings; return its path."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    path = layer.folder / f"state.{layer.environment}.damaged-{stamp}.json"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(damaged)
    return path


def _newest(backups: Iterable[Backup], named: frozenset[str]) -> Restoration | None:
    return max(_whole(backups, named), key=_worth, default=None)


def _worth(found: Restoration) -> tuple[bool, datetime, int]:
    """Return what is greater for a state that knows everything, and then for a newer one."""
    never = datetime.min.replace(tzinfo=UTC)
    return (not found.forgotten, found.state.time or never, len(found.state.resources))


def _whole(backups: Iterable[Backup], named: frozenset[str]) -> Iterator[Restoration]:
    for backup in backups:
        try:
            found = _restoration(backup.read(), backup.key, named)
        except StackwrightError:
            continue
        if found is not None:
            yield found


def _repaired(layer: LayerFolder, damaged: bytes, named: frozenset[str]) -> Restoration | None:
    try:
        with scratch(layer, as_export(damaged)) as copy:
            copy.run("state", "repair", "--yes")
            return _restoration(copy.document(), "the engine's own repair", named)
    except (StateDamaged, CommandError):
        return None


def _restoration(document: bytes, source: str, named: frozenset[str]) -> Restoration | None:
    state = parse_state(document)
    if problems(state):
        return None
    known = {resource.urn for resource in state.resources}
    known |= {operation.resource.urn for operation in state.pending_operations}
    return Restoration(document, state, source, tuple(sorted(named - known, key=name_of)))


def _named(damaged: bytes) -> frozenset[str]:
    """Return the URNs of the resources that can still be made out."""
    return frozenset(found.decode("utf-8", "replace") for found in _URN.findall(damaged))
