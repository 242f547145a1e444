"""GitLab, gitlab.com or self-managed, by its REST API of version 4.

Source: docs.gitlab.com, "Notes API", "Merge requests API", "Commits API", "REST API pagination",
and "CI/CD job token", whose list of endpoints holds no notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from stackwright.errors import InputError, Problem
from stackwright.report.diff.parts import GITLAB_BYTES
from stackwright_cli.forge.budget import Budget
from stackwright_cli.forge.connection import Place
from stackwright_cli.forge.faults import Fault, ForgeFault
from stackwright_cli.forge.http import Http
from stackwright_cli.forge.protocol import Check, Conclusion, Message, PullRequest, Source
from stackwright_cli.forge.shapes import number as _number
from stackwright_cli.forge.shapes import text as _text
from stackwright_cli.forge.shapes import texts, value
from stackwright_cli.forge.token import Token

API = "https://gitlab.com/api/v4"

AT_ONCE = 20
"""Notes that one page has; a hundred of the largest would be more than we read of an answer."""

LONGEST_DESCRIPTION = 255
"""Characters of the description of a commit status."""

HOW_TO_SIGN_IN = (
    "CI_JOB_TOKEN cannot write notes. Make a project access token with the role Developer and the"
    " scope api, and keep it as the masked variable GITLAB_TOKEN."
)

_NOTES = "a token with the scope api and the role Developer"

_HINTS = {
    Fault.UNAUTHORIZED: "The token in GITLAB_TOKEN is wrong or has expired.",
    Fault.FORBIDDEN: "CI_JOB_TOKEN does not do: use a project access token.",
    Fault.LOCKED: "The discussion is locked: unlock it, or leave it without a comment.",
    Fault.NOT_FOUND: "Either it does not exist, or the token may not see it.",
    Fault.LIMITED: "Run the job again later.",
}

_PROJECT = re.compile(r"\d+|(?!\.{1,2}/)[A-Za-z0-9_.-]+(/(?!\.{1,2}(/|$))[A-Za-z0-9_.-]+)+")


class GitLab:
    """One project of GitLab."""

    title = "GitLab"
    limit = GITLAB_BYTES
    shows_alerts = False
    shows_annotations = False

    def __init__(
        self, project: str, token: Token, budget: Budget, *, api: str = "", authority: str = ""
    ) -> None:
        if not _PROJECT.fullmatch(project):
            message = f"'{project}' is no project of GitLab; its ID or GROUP/NAME is expected."
            raise InputError([Problem(message, path="--repository")])
        self._here = f"/projects/{quote(project, safe='')}"
        headers = {"Accept": "application/json", "PRIVATE-TOKEN": token.value}
        place = Place(self.title, (api or API).rstrip("/"), token, headers, 0.0, _HINTS, authority)
        self._http = Http(place, budget)
        self._me = ""

    def me(self) -> str:
        """Return the number of the user that the token's notes carry."""
        if not self._me:
            doing = "see whose token this is"
            self._me = str(_number(self._http.read("/user", doing=doing, needs=_NOTES), "id"))
        return self._me

    def pull_request(self, number: int) -> PullRequest:
        """Return a merge request as it is now."""
        return _merge_request(self._read(number))

    def find(self, commit: str, source: Source | None) -> tuple[PullRequest, ...]:
        """Return the open merge requests whose head is a commit, wherever it comes from."""
        path = f"{self._here}/repository/commits/{quote(commit, safe='')}/merge_requests"
        doing = f"find the merge request of commit {commit}"
        found = map(_merge_request, self._http.pages(path, doing=doing, needs=_NOTES))
        return tuple(one for one in found if one.is_open and one.head == commit)

    def opened(self, branch: str) -> Iterator[PullRequest]:
        """Yield the open merge requests, those that changed last first."""
        into = f"&target_branch={quote(branch, safe='')}" if branch else ""
        query = f"state=opened{into}&order_by=updated_at&per_page=100"
        path, doing = f"{self._here}/merge_requests?{query}", "list the open merge requests"
        yield from map(_merge_request, self._http.pages(path, doing=doing, needs=_NOTES))

    def contains(self, commit: str, ancestor: str) -> bool:
        """Tell whether a commit is another one, or has it in its history."""
        refs = f"refs%5B%5D={quote(commit, safe='')}&refs%5B%5D={quote(ancestor, safe='')}"
        path = f"{self._here}/repository/merge_base?{refs}"
        doing = f"compare {commit[:12]} with {ancestor[:12]}"
        found = self._http.read_if_there(path, doing=doing, needs=_NOTES)
        return _text(found, "id") == ancestor

    def messages(self, number: int) -> Iterator[Message]:
        """Yield every note that a person or a token wrote."""
        # Oldest first: what is written meanwhile moves no other note to another page.
        query = f"sort=asc&order_by=created_at&per_page={AT_ONCE}"
        doing = f"list the notes of merge request {number}"
        path = f"{self._notes(number)}?{query}"
        for item in self._http.pages(path, doing=doing, needs=_NOTES):
            if value(item, "system") is not True:
                yield _message(item)

    def create(self, number: int, body: str) -> Message:
        """Write a new note."""
        doing = f"write a note on merge request {number}"
        path = self._notes(number)
        sent = {"body": body}
        return _message(self._http.write("POST", path, doing=doing, needs=_NOTES, json=sent))

    def update(self, number: int, message: int, body: str) -> Message:
        """Replace the text of a note."""
        doing = f"change note {message} on merge request {number}"
        path = f"{self._notes(number)}/{message}"
        sent = {"body": body}
        return _message(self._http.write("PUT", path, doing=doing, needs=_NOTES, json=sent))

    def delete(self, number: int, message: int) -> None:
        """Remove a note; one that is gone already is no fault."""
        doing = f"delete note {message} on merge request {number}"
        self._http.remove(f"{self._notes(number)}/{message}", doing=doing, needs=_NOTES)

    def labels(self, number: int) -> frozenset[str]:
        """Return the labels of a merge request."""
        return frozenset(texts(value(self._read(number), "labels")))

    def change_labels(self, number: int, add: Sequence[str], remove: Sequence[str]) -> None:
        """Add and remove labels; all others stay."""
        sent = {"add_labels": ",".join(add), "remove_labels": ",".join(remove)}
        given = {key: names for key, names in sent.items() if names}
        if given:
            doing = f"label merge request {number}"
            path = f"{self._here}/merge_requests/{number}"
            self._http.send("PUT", path, doing=doing, needs=_NOTES, json=given)

    def check(self, commit: str, check: Check) -> str:
        """Show a commit status; it has no place for annotations, and no URL."""
        sent = {
            "state": "failed" if check.conclusion is Conclusion.FAILURE else "success",
            "name": check.name,
            "description": check.title[:LONGEST_DESCRIPTION],
        }
        doing = f"show a status at commit {commit}"
        path = f"{self._here}/statuses/{quote(commit, safe='')}"
        try:
            self._http.send("POST", path, doing=doing, needs=_NOTES, json=sent, repeatable=True)
        except ForgeFault as fault:
            # It refuses to set the state that is set already.
            if "Cannot transition status" not in str(fault):
                raise
        return ""

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def _notes(self, number: int) -> str:
        return f"{self._here}/merge_requests/{number}/notes"

    def _read(self, number: int) -> Any:
        path = f"{self._here}/merge_requests/{number}"
        return self._http.read(path, doing=f"read merge request {number}", needs=_NOTES)


def _merge_request(item: Any) -> PullRequest:
    return PullRequest(
        number=_number(item, "iid"),
        head=_text(item, "sha"),
        is_open=_text(item, "state") == "opened",
        url=_text(item, "web_url"),
        base=_text(item, "target_branch"),
    )


def _message(item: Any) -> Message:
    return Message(
        id=_number(item, "id"), author=str(_number(item, "author", "id")), body=_text(item, "body")
    )
