"""Check the blueprint and every environment of it.

Every problem of the file is listed in one run, with its place.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stackwright.errors import BlueprintError
from stackwright_cli import console
from stackwright_cli.commands import _options

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA = "stackwright.validation/v1"


@click.command()
@_options.blueprint_file
@_options.answer_format("text", "json")
def command(file: Path, format_: str) -> int:
    """Check the blueprint and every environment of it.

    Exit code 0: it is valid. Exit code 2: it is not, and every problem is listed.
    """
    from stackwright.blueprint.reader import read
    from stackwright.environment import check

    try:
        environments = check(read(file))
    except BlueprintError as error:
        if format_ != "json":
            raise
        console.json(_answer(file, (), error))
        return error.exit_code
    if format_ == "json":
        console.json(_answer(file, environments))
    else:
        count = len(environments)
        names = f"{count} environment{'s' if count > 1 else ''} ({', '.join(environments)})"
        console.out(f"{file} is valid: {names}.")
    return 0


def _answer(
    file: Path, environments: Iterable[str], error: BlueprintError | None = None
) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "schema": SCHEMA,
        "file": str(file),
        "valid": error is None,
        "environments": list(environments),
        "problems": [asdict(problem) for problem in error.problems] if error else [],
    }
