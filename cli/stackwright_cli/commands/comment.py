"""Comment on a pull request what its change of the blueprint would do.

The diff is read as data that a stranger may have written; where to comment, and as whom, is taken
from the CI system and the command line alone.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stackwright.naming import BLUEPRINT_FILE
from stackwright_cli import console
from stackwright_cli.commands import _options

if TYPE_CHECKING:
    from stackwright_cli.forge.result import Result

FORGES = ("github", "gitlab")

CHANGED, ALWAYS = "changed", "always"

FAILED = 1


@click.command()
@click.option(
    "--diff",
    "diff",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What `stackwright diff --format json` wrote.",
)
@click.option(
    "--preview",
    "previews",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What `stackwright preview --format json` wrote; one for each environment.",
)
@click.option(
    "--forge",
    type=click.Choice(FORGES),
    help="Where the pull request is; found by the CI system when not given.",
)
@click.option(
    "--repository",
    default="",
    metavar="NAME",
    help="OWNER/NAME at GitHub, number or path of the project at GitLab.",
)
@click.option(
    "--pull-request",
    "pull_request",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help="The pull request; that of the event, or of the commit, when not given.",
)
@click.option(
    "--commit",
    default="",
    metavar="COMMIT",
    help="Its head, in full; the diff must be of it. That of the event when not given.",
)
@click.option(
    "--blueprint",
    default=BLUEPRINT_FILE,
    show_default=True,
    metavar="PATH",
    help="Tells our comment from those about other blueprints of the repository.",
)
@click.option(
    "--when",
    type=click.Choice([CHANGED, ALWAYS]),
    default=CHANGED,
    show_default=True,
    help="Whether a pull request that changes nothing gets a comment.",
)
@click.option("--labels/--no-labels", default=True, show_default=True, help="Label it by risk.")
@click.option("--annotations", is_flag=True, help="Show a check, with a remark on each cause.")
@click.option("--summary", is_flag=True, help="Write the summary of the job, too.")
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the page of the diff, too, as `stackwright diff --format html` does.",
)
@click.option("--outdated", is_flag=True, help="Mark the comment as outdated; needs no diff.")
@click.option(
    "--base-moved",
    "base_moved",
    is_flag=True,
    help="After a push: mark the comments of all pull requests that lack it as outdated.",
)
@click.option("--dry-run", "dry_run", is_flag=True, help="Only say what would be written.")
@_options.answer_format("text", "json")
def command(
    diff: Path | None,
    previews: tuple[Path, ...],
    forge: str | None,
    repository: str,
    pull_request: int | None,
    commit: str,
    blueprint: str,
    when: str,
    labels: bool,
    annotations: bool,
    summary: bool,
    page: Path | None,
    outdated: bool,
    base_moved: bool,
    dry_run: bool,
    format_: str,
) -> int:
    """Comment on a pull request what its change would do, or update the comment that is there.

    The token is read from GITHUB_TOKEN or GITLAB_TOKEN. In a workflow that runs on `workflow_run`
    the pull request is that of the run before.

    Exit code 0: done, or there was nothing to do. Exit code 1: the forge refused or failed. Exit
    code 2: a file or an option is wrong, or the diff is of another commit.
    """
    if [diff is not None, outdated, base_moved].count(True) != 1:
        raise click.UsageError("give one of --diff FILE, --outdated and --base-moved.")
    if diff is None and (dry_run or previews or page):
        raise click.UsageError("--dry-run, --preview and --html need --diff FILE.")
    if dry_run and page:
        raise click.UsageError("--dry-run writes no page: see `stackwright diff --format html`.")
    from stackwright_cli.forge import base_moved as moving
    from stackwright_cli.forge import commenting, reading
    from stackwright_cli.forge.occasion import occasion
    from stackwright_cli.forge.words import words

    wishes = commenting.Wishes(blueprint, when == ALWAYS, labels, annotations, summary)
    where = occasion(
        os.environ,
        forge=forge or "",
        repository=repository,
        pull_request=pull_request or 0,
        commit=commit,
        required=not (dry_run or base_moved),
    )
    if base_moved:
        push = moving.pushed(os.environ, where.forge)
        return _answer(moving.mark_all(where, push, blueprint, os.environ), format_)
    if diff is None:
        return _answer(commenting.mark_outdated(where, wishes, os.environ), format_)
    said = words(reading.read_diff(diff), [reading.read_stream(file) for file in previews])
    if dry_run:
        return _answer(commenting.rehearse(said, where, wishes), format_)
    if page is not None:
        console.write_file(page, said.page())
    return _answer(commenting.comment(said, where, wishes, os.environ), format_)


def _answer(result: Result, format_: str) -> int:
    if format_ == "json":
        console.json(result.data())
    else:
        console.out("\n".join(result.lines()))
    for problem in result.problems:
        console.error(problem)
    return FAILED if result.problems else 0
