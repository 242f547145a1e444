"""Show what the engine would change, with credentials and real state.

Nothing is changed. `stackwright plan` shows what a blueprint makes without any credential.
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
@_options.refresh_first
@_options.answer_format("text", "json")
@_options.time_limit
def command(
    file: Path,
    environment: str | None,
    layer: str | None,
    refresh: bool,
    format_: str,
    timeout: float,
) -> int:
    """Show what deploying would change, as the real engine sees it."""
    from stackwright.engine.proposal import losses_in, stuck
    from stackwright_cli.deploying import session as deploying
    from stackwright_cli.deploying import words

    with deploying.session(file, environment, layer, format_, timeout) as session:
        session.lifecycle.refresh_first = refresh
        outcomes = session.lifecycle.preview()
        failed = stuck(outcomes)
        losses = losses_in(session.lifecycle.environment, outcomes)
        numbers = deploying.counts(outcomes)
    if format_ == "text":
        console.out(words.proposal(outcomes, losses))
    if failed:
        reasons = "; ".join(f"{outcome.layer}: {outcome.failure}" for outcome in failed)
        return session.end(deploying.FAILED, f"The preview failed. {reasons}", 1, layers=numbers)
    if not_allowed := [loss for loss in losses if not loss.allowed]:
        lost = "1 thing that holds" if len(not_allowed) == 1 else f"{len(not_allowed)} that hold"
        sentence = f"Nothing was changed. `up` would refuse: {lost} data would be lost."
        return session.end(deploying.REFUSED, sentence, 3, layers=numbers)
    sentence = f"Nothing was changed. To deploy: stackwright up -e {session.environment}"
    return session.end(deploying.SUCCEEDED, sentence, 0, layers=numbers)
