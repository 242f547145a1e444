"""`stackwright drift` from beginning to end, as a person or a script sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stackwright.engine.drift import Drifted, LayerDrift, as_json, layer_drift
from stackwright.engine.drifted_property import DriftedProperty, Fate
from stackwright.engine.events import Operation
from stackwright.engine.failures import Failure
from stackwright.urns import name_of
from stackwright_cli import console
from stackwright_cli.deploying import session as deploying
from stackwright_cli.deploying.view import SIGNS

if TYPE_CHECKING:
    from stackwright.engine.changes import Change
    from stackwright_cli.deploying.session import Session

_SHOWN = 5
"""Resources that are named in a list of what could not be read, or would change besides."""

_FATES = {
    Fate.REVERTED: "`up` brings it back",
    Fate.STAYS: "stays: the program does not set it",
    Fate.UNKNOWN: "",
}


def drift(
    file: Path,
    environment: str | None,
    layer: str | None,
    *,
    format_: str,
    timeout: float | None,
) -> int:
    """Compare an environment with its program and return the exit code.

    Args:
        file: The blueprint.
        environment: Name of the environment; the only one if None.
        layer: The one layer to look at; both if None.
        format_: `text` or `json`.
        timeout: Minutes that one run of the engine may take; None for no limit.
    """
    from stackwright.engine.command import EngineStopped

    with deploying.session(file, environment, layer, "text", timeout) as session:
        try:
            found = _layers(session)
        except EngineStopped as stopped:
            sentence = f"{deploying.sentence(str(stopped))} Nothing was changed."
            return session.end(deploying.STOPPED, sentence, stopped.exit_code)
    if format_ == "json":
        console.json(as_json(session.environment, found))
    else:
        console.out("\n".join(line for one in found for line in lines_of(one)))
    return _ended(session, found)


def lines_of(found: LayerDrift) -> Iterator[str]:
    """Yield what was found in one layer, for people."""
    count = len(found.drifted)
    if count:
        yield f"{found.layer}: not as deployed: {count} of {found.compared} resources"
    elif not found.failure:
        yield f"{found.layer}: all {found.compared} resources are as deployed"
    for tool in sorted({item.tool for item in found.drifted}):
        yield f"  {tool or 'your own resources'}"
        for item in found.drifted:
            if item.tool == tool:
                yield from _resource(item)
    if found.also:
        yield f"  `up` would also change {len(found.also)}: {_named(found.also)}"
    if found.unclear:
        yield f"  what `up` would make of it is not known: {found.unclear}"
    if found.failure:
        yield f"{found.layer}: could not be read: {found.failure}"
    if found.unread:
        names = ", ".join(name_of(urn) for urn in found.unread[:_SHOWN])
        more = f" and {len(found.unread) - _SHOWN} more" if len(found.unread) > _SHOWN else ""
        yield f"  nothing is known about {len(found.unread)}: {names}{more}"


def _layers(session: Session) -> list[LayerDrift]:
    from stackwright.engine.command import EngineStopped
    from stackwright.engine.state_folder import require_state_folders
    from stackwright.engine.workspace import layer_folders
    from stackwright.errors import StackwrightError

    life = session.lifecycle
    instances = frozenset(life.environment.instances)
    found = []
    every = layer_folders(life.environment, life.folder, life.command)
    require_state_folders(every)
    for folder in every:
        if life.layer not in (None, folder.layer):
            continue
        try:
            found.append(layer_drift(folder, instances, session.view))
        except EngineStopped:
            raise
        except StackwrightError as error:
            failure = Failure(str(error))
            found.append(LayerDrift(folder.layer.value, compared=0, failure=failure))
    return found


def _ended(session: Session, found: Sequence[LayerDrift]) -> int:
    name = session.environment
    count = sum(len(one.drifted) for one in found)
    drifted = (
        f"{count} resources of {name} differ." if count != 1 else f"1 resource of {name} differs."
    )
    unread = [one.layer for one in found if one.failure]
    if unread:
        seen = f"{drifted} " if count else ""
        sentence = f"{seen}Not everything could be read: {', '.join(unread)}. Nothing was changed."
        return session.end(deploying.FAILED, sentence, 1)
    if count:
        sentence = (
            f"{drifted} Nothing was changed. To bring it back: stackwright up --refresh -e {name}. "
            "To keep it: say the same in the blueprint."
        )
        return session.end(deploying.SUCCEEDED, sentence, 3)
    return session.end(deploying.UNCHANGED, f"{name} is as it was deployed: no drift.", 0)


def _resource(item: Drifted) -> Iterator[str]:
    sign = SIGNS[Operation.DELETE if item.gone else Operation.UPDATE]
    yield f"    {sign} {item.type}  {item.name}{_gone(item)}"
    for one in item.properties:
        yield f"        {one.path}{_values(one)}{_fate(one, item)}"


def _gone(item: Drifted) -> str:
    if not item.gone:
        return "  is replaced by `up`" if item.by is Operation.REPLACE else ""
    made = (Operation.CREATE, Operation.REPLACE)
    return "  is gone; `up` makes it anew" if item.by in made else "  is gone"


def _values(one: DriftedProperty) -> str:
    if one.was is None and one.now is None:
        return ""
    return f": {one.was or 'nothing'} -> {one.now or 'nothing'}"


def _fate(one: DriftedProperty, item: Drifted) -> str:
    if item.by is Operation.DELETE:
        return "; `up` deletes it: the program has it no more"
    return f"; {_FATES[one.fate]}" if _FATES[one.fate] else ""


def _named(changes: Sequence[Change]) -> str:
    names = [f"{SIGNS[change.operation]} {change.name}" for change in changes[:_SHOWN]]
    more = f" and {len(changes) - _SHOWN} more" if len(changes) > _SHOWN else ""
    return f"{', '.join(names)}{more}"
