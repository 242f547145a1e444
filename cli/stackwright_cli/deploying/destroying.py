"""`stackwright destroy` from beginning to end, as a person or a script sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stackwright.errors import InputError, Problem, StackwrightError
from stackwright_cli import console
from stackwright_cli.deploying import session as deploying

if TYPE_CHECKING:
    from stackwright.engine.destruction import Destruction
    from stackwright_cli.deploying.session import Session


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was said on the command line."""

    keep_data: bool = False
    """Whether all that holds data stays."""
    confirm: str | None = None
    """Name of the environment whose data may be lost."""
    yes: bool = False
    """Whether the deletion of what holds no data was agreed to."""
    remove_stack: bool = False
    """Whether empty stacks go too."""


def destroy(
    file: Path,
    environment: str | None,
    layer: str | None,
    wishes: Wishes,
    *,
    format_: str,
    timeout: float | None,
) -> int:
    """Destroy an environment and return the exit code.

    Args:
        file: The blueprint.
        environment: Name of the environment; the only one if None.
        layer: The one layer to destroy; both if None.
        wishes: What else was said.
        format_: `text` or `json`.
        timeout: Minutes that one run of the engine may take; None for no limit.
    """
    with deploying.session(file, environment, layer, format_, timeout) as session:
        _require_right_name(session.environment, wishes.confirm)
        return _destroyed(session, _destruction(session, wishes), wishes)


def _destruction(session: Session, wishes: Wishes) -> Destruction:
    from stackwright.engine.destruction import Destruction
    from stackwright.engine.preflight import open_api

    life = session.lifecycle
    return Destruction(
        life.environment,
        life.folder,
        life.command,
        life.layer,
        wishes.keep_data,
        session.view,
        open_api,
    )


def _destroyed(session: Session, destruction: Destruction, wishes: Wishes) -> int:
    from stackwright.engine.command import EngineStopped

    again = f"To go on: {_again(session, wishes)}"
    try:
        return _foretold_and_done(session, destruction, wishes)
    except (EngineStopped, KeyboardInterrupt) as stopped:
        by_engine = isinstance(stopped, EngineStopped)
        why = deploying.sentence(str(stopped)) if by_engine else "Stopped by Ctrl-C."
        gone = _so_far(destruction, stopped if by_engine else None)
        code = stopped.exit_code if isinstance(stopped, EngineStopped) else 130
        return session.end(deploying.STOPPED, f"{why} {gone} {again}", code)
    except InputError as wrong:
        if session.format_ != "json":
            raise
        answer = _forecast(session, destruction)
        return session.end(deploying.REFUSED, str(wrong), wrong.exit_code, forecast=answer)
    except click.UsageError as unasked:
        if session.format_ != "json":
            raise
        answer = _forecast(session, destruction)
        return session.end(deploying.REFUSED, str(unasked), unasked.exit_code, forecast=answer)
    except StackwrightError as failed:
        console.error(str(failed))
        sentence = f"Failed. {_so_far(destruction)} {again}"
        return session.end(deploying.FAILED, sentence, 1, reason=str(failed))


def _foretold_and_done(session: Session, destruction: Destruction, wishes: Wishes) -> int:
    if not any(one.deleted for one in destruction.forecasts):
        return _nothing(session, destruction, wishes)
    _show(session, destruction)
    destruction.refuse()
    if not _agreed(session, destruction, wishes):
        return session.end(deploying.REFUSED, "Nothing was deleted.", 1)
    destruction.destroy()
    return _ended(session, destruction, wishes)


def _require_right_name(environment: str, given: str | None) -> None:
    """Refuse a name that was given for another environment."""
    if given not in (None, environment):
        message = f"--confirm {given}: the environment that would be destroyed is {environment}."
        raise InputError([Problem(message, hint="Give its name, or another -e.")])


def _agreed(session: Session, destruction: Destruction, wishes: Wishes) -> bool:
    lost = sum(len(one.lost) for one in destruction.forecasts)
    if wishes.confirm is not None:
        return True
    name = session.environment
    with session.view.paused():
        if not lost:
            console.require_agreement(wishes.yes)
            return wishes.yes or console.confirm(f"Destroy {name} and keep its data?")
        if not console.is_interactive():
            raise click.UsageError(
                f"{lost} resources with data would be lost; give --confirm {name} to agree "
                "beforehand, or --keep-data."
            )
        question = f"{lost} resources with data will be lost. Type {name} to destroy it"
        return console.ask(question, default="") == name


def _nothing(session: Session, destruction: Destruction, wishes: Wishes) -> int:
    stays = sum(destruction.remaining().values())
    if stays:
        sentence = f"Nothing to delete: what is left of {session.environment} is kept ({stays})."
    else:
        sentence = f"Nothing to delete: {session.environment} holds no resource."
        if wishes.remove_stack:
            destruction.remove_stacks()
    return session.end(deploying.UNCHANGED, sentence, 0)


def _ended(session: Session, destruction: Destruction, wishes: Wishes) -> int:
    left = {layer.value: count for layer, count in destruction.remaining().items() if count}
    if wishes.remove_stack:
        destruction.remove_stacks()
    numbers = deploying.counts(destruction.done)
    answer = _forecast(session, destruction)
    name = session.environment
    if left:
        kept = ", ".join(f"{layer} {count}" for layer, count in left.items())
        rest = f"Left are: {kept}, which go on costing. The rest goes by: stackwright destroy -e "
        sentence = f"{_so_far(destruction)} {rest}{name}"
    else:
        sentence = f"Destroyed {name}. {_so_far(destruction)} {_look(destruction)}".rstrip()
    return session.end(deploying.SUCCEEDED, sentence, 0, layers=numbers, left=left, forecast=answer)


def _look(destruction: Destruction) -> str:
    lingering = any(one.lingering for one in destruction.forecasts)
    if not lingering and not destruction.left_behind:
        return ""
    return "What may be left outside of the state stands in the forecast."


def _show(session: Session, destruction: Destruction) -> None:
    from stackwright_cli.deploying.forecast_text import forecast_text

    if session.format_ == "text":
        console.out(forecast_text(destruction.forecasts, destruction.left_behind))


def _forecast(session: Session, destruction: Destruction) -> Mapping[str, Any]:
    from stackwright.engine.forecast import as_json

    return as_json(session.environment, destruction.forecasts, destruction.left_behind)


def _again(session: Session, wishes: Wishes) -> str:
    layer = session.lifecycle.layer
    options = [
        f"-e {session.environment}",
        f"--layer {layer}" if layer else "",
        "--keep-data" if wishes.keep_data else "",
    ]
    return f"stackwright destroy {' '.join(filter(None, options))}"


def _so_far(destruction: Destruction, stopped: Any = None) -> str:
    done = deploying.so_far(destruction.done, stopped)
    return f"{done}." if done else "Nothing was deleted."
