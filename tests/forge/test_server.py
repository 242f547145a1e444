"""The fake forge behaves as its sources say, so that tests against it prove something."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from email.message import Message
from http.client import IncompleteRead, RemoteDisconnected
from typing import Any

import pytest
from tests.forge.server import TOKEN, FakeForge, fake_forge
from tests.forge.state import BASE_REPOSITORY, User
from tests.forge.wire import Reply

GITHUB_COMMENTS = f"/repos/{BASE_REPOSITORY}/issues/7/comments"
GITLAB_NOTES = "/projects/42/merge_requests/7/notes"


def ask(
    forge: FakeForge, method: str, path: str, data: Any = None, token: str = TOKEN
) -> tuple[int, Any, Message[str, str]]:
    """Send one request without any of our own code; return status, document and headers."""
    headers = {"Authorization": f"Bearer {token}", "PRIVATE-TOKEN": token}
    body = None if data is None else json.dumps(data).encode()
    url = path if "://" in path else forge.url + path
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            text = response.read()
            return response.status, json.loads(text) if text else None, response.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read() or b"null"), error.headers


def test_github_lists_thirty_comments_at_a_time_and_links_to_the_next() -> None:
    with fake_forge("github") as forge:
        for number in range(35):
            forge.state.say(7, forge.stranger, f"comment {number}")
        status, first, headers = ask(forge, "GET", GITHUB_COMMENTS)
        assert (status, len(first)) == (200, 30)
        link = headers["Link"].partition(">")[0].removeprefix("<")
        _, second, rest = ask(forge, "GET", link)
        assert [one["body"] for one in second] == [f"comment {number}" for number in range(30, 35)]
        assert 'rel="next"' not in rest["Link"]


def test_gitlab_lists_the_newest_note_first_unless_told_otherwise() -> None:
    with fake_forge("gitlab") as forge:
        for number in range(25):
            forge.state.say(7, forge.stranger, f"note {number}")
        _, found, headers = ask(forge, "GET", GITLAB_NOTES)
        assert (found[0]["body"], len(found), headers["x-next-page"]) == ("note 24", 20, "2")
        _, found, _ = ask(forge, "GET", f"{GITLAB_NOTES}?sort=asc&per_page=100")
        assert (found[0]["body"], len(found)) == ("note 0", 25)


@pytest.mark.parametrize(
    ("kind", "path", "most", "refusal"),
    [("github", GITHUB_COMMENTS, 65_536, 422), ("gitlab", GITLAB_NOTES, 1_000_000, 400)],
)
def test_a_body_over_the_limit_is_refused(kind: str, path: str, most: int, refusal: int) -> None:
    with fake_forge(kind) as forge:
        assert ask(forge, "POST", path, {"body": "é" * most})[0] == 201
        status, said, _ = ask(forge, "POST", path, {"body": "e" * (most + 1)})
        assert status == refusal
        assert "too long" in json.dumps(said)


def test_a_wrong_token_is_401_and_a_missing_permission_403_with_its_name() -> None:
    with fake_forge("github") as forge:
        assert ask(forge, "GET", GITHUB_COMMENTS, token="wrong")[0] == 401
        forge.state.users["reads"] = User("reader", 5, permissions=frozenset())
        status, _, headers = ask(forge, "POST", GITHUB_COMMENTS, {"body": "x"}, token="reads")
        assert status == 403
        assert headers["X-Accepted-GitHub-Permissions"] == "issues=write; pull_requests=write"


def test_an_app_is_told_who_it_is_by_graphql_only() -> None:
    with fake_forge("github") as forge:
        assert ask(forge, "GET", "/user")[0] == 403
        _, found, _ = ask(forge, "POST", "/graphql", {"query": "{viewer{login}}"})
        assert found["data"]["viewer"]["login"] == "stackwright[bot]"


def test_a_late_comment_is_listed_after_a_while_only() -> None:
    with fake_forge("github") as forge:
        forge.state.late_by = 1
        ask(forge, "POST", GITHUB_COMMENTS, {"body": "late"})
        assert ask(forge, "GET", GITHUB_COMMENTS)[1] == []
        assert len(ask(forge, "GET", GITHUB_COMMENTS)[1]) == 1


def test_trouble_happens_as_often_as_it_was_asked_for() -> None:
    with fake_forge("gitlab") as forge:
        forge.go_wrong("GET", "notes", times=2, reply=Reply(502, {"message": "bad gateway"}))
        found = [ask(forge, "GET", GITLAB_NOTES)[0] for _ in range(3)]
        assert found == [502, 502, 200]


def test_a_lost_answer_comes_after_the_deed() -> None:
    with fake_forge("github") as forge:
        forge.go_wrong("POST", "comments", loses_answer=True)
        with pytest.raises((urllib.error.URLError, RemoteDisconnected)):
            ask(forge, "POST", GITHUB_COMMENTS, {"body": "there"})
        assert forge.bodies() == ["there"]


def test_a_cut_answer_is_half_of_one() -> None:
    with fake_forge("github") as forge:
        forge.go_wrong("POST", "comments", cuts_answer=True)
        with pytest.raises((IncompleteRead, ConnectionResetError)):
            ask(forge, "POST", GITHUB_COMMENTS, {"body": "there"})
