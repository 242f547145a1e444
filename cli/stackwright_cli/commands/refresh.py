"""Read what is really there into the state.

Only the state changes. `stackwright drift` compares without changing anything.
"""

from __future__ import annotations

from pathlib import Path

import click

from stackwright_cli import console
from stackwright_cli.commands import _options


@click.command()
@_options.blueprint_file
@_options.environment_name
@_options.one_layer
@_options.agreed
@_options.answer_format("text", "json")
@_options.time_limit
def command(
    file: Path,
    environment: str | None,
    layer: str | None,
    yes: bool,
    format_: str,
    timeout: float,
) -> int:
    """Read the real resources into the state; nothing real is changed."""
    from stackwright_cli.deploying import session as deploying

    console.require_agreement(yes)
    with deploying.session(file, environment, layer, format_, timeout) as session:
        question = f"Write what is really there into the state of {session.environment}?"
        with session.view.paused():
            if not yes and not console.confirm(question):
                return session.end(deploying.REFUSED, "Nothing was changed.", 1)
        outcomes = session.lifecycle.refresh()
        numbers = deploying.counts(outcomes)
    failed = [outcome for outcome in outcomes if not outcome.succeeded]
    if failed:
        reasons = "; ".join(f"{outcome.layer}: {outcome.failure}" for outcome in failed)
        return session.end(deploying.FAILED, f"The refresh failed. {reasons}", 1, layers=numbers)
    sentence = (
        f"The state of {session.environment} is what is there. "
        f"Next: stackwright preview -e {session.environment}"
    )
    return session.end(deploying.SUCCEEDED, sentence, 0, layers=numbers)
