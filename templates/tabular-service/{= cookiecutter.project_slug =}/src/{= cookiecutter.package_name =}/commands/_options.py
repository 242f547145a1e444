"""The options that several commands share, so that a word means the same everywhere."""

import click

answer_format = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
"""`--format`: text for people, or JSON with a versioned schema."""

version = click.option(
    "--version",
    "which",
    default="challenger",
    show_default=True,
    help="Alias or number of the version.",
)
"""`--version`: the version of the model to work on."""
