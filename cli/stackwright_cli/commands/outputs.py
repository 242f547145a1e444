"""Show the wiring: what ML projects may rely on.

With `--offline` it is taken from the plan, before anything is deployed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stackwright_cli import console
from stackwright_cli.commands import _options

if TYPE_CHECKING:
    from stackwright.plan.graph import Plan


@click.command()
@click.option(
    "--offline", is_flag=True, help="Take the wiring from the plan; it is the only way so far."
)
@_options.blueprint_file
@_options.environment_name
@_options.answer_format("text", "json")
def command(offline: bool, file: Path, environment: str | None, format_: str) -> None:
    """Show what ML projects may rely on in one environment: URIs, names and labels.

    What is known only after deployment stands as the output that it will come from.
    """
    if not offline:
        raise click.UsageError(
            "give --offline: outputs are taken from the plan. "
            "`pulumi stack output wiring` in the last folder of stacks/ shows those of a deployed "
            "environment."
        )
    from stackwright.report.text import DEFAULT_WIDTH, wiring_lines
    from stackwright_cli import planning

    plan = planning.plan(file, environment)
    if format_ == "json":
        console.json(_data(plan))
    elif plan.wiring:
        console.out("\n".join(wiring_lines(plan, console.width() or DEFAULT_WIDTH)))
    else:
        console.out(
            f"Environment {plan.environment} promises nothing to projects: it has no tools."
        )


def _data(plan: Plan) -> Mapping[str, Any]:
    """Return the wiring, and the example values of the blueprint, which nobody may rely on."""
    from dataclasses import asdict

    from stackwright.report.inventory import examples

    if not plan.wiring:
        return plan.wiring
    return {**plan.wiring, "assumptions": [asdict(item) for item in examples(plan)]}
