"""Comments on every open merge request of GitLab whose pipeline has left a diff.

A schedule runs it on a protected branch, with a token that no merge request can read. What a
pipeline left is data that a stranger may have written; which merge request it belongs to, and the
commit that it must be about, come from GitLab.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from stackwright.diff.codec import from_json
from stackwright.errors import InputError, Problem, StackwrightError
from stackwright_cli.console import write_file
from stackwright_cli.forge.budget import Budget
from stackwright_cli.forge.commenting import Wishes, comment, mark_outdated
from stackwright_cli.forge.faults import Fault, ForgeFault
from stackwright_cli.forge.forges import KNOWN
from stackwright_cli.forge.gitlab import GitLab
from stackwright_cli.forge.occasion import Occasion, occasion
from stackwright_cli.forge.outdated import BASE_MOVED
from stackwright_cli.forge.protocol import PullRequest
from stackwright_cli.forge.result import Result
from stackwright_cli.forge.shapes import number, text
from stackwright_cli.forge.token import Token, read_token
from stackwright_cli.forge.words import Words, words
from stackwright_cli.pipelines.gitlab import DIFF_FILE
from stackwright_cli.pipelines.place import watched

_ENDED = frozenset({"success", "failed", "canceled", "skipped"})
"""States of a job that change no more."""

EACH = 120.0
"""Seconds for what is read of one merge request, and as many for what is written on it."""

_NEEDS = "a token with the scope api and the role Developer"


class Unseen(Exception):
    """A pipeline cannot be read."""


@dataclass(frozen=True, slots=True)
class Left:
    """What the newest pipeline of a merge request left."""

    merge_request: int
    commit: str
    """Head of the merge request."""
    diff: bytes | None
    """None where the job failed without one."""


class Pipelines(GitLab):
    """One project of GitLab, with the pipelines of its merge requests, in forks too."""

    def __init__(
        self, project: str, token: Token, budget: Budget, *, api: str = "", authority: str = ""
    ) -> None:
        super().__init__(project, token, budget, api=api, authority=authority)
        self._known: dict[tuple[str, str], str] = {}

    def lacks_a_change(self, request: PullRequest, paths: Sequence[str]) -> bool:
        """Tell whether a merge request lacks the newest change of a path on its target branch."""
        newest = {self._newest(request.base, path) for path in paths} - {""}
        return not all(self.contains(request.head, commit) for commit in sorted(newest))

    def _newest(self, branch: str, path: str) -> str:
        """Return the newest commit of a branch that changed a path; empty where none did."""
        if (branch, path) not in self._known:
            place = quote(path.rstrip("/"), safe="")
            query = f"ref_name={quote(branch, safe='')}&path={place}&per_page=1"
            doing = f"find the newest change of {path} on {branch}"
            commits = f"{self._here}/repository/commits?{query}"
            found = self._http.read_if_there(commits, doing=doing, needs=_NEEDS)
            first = found[0] if isinstance(found, list) and found else None
            self._known[branch, path] = text(first, "id")
        return self._known[branch, path]

    def left(self, iid: int, commit: str, job: str) -> Left | None:
        """Return what is left for a merge request; None where its job still runs or never ran.

        Args:
            iid: Number of the merge request.
            commit: Its head.
            job: Name of the job that compares.

        Raises:
            Unseen: Its pipeline is in a fork that the token may not see.
            ForgeFault: GitLab refused, or there was no answer in time.
        """
        found = self._job(iid, commit, job)
        return None if found is None else Left(iid, commit, self._diff(*found))

    def _job(self, iid: int, commit: str, name: str) -> tuple[int, int] | None:
        """Return project and number of the newest job that compared a commit, if it has ended."""
        path = f"{self._here}/merge_requests/{iid}/pipelines?per_page=20"
        doing = f"list the pipelines of merge request {iid}"
        for pipeline in self._http.read(path, doing=doing, needs=_NEEDS):
            # A fork's pipeline runs in the fork; one on the trial merge has another commit.
            if text(pipeline, "sha") != commit and not text(pipeline, "ref").endswith("/merge"):
                continue
            project = number(pipeline, "project_id")
            for job in self._seen(project, number(pipeline, "id")):
                if text(job, "name") == name:
                    ended = text(job, "status") in _ENDED
                    return (project, number(job, "id")) if ended else None
        return None

    def _seen(self, project: int, pipeline: int) -> list[Any]:
        try:
            return list(self._jobs(project, pipeline))
        except ForgeFault as fault:
            if fault.fault in (Fault.NOT_FOUND, Fault.FORBIDDEN):
                raise Unseen("its pipeline is in a fork that the token may not see") from None
            raise

    def _jobs(self, project: int, pipeline: int) -> Iterator[Any]:
        path = f"/projects/{project}/pipelines/{pipeline}/jobs?per_page=100"
        doing = f"list the jobs of pipeline {pipeline}"
        return self._http.pages(path, doing=doing, needs=_NEEDS)

    def _diff(self, project: int, job: int) -> bytes | None:
        path = f"/projects/{project}/jobs/{job}/artifacts/{quote(DIFF_FILE)}"
        try:
            return self._http.send("GET", path, doing=f"fetch the diff of job {job}").body
        except ForgeFault as fault:
            if fault.fault is Fault.NOT_FOUND:
                return None
            if fault.fault is Fault.TOO_LARGE:
                message = "its pipeline left a file that is too large for a diff."
                raise InputError([Problem(message, file=DIFF_FILE)]) from None
            raise


def comment_on_all(
    environment: Mapping[str, str], job: str, wishes: Wishes, pages: Path | None = None
) -> tuple[Sequence[str], Sequence[str]]:
    """Comment on every open merge request, and return what was done and what went wrong.

    One that goes wrong keeps no other from being tried, and each has its own time. A file that is
    no diff is no fault of the forge: whoever has a fork could else fail every run.

    Args:
        environment: Of the process: the CI system's variables, and the token in `GITLAB_TOKEN`.
        job: Name of the job that compares.
        wishes: What to write.
        pages: Folder for the page of each diff; None for no pages.

    Raises:
        InputError: This is no job of GitLab, or there is no token.
        ForgeFault: The merge requests cannot be listed.
    """
    _refuse_merge_request(environment)
    where = occasion(environment, forge="gitlab", required=False)
    known = KNOWN["gitlab"]
    token = read_token(environment, known.variable, known.hint)
    budget = Budget(EACH)
    forge = Pipelines(where.repository, token, budget, api=where.api, authority=where.authority)
    walk = _Walk(where, wishes, environment, pages)
    done: list[str] = []
    wrong: list[str] = []
    try:
        for request in [one for one in forge.opened("") if one.head]:
            budget.renew()
            try:
                said = _visit(forge, request, job, walk)
                done.extend(f"merge request {request.number}: {line}" for line in said)
            except StackwrightError as error:
                wrong.append(f"merge request {request.number}: {error}")
    finally:
        forge.close()
    return done, wrong


@dataclass(frozen=True, slots=True)
class _Walk:
    where: Occasion
    wishes: Wishes
    environment: Mapping[str, str]
    pages: Path | None


def _visit(forge: Pipelines, request: PullRequest, job: str, walk: _Walk) -> list[str]:
    """Comment on one merge request, and return what was done; nothing where there is no diff."""
    try:
        left = forge.left(request.number, request.head, job)
        if left is None:
            return []
        if left.diff is None:
            return [_mark(request, walk)]
        said = words(from_json(left.diff, DIFF_FILE), [])
        return [_comment(forge, request, said, walk)]
    except Unseen as unseen:
        return [f"{unseen}."]
    except InputError as error:
        return [str(error), _mark(request, walk)]


def _comment(forge: Pipelines, request: PullRequest, said: Words, walk: _Walk) -> str:
    moved = request.base and forge.lacks_a_change(request, watched(walk.wishes.blueprint))
    wishes = replace(walk.wishes, outdated=BASE_MOVED if moved else "")
    result = comment(said, _here(request, walk), wishes, walk.environment, Budget(EACH))
    if walk.pages is not None:
        write_file(walk.pages / f"merge-request-{request.number}.html", said.page())
    return _line(result)


def _mark(request: PullRequest, walk: _Walk) -> str:
    where = _here(request, walk)
    return _line(mark_outdated(where, walk.wishes, walk.environment, Budget(EACH)))


def _here(request: PullRequest, walk: _Walk) -> Occasion:
    return replace(walk.where, pull_request=request.number, commit=request.head)


def _line(result: Result) -> str:
    if result.problems:
        raise StackwrightError("; ".join(result.problems))
    return next(iter(result.lines()))


def _refuse_merge_request(environment: Mapping[str, str]) -> None:
    """Refuse to run where a merge request's code ran, as its token could be read there.

    Raises:
        InputError: The pipeline is one of a merge request.
    """
    if environment.get("CI_MERGE_REQUEST_IID"):
        message = "this pipeline belongs to a merge request, whose code must not see the token."
        hint = "Run it by a schedule on a protected branch, as `stackwright ci gitlab` writes it."
        raise InputError([Problem(message, hint=hint)])
