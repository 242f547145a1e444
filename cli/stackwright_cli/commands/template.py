"""List the templates of ML projects, and show what one asks and makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stackwright_cli import console
from stackwright_cli.commands import _options

if TYPE_CHECKING:
    from stackwright_cli.projects.template import Template

LIST_SCHEMA = "stackwright.templates/v1"
SHOW_SCHEMA = "stackwright.template/v1"


@click.group()
def command() -> None:
    """List the templates of ML projects, and show what one asks and makes."""


@command.command("list")
@_options.answer_format("text", "json")
def list_command(format_: str) -> None:
    """List the templates by name."""
    from stackwright_cli.assets import asset_folder
    from stackwright_cli.projects.template import read_template, template_names

    folder = asset_folder("templates")
    templates = [read_template(folder / name) for name in template_names(folder)]
    if format_ == "json":
        console.json({"schema": LIST_SCHEMA, "templates": [_summary(item) for item in templates]})
        return
    width = max((len(item.name) for item in templates), default=0)
    for item in templates:
        console.out(f"{item.name:{width}}  {item.manifest.version}  {item.manifest.summary}")


@command.command("show")
@click.argument("name", metavar="NAME")
@_options.answer_format("text", "json")
def show_command(name: str, format_: str) -> None:
    """Show the questions of a template, the wiring it needs and the files it makes."""
    from stackwright_cli.assets import asset_folder
    from stackwright_cli.projects.description import described, text
    from stackwright_cli.projects.template import find_template

    template = find_template(name, asset_folder("templates"))
    answer = described(template)
    if format_ == "json":
        console.json({"schema": SHOW_SCHEMA, **_summary(template), **answer})
    else:
        console.out(text(template, answer))


def _summary(template: Template) -> dict[str, Any]:
    manifest = template.manifest
    return {
        "name": template.name,
        "title": manifest.title,
        "summary": manifest.summary,
        "version": manifest.version,
        "digest": template.digest,
    }
