"""The options that several commands share, so that a word means the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from stackwright.naming import BLUEPRINT_FILE

Command = TypeVar("Command", bound=Callable[..., Any])

DEFAULT_FILE = Path(BLUEPRINT_FILE)

DEFAULT_MINUTES = 120.0
"""A new EKS cluster takes up to 20 minutes and a database in two zones up to 30; a run that takes
four times as long hangs."""


def blueprint_file(command: Command) -> Command:
    """Add `-f FILE`, the blueprint to read."""
    return click.option(
        "-f",
        "--file",
        "file",
        type=click.Path(path_type=Path),
        default=DEFAULT_FILE,
        metavar="FILE",
        help="The blueprint; ./blueprint.yaml when not given.",
    )(command)


def environment_name(command: Command) -> Command:
    """Add `-e ENVIRONMENT`, the environment to work on."""
    return click.option(
        "-e",
        "--environment",
        "environment",
        metavar="ENVIRONMENT",
        help="The environment; the only one when not given.",
    )(command)


def one_layer(command: Command) -> Command:
    """Add `--layer`, the one layer to work on."""
    return click.option(
        "--layer",
        type=click.Choice(["foundation", "platform"]),
        help="Work on one layer; both when not given.",
    )(command)


def agreed(command: Command) -> Command:
    """Add `--yes`, for where nobody can be asked."""
    return click.option("-y", "--yes", is_flag=True, help="Do it without asking.")(command)


def refresh_first(command: Command) -> Command:
    """Add `--refresh`, to look at what is really there first."""
    return click.option(
        "--refresh",
        is_flag=True,
        help="Look at what is really there first, to bring back what was changed by hand.",
    )(command)


def time_limit(command: Command) -> Command:
    """Add `--timeout`, after which the engine is stopped."""
    return click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=DEFAULT_MINUTES,
        show_default=True,
        metavar="MINUTES",
        help="How long one run of the engine may take.",
    )(command)


def answer_format(*formats: str) -> Callable[[Command], Command]:
    """Add `--format`, with the formats that a command can answer in; the first is the default."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How to answer; json is versioned and for scripts.",
    )


def tool_choices(command: Command) -> Command:
    """Add `--use CONTRACT=INSTANCE`, given to the command as a mapping."""
    return click.option(
        "--use",
        "use",
        multiple=True,
        metavar="CONTRACT=INSTANCE",
        callback=_mapping,
        help="The tool to use where several could be meant, such as ModelServer=online.",
    )(command)


def _mapping(
    context: click.Context, option: click.Parameter, texts: tuple[str, ...]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        key, separator, value = text.partition("=")
        if not separator or not key or not value:
            raise click.UsageError(f"{option.opts[0]} {text}: {option.metavar} is expected.")
        if key in found:
            raise click.UsageError(f"{option.opts[0]} {key} is given twice.")
        found[key] = value
    return found
