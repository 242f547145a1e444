"""Print what the wiring of an environment says, for scripts."""

from __future__ import annotations

from dataclasses import asdict

import click

from .. import console
from ..project import Project
from . import _options


@click.group
def command() -> None:
    """Print what the wiring of an environment says, for scripts."""


@command.command
@click.argument("key")
@_options.answer_format
@click.pass_obj
def get(project: Project, key: str, form: str) -> None:
    """Print the value of one KEY, such as ImageRegistry.url.

    A key that is absent, pending or secret is an error: nothing is printed.
    """
    value = project.environment.need(key)
    if form == "json":
        console.json({"schema": "wiring-value/v1", "key": key, "value": value})
    else:
        console.out(value)


@command.command
@_options.answer_format
@click.pass_obj
def pipeline(project: Project, form: str) -> None:
    """Print the role, region, registry and image of the delivery pipeline, as NAME=VALUE."""
    from ..delivery.pipeline import pipeline as read_pipeline

    values = asdict(read_pipeline(project.environment))
    if form == "json":
        console.json({"schema": "pipeline/v1"} | values)
        return
    for name, value in values.items():
        console.out(f"{name}={value}")
