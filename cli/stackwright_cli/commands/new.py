"""Start an ML project from a template that trains, serves and monitors.

Every answer is checked before anything is written, and a project is made whole or not at all.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from stackwright_cli import console
from stackwright_cli.commands import _options

if TYPE_CHECKING:
    from stackwright_cli.projects.creation import Project

SCHEMA = "stackwright.new/v1"


@click.command()
@click.argument("template", metavar="TEMPLATE")
@click.argument("directory", metavar="DIR")
@click.option(
    "--set",
    "values",
    multiple=True,
    metavar="KEY=VALUE",
    help="The answer to a question, such as project_slug=churn; may be repeated.",
)
@click.option(
    "--answers",
    "answers",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A YAML file with answers; --set wins over it.",
)
@click.option(
    "--environment",
    "-e",
    "environment",
    metavar="ENVIRONMENT",
    help="Write the wiring of this environment of the blueprint, too.",
)
@_options.blueprint_file
@_options.tool_choices
@_options.answer_format("text", "json")
@click.pass_context
def command(
    context: click.Context,
    template: str,
    directory: str,
    values: tuple[str, ...],
    answers: Path | None,
    environment: str | None,
    file: Path,
    use: dict[str, str],
    format_: str,
) -> None:
    """Start an ML project in DIR from TEMPLATE; `stackwright template list` names the templates.

    DIR does not exist, or is an empty folder. At a terminal every question that has no answer
    yet is asked; elsewhere its default is taken.
    """
    from stackwright.plan.collector import collect_from_now_on
    from stackwright_cli.assets import asset_folder
    from stackwright_cli.projects.creation import Platform, new_project
    from stackwright_cli.projects.template import find_template

    if not directory:
        raise click.UsageError("DIR is empty; name a folder that does not exist.")
    given = context.get_parameter_source("file") is not ParameterSource.DEFAULT
    if environment is None and (use or given):
        raise click.UsageError("-f and --use go with --environment.")
    # Rendering leaves garbage that is worth collecting.
    collect_from_now_on()
    platform = Platform(environment, file, use) if environment is not None else None
    found = find_template(template, asset_folder("templates"))
    folder = Path(directory)
    made = new_project(found, folder, values, answers, platform)
    steps = _next_steps(folder, made)
    if format_ == "json":
        console.json(_answer(folder, made, steps))
    else:
        console.out(_text(folder, made, steps))


def _next_steps(folder: Path, made: Project) -> list[str]:
    # A name that begins with a hyphen would be read as an option.
    shown = f"./{folder}" if str(folder).startswith("-") else str(folder)
    return [f"cd {shlex.quote(shown)}", *made.template.manifest.next_steps]


def _text(folder: Path, made: Project, steps: list[str]) -> str:
    title = made.template.manifest.title
    lines = [f"Made {folder} with {len(made.files)} files from {made.template.name} ({title})."]
    if made.name != folder.absolute().name:
        # Everything that the project makes on a platform has this name, so none is taken silently.
        lines.append(f"The project is called {made.name}; --set project_slug=NAME gives another.")
    if made.wiring:
        lines.append(f"Its wiring to the platform is in {made.wiring}.")
    return "\n".join([*lines, "", "Next:", *(f"  {step}" for step in steps)])


def _answer(folder: Path, made: Project, steps: list[str]) -> dict[str, Any]:
    template = made.template
    return {
        "schema": SCHEMA,
        "folder": str(folder),
        "template": {
            "name": template.name,
            "version": template.manifest.version,
            "digest": template.digest,
        },
        "answers": dict(made.answers),
        "files": list(made.files),
        "wiring": made.wiring or None,
        "next_steps": steps,
    }
