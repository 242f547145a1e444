"""GitHub, github.com or an Enterprise Server, by its REST API.

Source: github/rest-api-description, version 2022-11-28, and docs.github.com, "Best practices for
using the REST API": by serial requests, at least a second between two that write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from stackwright.errors import InputError, Problem
from stackwright.report.diff.parts import GITHUB_BYTES
from stackwright_cli.forge.budget import Budget
from stackwright_cli.forge.connection import Place
from stackwright_cli.forge.faults import Fault, ForgeFault
from stackwright_cli.forge.http import Http
from stackwright_cli.forge.protocol import Check, Message, PullRequest, Source
from stackwright_cli.forge.shapes import number as _number
from stackwright_cli.forge.shapes import text as _text
from stackwright_cli.forge.token import Token

API = "https://api.github.com"

PACE = 1.0
"""Seconds between two writes, as GitHub's best practices ask for."""

HOW_TO_SIGN_IN = (
    "In a workflow, give the step `env: {GITHUB_TOKEN: ${{ github.token }}}`."
    " Elsewhere, put a token there that may write to pull requests."
)

_COMMENTS = "the permission `pull-requests: write`"
_LABELS = "the permission `pull-requests: write`, and `issues: write` to make a label that is new"
_CHECKS = "the permission `checks: write`, which only the token of a workflow or an app can have"
_CODE = "the permission `contents: read`"
_READING = "the permission `pull-requests: read`"

_HINTS = {
    Fault.UNAUTHORIZED: "The token in GITHUB_TOKEN is wrong or has expired.",
    Fault.FORBIDDEN: (
        "Add it to `permissions` of the job. A pull request from a fork gets a token that only"
        " reads: comment from a workflow that runs on `workflow_run`."
    ),
    Fault.LOCKED: "The conversation is locked: unlock it, or leave it without a comment.",
    Fault.NOT_FOUND: "Either it does not exist, or the token may not see it.",
    Fault.LIMITED: "Run the job again later.",
}

_NAME = re.compile(r"(?!\.{1,2}/)[A-Za-z0-9_.-]+/(?!\.{1,2}$)[A-Za-z0-9_.-]+")


class GitHub:
    """One repository of GitHub."""

    title = "GitHub"
    limit = GITHUB_BYTES
    shows_alerts = True
    shows_annotations = True

    def __init__(
        self, repository: str, token: Token, budget: Budget, *, api: str = "", authority: str = ""
    ) -> None:
        if not _NAME.fullmatch(repository):
            message = f"'{repository}' is no repository of GitHub; OWNER/NAME is expected."
            raise InputError([Problem(message, path="--repository")])
        self._repository = repository
        self._api = (api or API).rstrip("/")
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token.value}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        self._http = Http(
            Place(self.title, self._api, token, headers, PACE, _HINTS, authority), budget
        )
        self._me = ""

    def me(self) -> str:
        """Return the login that the token's comments carry."""
        self._me = self._me or self._user() or self._app()
        return self._me

    def pull_request(self, number: int) -> PullRequest:
        """Return a pull request as it is now."""
        doing = f"read pull request {number} of {self._repository}"
        return _pull_request(self._http.read(f"{self._here}/pulls/{number}", doing=doing))

    def find(self, commit: str, source: Source | None) -> tuple[PullRequest, ...]:
        """Return the open pull requests whose head is a commit."""
        doing = f"find the pull request of commit {commit}"
        path = f"{self._here}/commits/{quote(commit, safe='')}/pulls?per_page=100"
        if source is not None:
            if not source.repository:
                # The fork is gone, and who else has this commit is somebody else.
                return ()
            owner = source.repository.partition("/")[0]
            head = quote(f"{owner}:{source.branch}", safe="")
            path = f"{self._here}/pulls?state=open&head={head}&per_page=100"
        wanted = (self._repository, source.repository if source else "")
        return tuple(
            _pull_request(item)
            for item in self._http.pages(path, doing=doing, needs=_READING)
            if _text(item, "head", "sha") == commit and _belongs(item, *wanted)
        )

    def opened(self, branch: str) -> Iterator[PullRequest]:
        """Yield the open pull requests, those that changed last first."""
        doing = f"list the open pull requests of {self._repository}"
        base = f"&base={quote(branch, safe='')}" if branch else ""
        order = "sort=updated&direction=desc&per_page=100"
        path = f"{self._here}/pulls?state=open{base}&{order}"
        yield from map(_pull_request, self._http.pages(path, doing=doing, needs=_READING))

    def contains(self, commit: str, ancestor: str) -> bool:
        """Tell whether a commit is another one, or has it in its history."""
        path = f"{self._here}/compare/{commit}...{ancestor}?per_page=1"
        doing = f"compare {commit[:12]} with {ancestor[:12]}"
        found = self._http.read_if_there(path, doing=doing, needs=_CODE)
        return _text(found, "status") in ("behind", "identical")

    def messages(self, number: int) -> Iterator[Message]:
        """Yield every comment of a pull request."""
        path = f"{self._here}/issues/{number}/comments?per_page=100"
        doing = f"list the comments of pull request {number} of {self._repository}"
        yield from map(_message, self._http.pages(path, doing=doing, needs=_READING))

    def create(self, number: int, body: str) -> Message:
        """Write a new comment."""
        doing = f"write a comment on pull request {number} of {self._repository}"
        path = f"{self._here}/issues/{number}/comments"
        sent = {"body": body}
        return _message(self._http.write("POST", path, doing=doing, needs=_COMMENTS, json=sent))

    def update(self, number: int, message: int, body: str) -> Message:
        """Replace the text of a comment."""
        doing = f"change comment {message} on pull request {number} of {self._repository}"
        path = f"{self._here}/issues/comments/{message}"
        sent = {"body": body}
        return _message(self._http.write("PATCH", path, doing=doing, needs=_COMMENTS, json=sent))

    def delete(self, number: int, message: int) -> None:
        """Remove a comment; one that is gone already is no fault."""
        doing = f"delete comment {message} on pull request {number} of {self._repository}"
        path = f"{self._here}/issues/comments/{message}"
        self._http.remove(path, doing=doing, needs=_COMMENTS)

    def labels(self, number: int) -> frozenset[str]:
        """Return the labels of a pull request."""
        path = f"{self._here}/issues/{number}/labels?per_page=100"
        doing = f"list the labels of pull request {number} of {self._repository}"
        found = self._http.pages(path, doing=doing, needs=_READING)
        return frozenset(_text(item, "name") for item in found)

    def change_labels(self, number: int, add: Sequence[str], remove: Sequence[str]) -> None:
        """Add and remove labels; all others stay."""
        path = f"{self._here}/issues/{number}/labels"
        doing = f"label pull request {number} of {self._repository}"
        # What is no longer true goes first: to add a label that is new may be forbidden.
        for name in remove:
            gone = f"{path}/{quote(name, safe='')}"
            self._http.remove(gone, doing=doing, needs=_LABELS)
        if add:
            sent = {"labels": list(add)}
            self._http.send("POST", path, doing=doing, needs=_LABELS, json=sent, repeatable=True)

    def check(self, commit: str, check: Check) -> str:
        """Show a check run at a commit; return its URL."""
        doing = f"show a check at commit {commit}"
        sent = {
            "name": check.name,
            "head_sha": commit,
            "external_id": check.identity,
            "status": "completed",
            "conclusion": check.conclusion.value,
            "output": _output(check),
        }
        path = f"{self._here}/check-runs"
        try:
            run = self._http.write("POST", path, doing=doing, needs=_CHECKS, json=sent)
        except ForgeFault as fault:
            run = self._lost_check(commit, check) if fault.fault is Fault.UNCERTAIN else None
            if run is None:
                raise
        return _text(run, "html_url")

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    @property
    def _here(self) -> str:
        return f"/repos/{self._repository}"

    def _user(self) -> str:
        try:
            return _text(self._http.read("/user", doing="see whose token this is"), "login")
        except ForgeFault as fault:
            if fault.fault in (Fault.FORBIDDEN, Fault.NOT_FOUND):
                return ""
            raise

    def _app(self) -> str:
        """Return the login of an app, whose token may not read `/user` but may ask GraphQL."""
        doing = "see whose token this is"
        api = self._api.removesuffix("/v3") if self._api.endswith("/api/v3") else self._api
        query = {"query": "{viewer{login}}"}
        answer = self._http.send("POST", f"{api}/graphql", doing=doing, json=query, repeatable=True)
        login = _text(self._http.document(answer, doing), "data", "viewer", "login")
        if not login:
            raise ForgeFault(Fault.NO_FORGE, f"GitHub: could not {doing}: it told no login.")
        # A person may be called as an app is; only the app's comments carry this ending.
        return f"{login.removesuffix('[bot]')}[bot]"

    def _lost_check(self, commit: str, check: Check) -> Any:
        path = f"{self._here}/commits/{commit}/check-runs?filter=all&per_page=100"
        found = self._http.read(path, doing=f"list the checks of commit {commit}", needs=_CHECKS)
        runs = found.get("check_runs") if isinstance(found, dict) else None
        same = (run for run in runs or [] if _text(run, "external_id") == check.identity)
        return next(same, None)


def _pull_request(item: Any) -> PullRequest:
    return PullRequest(
        number=_number(item, "number"),
        head=_text(item, "head", "sha"),
        is_open=_text(item, "state") == "open",
        url=_text(item, "html_url"),
        base=_text(item, "base", "ref"),
    )


def _belongs(item: Any, base: str, source: str) -> bool:
    """Tell whether a pull request goes into a repository and, if that is given, comes from one."""
    into = _text(item, "base", "repo", "full_name").lower() == base.lower()
    comes = _text(item, "head", "repo", "full_name").lower()
    return into and _text(item, "state") == "open" and source.lower() in ("", comes)


def _message(item: Any) -> Message:
    return Message(
        id=_number(item, "id"),
        author=_text(item, "user", "login"),
        body=_text(item, "body"),
        url=_text(item, "html_url"),
    )


def _output(check: Check) -> dict[str, Any]:
    return {
        "title": check.title,
        "summary": check.summary,
        "annotations": [
            {
                "path": one.path,
                "start_line": one.start_line,
                "end_line": one.start_line,
                "annotation_level": one.annotation_level,
                "title": one.title,
                "message": one.message,
            }
            for one in check.annotations
        ],
    }
