"""Show the wiring: what ML projects may rely on.

Of a deployed environment, or with `--offline` of its plan, before anything is deployed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from stackwright.errors import StackwrightError
from stackwright_cli import console
from stackwright_cli.commands import _options


@click.command()
@click.option("--offline", is_flag=True, help="Take the wiring from the plan, without the engine.")
@_options.blueprint_file
@_options.environment_name
@_options.one_layer
@_options.answer_format("text", "json")
def command(
    offline: bool, file: Path, environment: str | None, layer: str | None, format_: str
) -> None:
    """Show what ML projects may rely on in one environment: URIs, names and labels.

    With `--layer`, everything that the stack of that layer exports. With `--offline`, what is known
    only after deployment stands as the output that it will come from.
    """
    if offline and layer is not None:
        raise click.UsageError("--layer goes with a deployed environment, not with --offline.")
    found = _planned(file, environment) if offline else _deployed(file, environment, layer)
    if format_ == "json":
        console.json(found)
        return
    from stackwright.report.text import DEFAULT_WIDTH, wiring_lines

    shown = {key: value for key, value in found.items() if key != "assumptions"}
    nothing = "The environment promises nothing to projects: it has no tools."
    console.out("\n".join(wiring_lines(shown, console.width() or DEFAULT_WIDTH)) or nothing)


def _planned(file: Path, environment: str | None) -> Mapping[str, Any]:
    """Return the wiring, and the example values of the blueprint, which nobody may rely on."""
    from stackwright.report.inventory import examples
    from stackwright_cli import planning

    plan = planning.plan(file, environment)
    if not plan.wiring:
        return plan.wiring
    return {**plan.wiring, "assumptions": [asdict(item) for item in examples(plan)]}


def _deployed(file: Path, environment: str | None, layer: str | None) -> Mapping[str, Any]:
    from stackwright_cli.deploying.session import session

    with session(file, environment, layer, "text") as opened:
        lifecycle = opened.lifecycle
        if layer:
            return lifecycle.outputs()
        wiring = lifecycle.wiring()
        if not wiring and lifecycle.environment.instances:
            # A preview makes the stack, and `destroy` leaves it: neither deploys anything.
            name = opened.environment
            raise StackwrightError(f"{name} is not deployed. First: stackwright up -e {name}")
        return wiring
