"""All that is looked at: the engine, each layer, and what the blueprint assumes of the world."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from stackwright.engine.command import EngineCommand, EngineMissing
from stackwright.engine.doctor import engine, layer
from stackwright.engine.doctor.finding import Finding, Health
from stackwright.engine.doctor.looking import WITHIN, Look, look_at
from stackwright.engine.preflight.result import Result, State
from stackwright.engine.preflight.verify import verify
from stackwright.engine.workspace import LayerFolder, layer_folders
from stackwright.environment import Environment

_HEALTH = {
    State.OK: Health.OK,
    State.FAILED: Health.WRONG,
    State.UNKNOWN: Health.UNKNOWN,
    State.SKIPPED: Health.SKIPPED,
}

ONE_RUN = 60.0
"""Seconds that one run of the engine may take."""


def checkup(
    environment: Environment,
    folder: Path,
    report: Callable[[Finding], None] = lambda _: None,
    within: float = WITHIN,
) -> tuple[Finding, ...]:
    """Return what stands in the way of working on an environment; nothing is changed.

    Args:
        environment: The resolved environment.
        folder: Folder of its blueprint, which holds `stacks/`.
        report: Called with each finding as soon as it is there.
        within: Seconds after which what is not answered is `unknown`.

    Raises:
        InputError: A layer has no program.
    """
    looks: dict[str, Look] = {"world": partial(_world, environment, within)}
    try:
        command = EngineCommand(timeout=ONE_RUN)
    except EngineMissing as missing:
        found = engine.no_engine(str(missing))
        report(found)
        return (found, *look_at(looks, report, within))
    first = engine.engine(command)
    report(first)
    packages = ("pulumi_kubernetes", *(("pulumi_aws",) if "account" in environment.scope else ()))
    folders = layer_folders(environment, folder, command)
    looks = {
        engine.PLUGINS: partial(engine.plugins, command, packages),
        **{name: look for one in folders for name, look in _of_layer(one)},
        **looks,
    }
    return (first, *look_at(looks, report, within))


def _of_layer(folder: LayerFolder) -> Iterator[tuple[str, Look]]:
    for name, look in (
        ("backend", layer.backend),
        ("secrets", layer.secrets),
        ("state", layer.state),
    ):
        yield f"{folder.layer} {name}", partial(look, folder)


def _world(environment: Environment, within: float) -> Iterator[Finding]:
    # Its own limit comes first, so that what was answered until then is told.
    return map(_finding, verify(environment, None, within=within * 0.9))


def _finding(result: Result) -> Finding:
    return Finding(result.check.title, _HEALTH[result.state], result.found, result.mend)
