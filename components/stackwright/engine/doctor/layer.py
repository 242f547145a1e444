"""Looks at one layer: where its state is, who works on it, and whether it is whole."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi.automation import CommandError

from stackwright.engine.backend import Backend, Holder, Kind, Lock, backend_of
from stackwright.engine.doctor.finding import Finding, Health
from stackwright.engine.failures import explain
from stackwright.engine.scratch import scratch
from stackwright.engine.secrets_provider import passphrase_problem, provider_of_new_stack
from stackwright.engine.state import (
    NEWEST_VERSION,
    State,
    StateDamaged,
    StateOutOfReach,
    StateTooNew,
    parse_state,
    read_state,
)
from stackwright.engine.state_folder import state_folder_problem
from stackwright.engine.workspace import LayerFolder, StackMissing
from stackwright.errors import StackwrightError


def backend(folder: LayerFolder) -> Iterator[Finding]:
    """Yield where the state of a layer is, and who holds its lock."""
    subject = f"{folder.layer} backend"
    found = backend_of(folder)
    if found.kind is Kind.NONE:
        yield Finding(subject, Health.WRONG, "nobody has said where to keep state.", "pulumi login")
        return
    problem = state_folder_problem(folder)
    if problem is not None:
        yield Finding(subject, Health.WRONG, f"{problem.file}: {problem.message}", problem.hint)
        return
    try:
        locks = found.locks(folder.project_name, folder.environment)
    except StackwrightError as error:
        yield Finding(subject, Health.WRONG, str(error), f"cd {folder.folder} && pulumi stack ls")
        return
    yield Finding(subject, Health.OK, f"state is in {found.url} ({found.kind}).")
    yield from _lock(folder, found, locks)


def secrets(folder: LayerFolder) -> Iterator[Finding]:
    """Yield whether the secrets of a layer can be read, by trying it on an empty copy."""
    subject = f"{folder.layer} secrets"
    if provider_of_new_stack(folder) is None:
        yield Finding(subject, Health.SKIPPED, "who keeps the state keeps their key too.")
        return
    problem = passphrase_problem(folder)
    if problem is not None:
        found = f"{problem.file}: {problem.message}" if problem.file else problem.message
        yield Finding(subject, Health.WRONG, found, problem.hint)
        return
    if not folder.settings_file.is_file():
        yield Finding(subject, Health.SKIPPED, f"there is no {folder.settings_file.name} yet.")
        return
    with scratch(folder, {"version": NEWEST_VERSION - 1, "deployment": {}}) as copy:
        try:
            copy.run("refresh", "--yes", "--skip-preview")
        except CommandError as error:
            failure = explain(error, (), folder)
            yield Finding(subject, Health.WRONG, failure.message, failure.mend)
            return
    yield Finding(subject, Health.OK, "the key to the secrets in the state fits.")


def state(folder: LayerFolder) -> Iterator[Finding]:
    """Yield whether the state of a layer is whole, and what was cut off."""
    subject = f"{folder.layer} state"
    try:
        found = read_state(folder.stack())
    except StackMissing:
        yield _missing(folder)
    except StateDamaged as error:
        yield Finding(subject, Health.WRONG, str(error), _recover(folder))
    except StateTooNew as error:
        yield Finding(subject, Health.WRONG, str(error), _UPGRADE)
    except StateOutOfReach as error:
        yield _unread(folder, str(error))
    else:
        # Of a file that says nothing the engine makes an empty state.
        wrong = None if found.resources else _wrong_file(folder)
        yield wrong or _told(folder, found)


def _lock(folder: LayerFolder, backend: Backend, locks: tuple[Lock, ...]) -> Iterator[Finding]:
    subject = f"{folder.layer} lock"
    if backend.store is None:
        found = f"a {backend.kind} tells who holds it only to who wants it."
        yield Finding(subject, Health.SKIPPED, found)
    elif not locks:
        yield Finding(subject, Health.OK, "nobody is at work.")
    for lock in locks:
        if lock.holder is Holder.ALIVE:
            found, mend = f"at work now: {lock}. Wait for it.", ""
        else:
            found, mend = f"held by {lock}; that is {lock.holder}.", _recover(folder)
        yield Finding(subject, Health.WRONG, found, mend)


def _told(folder: LayerFolder, found: State) -> Finding:
    subject = f"{folder.layer} state"
    pending = found.pending_operations
    if not pending:
        return Finding(subject, Health.OK, f"whole, {len(found.resources)} resources.")
    named = ", ".join(f"{one.type} {one.resource.name}" for one in pending[:3])
    more = f" and {len(pending) - 3} more" if len(pending) > 3 else ""
    return Finding(subject, Health.WRONG, f"cut off: {named}{more}.", _recover(folder))


def _missing(folder: LayerFolder) -> Finding:
    subject, project = f"{folder.layer} state", folder.project_name
    if backend_of(folder).has_history(project, folder.environment):
        gone = "it is gone, and its history is there: `up` would make everything a second time."
        return Finding(subject, Health.WRONG, gone, _recover(folder))
    return Finding(subject, Health.OK, "there is none: this layer was never deployed.")


def _unread(folder: LayerFolder, reason: str) -> Finding:
    """Return why the engine cannot read a state: the file itself may tell."""
    try:
        wrong = _wrong_file(folder)
    except StackwrightError as error:
        wrong, reason = None, str(error)
    mend = f"cd {folder.folder} && pulumi stack ls"
    return wrong or Finding(f"{folder.layer} state", Health.WRONG, f"out of reach: {reason}", mend)


def _wrong_file(folder: LayerFolder) -> Finding | None:
    """Return what is wrong with the file that holds a state; None when nothing is."""
    subject = f"{folder.layer} state"
    file = backend_of(folder).state_file(folder.project_name, folder.environment)
    try:
        if file is not None:
            parse_state(file.read())
    except StateDamaged as error:
        return Finding(subject, Health.WRONG, str(error), _recover(folder))
    except StateTooNew as error:
        return Finding(subject, Health.WRONG, str(error), _UPGRADE)
    return None


def _recover(folder: LayerFolder) -> str:
    return f"stackwright recover -e {folder.environment} --layer {folder.layer}"


_UPGRADE = "curl -fsSL https://get.pulumi.com | sh"
