"""What each forge does in its own way."""

from __future__ import annotations

import pytest
from tests.cli.forge.conftest import Client, Connect
from tests.forge.server import FakeForge
from tests.forge.state import HEAD, Pull, User
from tests.forge.wire import Reply

from stackwright.errors import InputError
from stackwright.report.diff.annotations import Annotation
from stackwright_cli.forge.budget import Budget
from stackwright_cli.forge.faults import ForgeFault
from stackwright_cli.forge.github import GitHub
from stackwright_cli.forge.gitlab import GitLab
from stackwright_cli.forge.protocol import Check, Conclusion, Forge, Source
from stackwright_cli.forge.token import Token

CHECK = Check(
    name="Stackwright",
    identity="key-10",
    title="1 database would be lost",
    summary="# all of it",
    conclusion=Conclusion.FAILURE,
    annotations=[Annotation("blueprint.yaml", 4, "failure", "title", "message")],
)


def test_both_are_forges(client: Client) -> None:
    forge: Forge = client
    assert forge.limit > 50_000


def test_an_app_and_a_person_are_told_apart(github: FakeForge, connect: Connect) -> None:
    assert connect(github).me() == "stackwright[bot]"
    github.state.users["t0-person"] = User("stackwright", 5)
    assert connect(github, "t0-person").me() == "stackwright"


def test_gitlab_names_authors_by_number(gitlab: FakeForge, connect: Connect) -> None:
    assert connect(gitlab).me() == "99"


def test_notes_of_the_system_are_no_messages(gitlab: FakeForge, connect: Connect) -> None:
    gitlab.state.say(7, gitlab.me, "added 1 commit", is_system=True)
    gitlab.state.say(7, gitlab.me, "text")
    assert [message.body for message in connect(gitlab).messages(7)] == ["text"]


@pytest.mark.parametrize("how", ["loses_answer", "cuts_answer"])
def test_a_check_whose_answer_was_lost_is_not_shown_twice(
    github: FakeForge, connect: Connect, how: str
) -> None:
    github.go_wrong("POST", "check-runs", **{how: True})
    url = connect(github).check(HEAD, CHECK)
    (run,) = github.state.checks
    assert url == run["html_url"]
    assert run["output"]["annotations"] == [
        {
            "path": "blueprint.yaml",
            "start_line": 4,
            "end_line": 4,
            "annotation_level": "failure",
            "title": "title",
            "message": "message",
        }
    ]


def test_a_check_that_was_really_lost_is_told_of(github: FakeForge, connect: Connect) -> None:
    github.go_wrong("POST", "check-runs", reply=Reply(502, {}))
    with pytest.raises(ForgeFault, match="may have been done"):
        connect(github).check(HEAD, CHECK)


def test_a_status_that_is_set_already_is_fine(gitlab: FakeForge, connect: Connect) -> None:
    said = {"message": "Cannot transition status via :drop from :failed"}
    gitlab.go_wrong("POST", "statuses", reply=Reply(400, said))
    assert connect(gitlab).check(HEAD, CHECK) == ""
    gitlab.go_wrong("POST", "statuses", reply=Reply(400, {"message": "other"}))
    with pytest.raises(ForgeFault, match="400 other"):
        connect(gitlab).check(HEAD, CHECK)


def test_a_label_may_hold_any_character(fake: FakeForge, client: Client) -> None:
    names = ["stackwright: data-loss", "a/b?c#d %41", "é"]
    client.change_labels(7, names, [])
    assert client.labels(7) == frozenset(names)
    client.change_labels(7, [], names)
    assert client.labels(7) == frozenset()


def test_a_label_that_is_gone_already_is_fine(fake: FakeForge, client: Client) -> None:
    client.change_labels(7, [], ["gone"])
    assert fake.pull.labels == set()


def test_a_branch_may_hold_any_character(github: FakeForge, connect: Connect) -> None:
    branch = "a&state=closed#?+ %2F/é"
    github.state.pulls[7] = Pull(7, HEAD, branch, "mallory/platform")
    found = connect(github).find(HEAD, Source("mallory/platform", branch))
    assert [pull.number for pull in found] == [7]


@pytest.mark.parametrize(
    "name", ["", "acme", "acme/a/b", "../platform", "acme/..", "acme/a b", "acme/x?y", "acme/x\n"]
)
def test_what_is_no_repository_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="no repository of GitHub"):
        GitHub(name, Token("x"), Budget())


@pytest.mark.parametrize("name", ["", "acme", "acme/../b", "../b", "a/b/..", "a b/c", "a/b\n"])
def test_what_is_no_project_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="no project of GitLab"):
        GitLab(name, Token("x"), Budget())
