"""The way out of an update that was killed: what is wrong with a layer, and its mending.

`diagnose` only looks. `mend` does what a person has agreed to; the engine itself writes the state.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pulumi.automation import CommandError

from stackwright.engine.backend import Backend, Holder, Lock, backend_of
from stackwright.engine.failures import explain
from stackwright.engine.integrity import problems
from stackwright.engine.operations import Action, Outcome, run
from stackwright.engine.pending import Fate, Pending, investigate, settled
from stackwright.engine.restoring import Restoration, keep_damaged, restoration
from stackwright.engine.scratch import HONEST
from stackwright.engine.secrets_provider import provider_of_new_stack
from stackwright.engine.state import (
    StateDamaged,
    StateOutOfReach,
    StateTooNew,
    exported,
    parse_state,
)
from stackwright.engine.workspace import LayerFolder, StackMissing
from stackwright.errors import Problem, StackwrightError


class NotRecoverable(StackwrightError):
    """Nothing here can mend it; the message says who can."""


class ChangedMeanwhile(StackwrightError):
    """Somebody was at work between the diagnosis and its mending, so nothing was changed."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with one layer."""

    folder: LayerFolder
    locks: tuple[Lock, ...] = ()
    damage: tuple[Problem, ...] = ()
    """Why the state is damaged; empty when it is whole."""
    damaged: bytes = b""
    """The damaged state as it is."""
    restoration: Restoration | None = None
    """What can take the place of a damaged state."""
    document: bytes = b""
    """The state to go on with."""
    pending: tuple[Pending, ...] = ()
    """Operations of that state that were cut off."""

    @property
    def healthy(self) -> bool:
        """Tell whether nothing is wrong."""
        return not (self.locks or self.damage or self.pending)

    @property
    def unread(self) -> tuple[Pending, ...]:
        """Creations that could be looked for, if only their provider answered."""
        return tuple(one for one in self.pending if one.fate is Fate.UNREAD)

    @property
    def at_work(self) -> tuple[Lock, ...]:
        """Locks whose holder is alive on this machine."""
        return tuple(lock for lock in self.locks if lock.holder is Holder.ALIVE)


def diagnose(folder: LayerFolder) -> Diagnosis:
    """Return what is wrong with a layer; nothing is changed.

    Raises:
        StackMissing: It was never deployed.
        StateTooNew: A newer engine wrote its state.
        StateOutOfReach: Its state cannot be read at all.
        NotRecoverable: Its state is damaged, and there is no whole one.
    """
    backend = backend_of(folder)
    locks = backend.locks(folder.project_name, folder.environment)
    alive = tuple(lock for lock in locks if lock.holder is Holder.ALIVE)
    if alive:
        # Whatever else is wrong is the business of the process that is at work.
        return Diagnosis(folder, locks)
    document = _document(folder, backend)
    damage = (_GONE,) if document is None else _damage(document)
    document = document or b""
    if not damage:
        return Diagnosis(folder, locks, document=document, pending=investigate(folder, document))
    found = restoration(folder, backend, folder.project_name, document)
    if found is None:
        raise NotRecoverable(_HOPELESS.format(folder=folder, problem=damage[0]))
    pending = investigate(folder, found.document)
    return Diagnosis(folder, locks, damage, document, found, found.document, pending)


def unlock(diagnosis: Diagnosis) -> None:
    """Remove the locks of a stack, as `pulumi cancel` does.

    Raises:
        ChangedMeanwhile: Somebody else holds the lock by now.
        StackwrightError: The engine refused.
    """
    _require_same_locks(diagnosis, {lock.key for lock in diagnosis.locks})
    _engine(diagnosis.folder, "cancel", "--yes")


def mend(diagnosis: Diagnosis, instances: frozenset[str], told: Callable[[str], None]) -> None:
    """Put a whole state in place, with every cut-off operation settled.

    Args:
        diagnosis: What is wrong; its locks are gone.
        instances: Names of the blueprint's tools.
        told: Called with a sentence for each thing done.

    Raises:
        ChangedMeanwhile: Somebody was at work since.
        StackwrightError: It could not be done; what was done before is told.
    """
    _require_same_locks(diagnosis, set())
    _require_same_state(diagnosis)
    if diagnosis.damage and diagnosis.damage != (_GONE,):
        kept = keep_damaged(diagnosis.folder, diagnosis.damaged)
        told(f"The damaged state is kept in {kept}.")
    with tempfile.TemporaryDirectory(prefix="stackwright-") as name:
        file = Path(name, "state.json")
        export = settled(diagnosis.document, diagnosis.pending)
        file.write_text(json.dumps(export), encoding="utf-8")
        if diagnosis.damage:
            # The engine imports into nothing but a stack that it can find.
            diagnosis.folder.made_stack(provider_of_new_stack(diagnosis.folder))
        # The stack that was made for it would be the newest backup, and empty; the second
        # time the engine keeps what came first in its place.
        for _ in range(2 if diagnosis.damage == (_GONE,) else 1):
            _engine(diagnosis.folder, "stack", "import", "--file", str(file))
    told(_told(diagnosis))
    again = [one.operation.resource.urn for one in diagnosis.pending if one.fate is Fate.KNOWN]
    if again:
        _refresh(diagnosis.folder, again, instances)
        told(f"{len(again)} resources were read again.")


def prove(folder: LayerFolder, instances: frozenset[str]) -> Outcome:
    """Return a preview of a layer, which works on nothing but a whole state."""
    return run(folder, folder.stack(), Action.PREVIEW, instances)


def _document(folder: LayerFolder, backend: Backend) -> bytes | None:
    """Return the state as it is kept, damaged or not; None where a state was lost.

    Raises:
        StackMissing: There is none, and there never was one or its stack was removed.
    """
    try:
        stack = folder.stack()
    except StackMissing:
        if backend.has_history(folder.project_name, folder.environment):
            return None
        raise
    file = partial(backend.state_file, folder.project_name, folder.environment)
    try:
        document = exported(stack)
    except StateOutOfReach:
        kept = file()
        # A state that can be read here was not the reason.
        if kept is None or not _damage(kept.read()):
            raise
        return kept.read()
    # Of a file that says nothing the engine makes an empty state.
    kept = file() if _is_empty(document) else None
    return kept.read() if kept and _damage(kept.read()) else document


def _is_empty(document: bytes) -> bool:
    return not _damage(document) and not parse_state(document).resources


def _require_same_locks(diagnosis: Diagnosis, known: Collection[str]) -> None:
    folder = diagnosis.folder
    locks = backend_of(folder).locks(folder.project_name, folder.environment)
    new = [lock for lock in locks if lock.key not in known]
    if new:
        raise ChangedMeanwhile(_MEANWHILE.format(folder=folder, what=f"was locked by {new[0]}"))


def _require_same_state(diagnosis: Diagnosis) -> None:
    """Refuse to put a state in the place of one that is newer than what was looked at."""
    folder = diagnosis.folder
    now = _document(folder, backend_of(folder)) or b""
    before = diagnosis.damaged if diagnosis.damage else diagnosis.document
    is_whole = not (_damage(now) or _damage(before))
    if now != before and not (is_whole and parse_state(now) == parse_state(before)):
        raise ChangedMeanwhile(_MEANWHILE.format(folder=folder, what="got another state"))


def _damage(document: bytes) -> tuple[Problem, ...]:
    try:
        return problems(parse_state(document))
    except StateDamaged as error:
        return error.problems
    except StateTooNew as error:
        raise StateTooNew(f"{error} {_TOO_NEW}") from None


def _refresh(folder: LayerFolder, urns: Sequence[str], instances: frozenset[str]) -> None:
    folder = replace(folder, variables={**folder.variables, **HONEST})
    known = parse_state(exported(folder.stack())).by_urn
    targets = [urn for urn in dict.fromkeys(urns) if urn in known]
    if not targets:
        return
    outcome = run(folder, folder.stack(), Action.REFRESH, instances, target=targets)
    if outcome.failure is not None:
        message = (
            f"the state is whole again, but the real resources could not be read: {outcome.failure}"
        )
        raise StackwrightError(message)


def _engine(folder: LayerFolder, *arguments: str) -> None:
    command = [*arguments, "--stack", folder.environment]
    try:
        folder.command.run(command, str(folder.folder), folder.variables)
    except CommandError as error:
        raise StackwrightError(str(explain(error, (), folder))) from None


def _told(diagnosis: Diagnosis) -> str:
    adopted = sum(one.adopted is not None for one in diagnosis.pending)
    parts = [
        f"The state is now {diagnosis.restoration}." if diagnosis.restoration else "",
        f"Operations settled: {len(diagnosis.pending)}." if diagnosis.pending else "",
        f"Resources that had been made and are in the state now: {adopted}." if adopted else "",
    ]
    return " ".join(filter(None, parts))


_GONE = Problem("its file is gone, and its history says that it was deployed.")

_TOO_NEW = "It is left as it is. Install the newer Pulumi CLI."

_MEANWHILE = (
    "the {folder.layer} layer {what} since it was looked at, so nothing was changed. "
    "Look again: stackwright recover -e {folder.environment}"
)

_HOPELESS = (
    "the state of the {folder.layer} layer is damaged ({problem}), and no whole older one is "
    "kept. It is left as it is. Next: `pulumi stack history` in {folder.folder}, or bring a copy "
    "back with `pulumi stack import --file COPY`."
)
