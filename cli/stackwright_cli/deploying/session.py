"""What every command on a deployed environment begins and ends with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stackwright.errors import InputError, StackwrightError
from stackwright_cli import console, planning

if TYPE_CHECKING:
    from stackwright.engine.changes import Change, Changes
    from stackwright.engine.command import EngineStopped
    from stackwright.engine.lifecycle import Lifecycle
    from stackwright.engine.operations import Outcome
    from stackwright_cli.deploying.view import View

STOPPED = "stopped"
SUCCEEDED = "succeeded"
UNCHANGED = "unchanged"
REFUSED = "refused"
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Session:
    """One command at work on one environment."""

    lifecycle: Lifecycle
    view: View
    format_: str

    @property
    def environment(self) -> str:
        """Name of the environment."""
        return self.lifecycle.environment.scope["environment"]

    def end(
        self,
        result: str,
        sentence: str,
        code: int,
        *,
        reason: str = "",
        layers: Mapping[str, Mapping[str, int]] | None = None,
        **answer: Any,
    ) -> int:
        """Say how it ended, as the last line of a person and the last event of a script.

        Returns:
            `code`, the exit code of the command.
        """
        from stackwright.engine.events import End

        if self.format_ == "json":
            end = End(self.environment, result, sentence, code, reason, layers or {}, answer)
            self.view(end)
        else:
            console.err(sentence)
        return code


@contextmanager
def session(
    file: Path,
    environment: str | None,
    layer: str | None,
    format_: str,
    timeout: float | None = None,
) -> Iterator[Session]:
    """Read the blueprint, find the engine, and follow what is done.

    Args:
        file: The blueprint.
        environment: Name of the environment; the only one if None.
        layer: The one layer to work on; both if None.
        format_: `json` or anything else.
        timeout: Minutes that one run of the engine may take; None for no limit.

    Raises:
        BlueprintError: The blueprint is wrong.
        UnknownName: There is no such environment, or no such layer in it.
        InputError: The programs deploy another blueprint than this one.
        MissingExtra: A package that the target needs is not installed.
        EngineMissing: There is no Pulumi CLI that fits.
    """
    from stackwright.claims import Layer
    from stackwright.environment import load_environment

    loaded = load_environment(file, environment)
    planning.require_packages(loaded.target)
    planning.require_layer(loaded, layer, file)
    _require_blueprint_of_programs(file)
    from stackwright.engine.command import EngineCommand
    from stackwright.engine.lifecycle import Lifecycle
    from stackwright.plan.collector import collect_from_now_on
    from stackwright_cli.deploying.view import following

    collect_from_now_on()
    capabilities = {name: item.capability for name, item in loaded.instances.items()}
    with following(capabilities, format_) as view:
        command = EngineCommand(view.told, timeout * 60 if timeout else None)
        lifecycle = Lifecycle(
            loaded, file.parent, command, Layer(layer) if layer else None, tell=view
        )
        opened = Session(lifecycle, view, format_)
        with _ending(opened):
            view.told(f"The state is in {lifecycle.state_place()}.")
            yield opened


def _require_blueprint_of_programs(file: Path) -> None:
    """Refuse a blueprint that the programs beside it do not read."""
    from stackwright.errors import InputError, Problem
    from stackwright.program import find_blueprint

    stacks = file.resolve().parent / "stacks"
    deployed = find_blueprint(stacks)
    if deployed.is_file() and not deployed.samefile(file):
        raise InputError(
            [
                Problem(
                    f"the programs in {stacks} deploy {deployed.name} and not this file.",
                    file=str(file),
                    hint="Deploy that one; a plan may be made of any.",
                )
            ]
        )


@contextmanager
def _ending(session: Session) -> Iterator[None]:
    """End the stream of a script whose command is cut short; people are told by the console."""
    from stackwright.engine.command import EngineStopped

    try:
        yield
    except (KeyboardInterrupt, click.Abort):
        if session.format_ == "json":
            session.end(STOPPED, "Stopped.", 130)
        raise
    except StackwrightError as error:
        if session.format_ == "json":
            refused = REFUSED if isinstance(error, InputError) else FAILED
            result = STOPPED if isinstance(error, EngineStopped) else refused
            session.end(result, sentence(str(error)), error.exit_code)
        raise


def so_far(done: Sequence[Outcome], stopped: EngineStopped | None = None) -> str:
    """Return what was done before a run ended early, in words."""
    from stackwright.engine import changes as engine_changes

    parts = [f"{one.layer}: {_done(one)}" for one in done]
    if stopped is not None and stopped.events:
        changes = engine_changes.Changes.of(stopped.events)
        parts += [f"{changes.every[0].layer}: {_cut_short(changes)}"] if changes.real else []
    return "; ".join(parts)


def _done(outcome: Outcome) -> str:
    done = finished(outcome.changes)
    if outcome.succeeded and outcome.exports_differ and not done:
        return "exported values changed"
    return _with_open_ends(done, outcome.changes.unfinished)


def _cut_short(changes: Changes) -> str:
    """Return what a run did that was stopped, in words; the engine tells its end as failures."""
    return _with_open_ends(finished(changes), (*changes.unfinished, *changes.failed))


def _with_open_ends(done: Sequence[Change], unfinished: Sequence[Change]) -> str:
    from stackwright_cli.deploying.words import DONE, counted, managed

    number = len(managed(unfinished))
    return f"{counted(done, DONE)}{f', {number} begun and not finished' if number else ''}"


def sentence(text: str) -> str:
    """Return a text with its first letter as a sentence begins."""
    return text[:1].upper() + text[1:]


def finished(changes: Changes) -> list[Change]:
    """Return the changes to what is managed outside that came to their end."""
    from stackwright.engine.events import Status
    from stackwright_cli.deploying.words import managed

    return managed(change for change in changes.real if change.status is Status.DONE)


def counts(outcomes: Sequence[Outcome]) -> Mapping[str, Mapping[str, int]]:
    """Return the engine's counts by layer, for scripts."""
    return {outcome.layer: outcome.counts or {} for outcome in outcomes}
