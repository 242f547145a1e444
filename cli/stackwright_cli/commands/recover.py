"""Find the way out of an update that was killed, or of a damaged state.

At most two questions, and nothing is changed before they are answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stackwright.errors import StackwrightError
from stackwright_cli import console, planning
from stackwright_cli.commands import _options

if TYPE_CHECKING:
    from stackwright.engine.recovery import Diagnosis
    from stackwright.engine.workspace import LayerFolder
    from stackwright.environment import Environment

SHOWN = 20
"""Resources of one kind that are named, at most."""

WITHIN = 600.0
"""Seconds that one run of the engine may take."""


@click.command()
@_options.blueprint_file
@_options.environment_name
@_options.one_layer
@_options.agreed
def command(file: Path, environment: str | None, layer: str | None, yes: bool) -> int:
    """Find the way out of an update that was killed, or of a damaged state."""
    from stackwright.engine.command import EngineStopped
    from stackwright.environment import load_environment

    console.require_agreement(yes)
    loaded = load_environment(file, environment)
    planning.require_packages(loaded.target)
    planning.require_layer(loaded, layer, file)
    try:
        return _recovered(loaded, file, layer, yes=yes)
    except EngineStopped as stopped:
        console.err(f"{str(stopped).capitalize()} To go on: stackwright recover")
        return stopped.exit_code


def _recovered(loaded: Environment, file: Path, layer: str | None, *, yes: bool) -> int:
    found = _diagnoses(_folders(loaded, file, layer))
    ill = [diagnosis for diagnosis in found if not diagnosis.healthy]
    if not ill:
        name = loaded.scope["environment"]
        console.err(f"{name}: nothing to recover: no lock, a whole state, nothing cut off.")
        return 0
    _refuse_at_work(ill)
    console.out("\n".join(line for diagnosis in ill for line in _lines(diagnosis)))
    _unlock(ill, yes)
    _mend(ill, loaded, yes)
    return _proven(ill, loaded)


def _folders(loaded: Environment, file: Path, layer: str | None) -> Sequence[LayerFolder]:
    from stackwright.engine.command import EngineCommand
    from stackwright.engine.secrets_provider import require_passphrase
    from stackwright.engine.workspace import layer_folders

    every = layer_folders(loaded, file.parent, EngineCommand(console.err, WITHIN))
    folders = [folder for folder in every if layer in (None, folder.layer.value)]
    require_passphrase(folders)
    return folders


def _diagnoses(folders: Sequence[LayerFolder]) -> Sequence[Diagnosis]:
    from stackwright.engine.recovery import diagnose
    from stackwright.engine.workspace import StackMissing

    found = []
    with console.progress("Looking") as told:
        for folder in folders:
            told(folder.layer.value)
            try:
                found.append(diagnose(folder))
            except StackMissing as missing:
                console.err(f"{folder.layer}: {missing}")
    return found


def _refuse_at_work(ill: Sequence[Diagnosis]) -> None:
    at_work = [(one.folder.layer, lock) for one in ill for lock in one.at_work]
    if at_work:
        layer, lock = at_work[0]
        raise StackwrightError(
            f"somebody is at work on the {layer} layer, so nothing was changed: {lock}. "
            f"Wait for it, or stop it: kill -INT {lock.pid}"
        )


def _unlock(ill: Sequence[Diagnosis], yes: bool) -> None:
    """Ask once whether whoever holds the locks is dead, and remove them."""
    from stackwright.engine.recovery import unlock

    locked = [diagnosis for diagnosis in ill if diagnosis.locks]
    if not locked:
        return
    _agree("Is nobody at work any more? The lock is removed", yes)
    for diagnosis in locked:
        unlock(diagnosis)
        console.err(f"{diagnosis.folder.layer}: the lock is removed.")


def _mend(ill: Sequence[Diagnosis], loaded: Environment, yes: bool) -> None:
    """Ask once whether the states may be changed as was shown, and change them."""
    from stackwright.engine.recovery import mend

    wrong = [diagnosis for diagnosis in ill if diagnosis.damage or diagnosis.pending]
    if not wrong:
        return
    _refuse_unread(wrong)
    _agree("Change the state as shown above? No real resource is changed", yes)
    for diagnosis in wrong:
        told = partial(_say, diagnosis.folder.layer)
        mend(diagnosis, frozenset(loaded.instances), told)


def _refuse_unread(wrong: Sequence[Diagnosis]) -> None:
    """Refuse to forget what may exist and could have been looked for: it would be made twice."""
    unread = sum(len(diagnosis.unread) for diagnosis in wrong)
    if unread:
        raise StackwrightError(
            f"{unread} creations that were cut off could not be looked for, because their provider "
            "does not answer. Their state is left as it is. Next: stackwright doctor"
        )


def _say(layer: str, said: str) -> None:
    console.err(f"{layer}: {said}")


def _proven(ill: Sequence[Diagnosis], loaded: Environment) -> int:
    """Preview what was mended, and say how it ended."""
    from stackwright.engine.recovery import prove

    name = loaded.scope["environment"]
    for diagnosis in ill:
        outcome = prove(diagnosis.folder, frozenset(loaded.instances))
        if outcome.failure is not None:
            raise StackwrightError(
                f"the {outcome.layer} layer is unlocked and its state is whole, but its preview "
                f"fails: {outcome.failure}"
            )
        console.err(f"{outcome.layer}: a preview works; {len(outcome.changes.real)} to change.")
    console.err(f"{name} is recovered. Next: stackwright up -e {name}")
    return 0


def _agree(question: str, yes: bool) -> None:
    if not yes and not console.confirm(question):
        raise StackwrightError("not agreed to, so nothing more was changed.")


def _lines(diagnosis: Diagnosis) -> list[str]:
    """Return what is wrong with a layer, in words."""
    layer = diagnosis.folder.layer
    lines = [f"{layer}: locked by {lock}; that is {lock.holder}." for lock in diagnosis.locks]
    if diagnosis.damage:
        lines += [f"{layer}: the state is damaged."]
        lines += _few([f"  {problem}" for problem in diagnosis.damage])
    if diagnosis.restoration is not None:
        lines += [f"  In its place: {diagnosis.restoration}."]
        forgotten = diagnosis.restoration.forgotten
        if forgotten:
            lines += ["  It does not know these, which may exist:"]
            lines += _few([f"    {urn}" for urn in forgotten])
    if diagnosis.pending:
        lines += [f"{layer}: {len(diagnosis.pending)} operations were cut off."]
        lines += [f"  {one}" for one in diagnosis.pending]
    return lines


def _few(lines: list[str]) -> list[str]:
    more = len(lines) - SHOWN
    return lines if more <= 0 else [*lines[:SHOWN], f"  and {more} more"]
