"""`stackwright up` from beginning to end, as a person or a script sees it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stackwright.errors import InputError, StackwrightError
from stackwright_cli import INTERRUPTED, console
from stackwright_cli.deploying import session as deploying

if TYPE_CHECKING:
    from stackwright.engine.proposal import Proposal
    from stackwright_cli.deploying.session import Session


def up(
    file: Path,
    environment: str | None,
    layer: str | None,
    *,
    refresh: bool,
    reviewed: str | None,
    yes: bool,
    format_: str,
    timeout: float | None,
) -> int:
    """Deploy an environment and return the exit code.

    Args:
        file: The blueprint.
        environment: Name of the environment; the only one if None.
        layer: The one layer to deploy; both if None.
        refresh: Whether to look at what is really there first.
        reviewed: Digest of what was reviewed, or its beginning; None to deploy what is there.
        yes: Whether what will change was agreed to beforehand.
        format_: `text` or `json`.
        timeout: Minutes that one run of the engine may take; None for no limit.
    """
    with deploying.session(file, environment, layer, format_, timeout) as session:
        session.lifecycle.refresh_first = refresh
        return _deployed(session, yes, reviewed)


def _deployed(session: Session, yes: bool, reviewed: str | None) -> int:
    from stackwright.engine.command import EngineStopped
    from stackwright.engine.proposal import Refused

    lifecycle = session.lifecycle
    try:
        _require_reviewed(session, reviewed)
        changed = lifecycle.up(lambda proposal: _agreed(session, proposal, yes), lifecycle.check)
        missing = lifecycle.prove()
    except (EngineStopped, KeyboardInterrupt, click.Abort) as stopped:
        return _stopped(session, stopped)
    except Refused as refused:
        sentence = f"Refused: {refused}\n{_so_far(session)}"
        return session.end(deploying.REFUSED, sentence, refused.exit_code)
    except InputError as wrong:
        if session.format_ != "json":
            console.problems(wrong)
        sentence = f"Refused. {_so_far(session)}"
        return session.end(deploying.REFUSED, sentence, wrong.exit_code, reason=str(wrong))
    except StackwrightError as failed:
        console.error(str(failed))
        sentence = f"Failed. {_so_far(session)} {_way_on(session, failed)}"
        return session.end(deploying.FAILED, sentence, 1, reason=str(failed))
    if missing:
        again = f"stackwright up -e {session.environment}"
        lines = "\n".join(f"  {one.target} ({one.target.tool}): {one.reason}" for one in missing)
        sentence = f"Deployed, but this is not ready:\n{lines}\nTo look again: {again}"
        return session.end(deploying.FAILED, sentence, 1)
    return _ended(session, changed)


def _require_reviewed(session: Session, reviewed: str | None) -> None:
    """Refuse to deploy what nobody reviewed, where that is asked for."""
    if reviewed is None:
        return
    from stackwright.engine.reviewed import require_digest, require_reviewed

    lifecycle = session.lifecycle
    digest = require_digest(reviewed)
    # What a program prints goes to standard error: standard output is for the answer.
    with redirect_stdout(sys.stderr):
        require_reviewed(lifecycle.environment, lifecycle.folder, digest)
    session.view.told("It is what was reviewed.")


def _stopped(session: Session, stopped: BaseException) -> int:
    from stackwright.engine.command import EngineStopped

    again = f"To go on: stackwright up -e {session.environment}"
    if not isinstance(stopped, EngineStopped):
        sentence = f"Stopped by Ctrl-C. {_so_far(session)} {again}"
        return session.end(deploying.STOPPED, sentence, INTERRUPTED)
    sentence = f"{deploying.sentence(str(stopped))} {_so_far(session, stopped)} {again}"
    return session.end(deploying.STOPPED, sentence, stopped.exit_code)


def _agreed(session: Session, proposal: Proposal, yes: bool) -> bool:
    from stackwright_cli.deploying import words

    with session.view.paused():
        if session.format_ == "text":
            console.out(words.proposal(proposal.outcomes, proposal.losses))
            for reminder in proposal.reminders:
                session.view.told(reminder)
        question = f"{words.whole(proposal.outcomes, words.TO_COME)}. Deploy?"
        return yes or console.confirm(f"{session.environment}: {question}")


def _ended(session: Session, changed: bool) -> int:
    wiring = _wiring(session)
    numbers = deploying.counts(session.lifecycle.done)
    if session.format_ == "text" and wiring:
        console.out(_wiring_text(wiring))
    if not changed:
        sentence = f"{session.environment} is as the blueprint says: nothing to do."
        return session.end(deploying.UNCHANGED, sentence, 0, layers=numbers, wiring=wiring)
    sentence = (
        f"Deployed {session.environment}. {_so_far(session)} "
        f"Next: stackwright outputs -e {session.environment}, for what projects get, and "
        f"from time to time: stackwright drift -e {session.environment}"
    )
    return session.end(deploying.SUCCEEDED, sentence, 0, layers=numbers, wiring=wiring)


def _wiring(session: Session) -> Mapping[str, Any]:
    """Return the wiring; empty while the layer that exports it was never deployed."""
    from stackwright.engine.workspace import StackMissing

    try:
        return session.lifecycle.wiring()
    except StackMissing:
        return {}


def _so_far(session: Session, stopped: Any = None) -> str:
    done = deploying.so_far(session.lifecycle.done, stopped)
    return f"{done}." if done else "Nothing was changed."


def _way_on(session: Session, failed: StackwrightError) -> str:
    if "stackwright recover" in str(failed):
        return f"Next: stackwright recover -e {session.environment}"
    return f"To go on: stackwright up -e {session.environment}"


def _wiring_text(wiring: Mapping[str, Any]) -> str:
    from stackwright.report.text import DEFAULT_WIDTH, wiring_lines

    return "\n".join(wiring_lines(wiring, console.width() or DEFAULT_WIDTH))
