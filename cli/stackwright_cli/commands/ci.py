"""Write the pipeline that shows in each pull request what it would change.

The code of a pull request runs without a secret, and what comments on it never runs that code.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stackwright.naming import BLUEPRINT_FILE
from stackwright_cli import console
from stackwright_cli.commands import _options

if TYPE_CHECKING:
    from stackwright_cli.pipelines.github import Preview

PYTHONS = ("3.11", "3.12", "3.13", "3.14")

FAILED = 1


_python = click.option(
    "--python",
    type=click.Choice(PYTHONS),
    default="3.13",
    show_default=True,
    help="The version of Python that the jobs use.",
)


@click.group()
def command() -> None:
    """Write the pipeline that shows in each pull request what it would change."""


@command.command("github")
@_options.blueprint_file
@_python
@click.option(
    "--preview",
    "previews",
    multiple=True,
    metavar="ENVIRONMENT=ROLE",
    help="Also ask the real engine, with an IAM role of AWS that may read; may be repeated.",
)
def github_command(file: Path, python: str, previews: tuple[str, ...]) -> None:
    """Write the two workflows of GitHub.

    One runs the code of the pull request and may write nothing; the other one comments, and runs
    none of it. Nothing is overwritten.
    """
    from stackwright_cli.pipelines.github import workflows
    from stackwright_cli.pipelines.place import place_of

    place = place_of(file)
    _write(place.root, workflows(place, python, _previews(file, previews)))
    console.err(
        "Commit them. Comments begin once the second one is on the default branch: GitHub starts"
        "\nit from there alone."
    )


@command.command("gitlab")
@_options.blueprint_file
@_python
def gitlab_command(file: Path, python: str) -> None:
    """Write the two jobs of GitLab.

    One compares in pipelines of merge requests and has no token; the other one comments, and runs
    on a schedule. Nothing is overwritten.
    """
    from stackwright_cli.pipelines.gitlab import ROOT_FILE, include, jobs
    from stackwright_cli.pipelines.place import place_of

    place = place_of(file)
    files = jobs(place, python)
    _write(place.root, files)
    if ROOT_FILE not in files:
        console.out(f"\nAdd to {ROOT_FILE}:\n\n{include(next(iter(files)))}")
    console.out(
        "Make a project access token (role Developer, scope api), keep it as the protected and"
        "\nmasked variable GITLAB_TOKEN, and start a pipeline of the default branch on a schedule"
        "\nwith the variable STACKWRIGHT_COMMENT=true."
    )


@command.command("comments")
@click.option("--job", default="stackwright-diff", show_default=True, help="The job that compares.")
@click.option(
    "--blueprint",
    default=BLUEPRINT_FILE,
    show_default=True,
    metavar="PATH",
    help="Tells our comment from those about other blueprints of the repository.",
)
@click.option("--labels/--no-labels", default=True, show_default=True, help="Label them by risk.")
@click.option(
    "--html",
    "pages",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write the page of each diff into it, too, as merge-request-NUMBER.html.",
)
def comments_command(job: str, blueprint: str, labels: bool, pages: Path | None) -> int:
    """Comment on all open merge requests.

    For the job of GitLab that runs on a schedule: it reads what the pipeline of each has left. The
    token is read from GITLAB_TOKEN.

    A comment whose merge request lacks the newest change of the platform on its target branch is
    marked as outdated. What a pipeline left that is no diff is told of, and fails nothing.

    Exit code 0: done. Exit code 1: the forge refused or failed.
    """
    from stackwright_cli.forge.commenting import Wishes
    from stackwright_cli.pipelines.open_requests import comment_on_all

    done, wrong = comment_on_all(os.environ, job, Wishes(blueprint, labels=labels), pages)
    # What a stranger's file says is among it, and the log of a job is read in a terminal.
    console.out("\n".join(map(console.visible, done)) or "No open merge request has left a diff.")
    for problem in wrong:
        console.error(problem)
    return FAILED if wrong else 0


def _write(root: Path, files: Mapping[str, str]) -> None:
    from stackwright_cli.staging import write_folder

    write_folder(root, files)
    console.out("\n".join(f"Wrote {file}." for file in files))


def _previews(file: Path, texts: tuple[str, ...]) -> list[Preview]:
    """Return the environments to preview, each of which the blueprint must have in AWS."""
    from stackwright.environment import load_environment
    from stackwright_cli.pipelines.github import preview

    found = []
    for text in texts:
        name, separator, role = text.partition("=")
        if not separator:
            raise click.UsageError(f"--preview {text}: ENVIRONMENT=ROLE is expected.")
        region = load_environment(file, name).scope.get("region")
        if region is None:
            raise click.UsageError(f"--preview {name}: only environments in AWS can be previewed.")
        found.append(preview(name, role, region))
    return found
