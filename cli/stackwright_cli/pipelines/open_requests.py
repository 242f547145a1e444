"""Comments on every open merge request of GitLab whose pipeline has left a diff.

A schedule runs it on a protected branch, with a token that no merge request can read. What a
pipeline left is data that a stranger may have written; which merge request it belongs to, and the
commit that it must be about, come from GitLab.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from stackwright.diff.codec import from_json
from stackwright.errors import InputError, Problem, StackwrightError
from stackwright_cli.forge.budget import Budget
from stackwright_cli.forge.commenting import Wishes, comment, mark_outdated
from stackwright_cli.forge.faults import Fault, ForgeFault
from stackwright_cli.forge.forges import KNOWN
from stackwright_cli.forge.gitlab import GitLab
from stackwright_cli.forge.occasion import Occasion, occasion
from stackwright_cli.forge.shapes import number, text
from stackwright_cli.forge.token import read_token
from stackwright_cli.forge.words import words
from stackwright_cli.pipelines.gitlab import DIFF_FILE

_ENDED = frozenset({"success", "failed", "canceled", "skipped"})
"""States of a job that change no more."""

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

    def opened(self) -> list[tuple[int, str]]:
        """Return number and head of each open merge request."""
        path = f"{self._here}/merge_requests?state=opened&per_page=100"
        found = self._http.pages(path, doing="list the open merge requests", needs=_NEEDS)
        return [(number(one, "iid"), text(one, "sha")) for one in found if text(one, "sha")]

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
            raise


def comment_on_all(
    environment: Mapping[str, str], job: str, wishes: Wishes
) -> tuple[Sequence[str], Sequence[str]]:
    """Comment on every open merge request, and return what was done and what went wrong.

    One that goes wrong keeps no other from being tried.

    Args:
        environment: Of the process: the CI system's variables, and the token in `GITLAB_TOKEN`.
        job: Name of the job that compares.
        wishes: What to write.

    Raises:
        InputError: This is no job of GitLab, or there is no token.
        ForgeFault: The merge requests cannot be listed.
    """
    _refuse_merge_request(environment)
    where = occasion(environment, forge="gitlab", required=False)
    known = KNOWN["gitlab"]
    token = read_token(environment, known.variable, known.hint)
    forge = Pipelines(where.repository, token, Budget(), api=where.api, authority=where.authority)
    done, wrong = [], []
    try:
        for iid, commit in forge.opened():
            try:
                left = forge.left(iid, commit, job)
                if left is not None:
                    said = _one(left, where, wishes, environment)
                    done.append(f"merge request {iid}: {said}")
            except Unseen as unseen:
                done.append(f"merge request {iid}: {unseen}.")
            except StackwrightError as error:
                wrong.append(f"merge request {iid}: {error}")
    finally:
        forge.close()
    return done, wrong


def _one(left: Left, where: Occasion, wishes: Wishes, environment: Mapping[str, str]) -> str:
    here = replace(where, pull_request=left.merge_request, commit=left.commit)
    if left.diff is None:
        result = mark_outdated(here, wishes, environment)
    else:
        said = words(from_json(left.diff, DIFF_FILE), [])
        result = comment(said, here, wishes, environment)
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
