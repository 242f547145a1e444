"""Marks our comments as outdated whose pull requests lack what was pushed to their base branch.

Whether one lacks it is asked of the forge by its head: what a diff says of its base may be forged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from stackwright.errors import InputError, Problem, StackwrightError
from stackwright_cli.forge.budget import Budget
from stackwright_cli.forge.forges import signed_in
from stackwright_cli.forge.marker import Run, key_of
from stackwright_cli.forge.occasion import Occasion
from stackwright_cli.forge.outdated import BASE_MOVED, mark
from stackwright_cli.forge.protocol import Forge, PullRequest
from stackwright_cli.forge.reconcile import State, Sticky
from stackwright_cli.forge.result import Result
from stackwright_cli.forge.shapes import is_commit

MOST = 100
"""Pull requests that are looked at; seven requests for each stay within the 1,000 that a token of
a workflow has in an hour (docs.github.com, "Rate limits for the REST API")."""

EACH = 60.0
"""Seconds for one pull request."""


@dataclass(frozen=True, slots=True)
class Push:
    """What was pushed."""

    branch: str
    commit: str


@dataclass(slots=True)
class _Done:
    marked: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def pushed(environment: Mapping[str, str], forge: str) -> Push:
    """Return what started this job.

    Args:
        environment: Of the process.
        forge: `github` or `gitlab`.

    Raises:
        InputError: It was no push to a branch.
    """
    get = environment.get
    if forge == "github":
        reference, commit = get("GITHUB_REF", ""), get("GITHUB_SHA", "")
        branch = reference.removeprefix("refs/heads/")
        branch = branch if branch != reference and get("GITHUB_EVENT_NAME") == "push" else ""
    else:
        branch, commit = get("CI_COMMIT_BRANCH", ""), get("CI_COMMIT_SHA", "")
    if not branch or not is_commit(commit):
        hint = "Run it in a job that a push to the base branch starts."
        raise InputError([Problem("this job was not started by a push to a branch.", hint=hint)])
    return Push(branch, commit)


def mark_all(
    where: Occasion,
    push: Push,
    blueprint: str,
    environment: Mapping[str, str],
    budget: Budget | None = None,
) -> Result:
    """Mark our comment of every open pull request that lacks what was pushed.

    One that goes wrong keeps no other from being tried.

    Args:
        where: Which repository.
        push: To the branch that the pull requests go into.
        blueprint: What tells our comment from those about other blueprints.
        environment: Of the process: it holds the token.
        budget: The time for each pull request; `EACH` when not given.

    Raises:
        InputError: There is no token, or the repository is wrong.
        ForgeFault: The pull requests cannot be listed.
    """
    time = budget or Budget(EACH)
    done = _Done()
    with signed_in(where, environment, time) as forge:
        pulls = list(islice(forge.opened(push.branch), MOST + 1))
        if len(pulls) > MOST:
            done.notes.append(f"Only the {MOST} pull requests that changed last were looked at.")
        for pull in pulls[:MOST]:
            time.renew()
            _try(forge, pull, Run(key_of(blueprint), pull.head), push.commit, time, done)
    return Result(
        where.forge,
        where.repository,
        0,
        push.commit,
        State.OUTDATED if done.marked else State.NO_COMMENT,
        updated=tuple(done.marked),
        notes=tuple(done.notes),
        problems=tuple(done.problems),
    )


def _try(
    forge: Forge, pull: PullRequest, run: Run, commit: str, budget: Budget, done: _Done
) -> None:
    try:
        marked = _mark(forge, pull, run, commit, budget)
    except StackwrightError as error:
        done.problems.append(f"pull request {pull.number}: {error}")
        return
    if marked:
        done.marked.extend(marked)
        done.notes.append(f"Pull request {pull.number} lacks {commit[:12]}.")


def _mark(
    forge: Forge, pull: PullRequest, run: Run, commit: str, budget: Budget
) -> tuple[int, ...]:
    """Return the messages that were marked."""
    sticky = Sticky(forge, pull.number, run, budget)
    alerts = forge.shows_alerts
    if not mark(sticky.found(), BASE_MOVED, alerts=alerts) or forge.contains(pull.head, commit):
        return ()
    return tuple(sticky.change(lambda found: mark(found, BASE_MOVED, alerts=alerts)).updated)
