"""Explain a key of the blueprint, or where each value came from.

Without a key the top keys are listed; `--effective` prints a resolved environment.
"""

from __future__ import annotations

from pathlib import Path

import click

from stackwright_cli import console
from stackwright_cli.commands import _options


@click.command()
@click.argument("key", required=False)
@click.option(
    "--effective",
    is_flag=True,
    help="Print the resolved environment, and where each value came from.",
)
@_options.blueprint_file
@_options.environment_name
@_options.answer_format("text", "json")
def command(
    key: str | None, effective: bool, file: Path, environment: str | None, format_: str
) -> None:
    """Explain a KEY of the blueprint, such as tracking.replicas: meaning, default, example.

    Without a KEY the top keys are listed. With --effective every value of an environment is
    printed with where it came from: a line of the file, the profile, or a default.
    """
    if effective:
        if key is not None:
            raise click.UsageError("give a KEY or --effective, not both.")
        _effective(file, environment, format_)
    else:
        _explain(key, format_)


def _explain(key: str | None, format_: str) -> None:
    from stackwright.blueprint import explain

    found = explain.top_keys() if key is None else explain.find(key)
    if format_ == "json":
        console.json(explain.data(found))
    else:
        console.out(explain.overview() if key is None else explain.text(found))


def _effective(file: Path, name: str | None, format_: str) -> None:
    from stackwright import effective
    from stackwright.environment import load_environment

    environment = load_environment(file, name)
    if format_ == "json":
        console.json(effective.data(environment, str(file)))
    else:
        console.out(effective.text(environment, str(file)))
