"""The options that commands share mean the same everywhere."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from stackwright_cli.commands import _options


@click.command()
@_options.blueprint_file
@_options.environment_name
@_options.answer_format("text", "json")
def command(file: Path, environment: str | None, format_: str) -> tuple[Path, str | None, str]:
    return file, environment, format_


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ([], (Path("blueprint.yaml"), None, "text")),
        (["-f", "a.yaml", "-e", "dev"], (Path("a.yaml"), "dev", "text")),
        (["--file", "b", "--environment", "prod", "--format", "json"], (Path("b"), "prod", "json")),
    ],
)
def test_what_is_given_reaches_the_command(
    arguments: list[str], answer: tuple[Path, str | None, str]
) -> None:
    assert command.main(arguments, standalone_mode=False) == answer


def test_a_format_that_the_command_has_not_is_refused() -> None:
    with pytest.raises(click.BadParameter, match="'html' is not one of 'text', 'json'"):
        command.main(["--format", "html"], standalone_mode=False)
