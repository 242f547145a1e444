"""One comment on a pull request, whatever else happens there."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.forge.conftest import Client, Connect, Patience
from tests.forge.server import FakeForge
from tests.forge.state import HEAD
from tests.forge.wire import Reply

from stackwright_cli.forge.budget import Budget
from stackwright_cli.forge.faults import Fault, ForgeFault
from stackwright_cli.forge.marker import Run, key_of, read, signed
from stackwright_cli.forge.outdated import FAILED, mark
from stackwright_cli.forge.protocol import Message
from stackwright_cli.forge.reconcile import Outcome, State, Sticky
from stackwright_cli.forge.steps import Create, Delete, Update, ours, steps

KEY = key_of("blueprint.yaml")
RUN = Run(KEY, HEAD, 10)
NEWER = "b" * 40


@pytest.fixture
def sticky(client: Client, patience: Patience) -> Sticky:
    return Sticky(client, 7, RUN, patience)


def texts(fake: FakeForge) -> list[str]:
    """Return what our comments say below their markers."""
    found = [read(body) for body in fake.bodies()]
    return [one[1] for one in found if one is not None]


def test_the_first_run_writes_every_part_in_order(fake: FakeForge, sticky: Sticky) -> None:
    outcome = sticky.post(["one", "two", "three"])
    assert texts(fake) == ["one", "two", "three"]
    assert (outcome.state, outcome.parts) == (State.CREATED, 3)
    assert len(outcome.created) == 3


def test_our_comment_is_found_behind_120_others(
    fake: FakeForge, client: Client, patience: Patience
) -> None:
    for number in range(60):
        fake.state.say(7, fake.stranger, f"before {number}")
    Sticky(client, 7, RUN, patience).post(["one", "two"])
    for number in range(60):
        fake.state.say(7, fake.stranger, f"after {number}")
    before = fake.count("POST")
    fake.pull.head = NEWER
    outcome = Sticky(client, 7, Run(KEY, NEWER, 11), patience).post(["new one", "two"])
    assert texts(fake) == ["new one", "two"]
    assert outcome.state is State.UPDATED
    assert len(outcome.updated) == 1
    assert fake.count("POST") == before


def test_unchanged_parts_are_not_touched(fake: FakeForge, sticky: Sticky) -> None:
    sticky.post(["one", "two", "three"])
    before = fake.count("PUT", "PATCH", "POST", "DELETE")
    outcome = sticky.post(["one", "TWO", "three"])
    assert len(outcome.updated) == 1
    assert fake.count("PUT", "PATCH", "POST", "DELETE") == before + 1


def test_a_run_that_changes_nothing_writes_nothing(
    fake: FakeForge, client: Client, patience: Patience
) -> None:
    Sticky(client, 7, RUN, patience).post(["one", "two"])
    before = fake.count("PUT", "PATCH", "POST", "DELETE")
    outcome = Sticky(client, 7, Run(KEY, HEAD, 11), patience).post(["one", "two"])
    assert outcome.state is State.UNCHANGED
    assert fake.count("PUT", "PATCH", "POST", "DELETE") == before


def test_parts_that_are_not_needed_any_more_are_deleted(fake: FakeForge, sticky: Sticky) -> None:
    sticky.post(["one", "two", "three"])
    sticky.post(["only one"])
    assert texts(fake) == ["only one"]


def test_a_heading_or_a_stack_that_was_renamed_orphans_nothing(
    fake: FakeForge, sticky: Sticky
) -> None:
    sticky.post(["## acme-ml: 3 to create\n\nstack dev"])
    sticky.post(["## acme-platform: 4 to create\n\nstack development"])
    assert texts(fake) == ["## acme-platform: 4 to create\n\nstack development"]


def test_two_blueprints_of_a_repository_have_a_comment_each(
    fake: FakeForge, client: Client, patience: Patience
) -> None:
    for blueprint in ("one/blueprint.yaml", "two/blueprint.yaml"):
        run = Run(key_of(blueprint), HEAD, 10)
        Sticky(client, 7, run, patience).post([blueprint])
        Sticky(client, 7, run, patience).post([f"{blueprint} again"])
    assert texts(fake) == ["one/blueprint.yaml again", "two/blueprint.yaml again"]


def test_parts_of_the_largest_size_are_kept_in_order(fake: FakeForge, sticky: Sticky) -> None:
    parts = [f"part {number}\n".ljust(65_000, "x") for number in range(12)]
    outcome = sticky.post(parts)
    assert texts(fake) == parts
    assert outcome.parts == 12
    assert sticky.post(parts).state is State.UNCHANGED


def test_a_copy_of_our_marker_by_a_stranger_is_left_alone(fake: FakeForge, sticky: Sticky) -> None:
    copy = fake.state.say(7, fake.stranger, signed(RUN, 1, "mine, not yours"))
    sticky.post(["one"])
    sticky.post(["two"])
    assert copy.body == signed(RUN, 1, "mine, not yours")
    assert texts(fake) == ["two"]


def test_a_person_with_the_name_of_our_app_is_a_stranger(
    github: FakeForge, connect: Connect, patience: Patience
) -> None:
    github.stranger.login = github.me.login
    copy = github.state.say(7, github.stranger, signed(RUN, 1, "not yours"))
    Sticky(connect(github), 7, RUN, patience).post(["ours"])
    assert copy.body.endswith("not yours")
    assert texts(github) == ["ours"]


def test_what_was_edited_by_hand_is_put_right(fake: FakeForge, sticky: Sticky) -> None:
    sticky.post(["no data is lost"])
    (comment,) = fake.state.comments
    comment.body = comment.body.replace("no data", "all data")
    assert sticky.post(["no data is lost"]).state is not State.UNCHANGED
    assert texts(fake) == ["no data is lost"]


def test_a_comment_that_is_deleted_meanwhile_is_written_anew(
    fake: FakeForge, client: Client, patience: Patience
) -> None:
    Sticky(client, 7, RUN, patience).post(["one"])
    comment = fake.state.comments[0]
    fake.go_wrong("PATCH|PUT", "", times=0)
    missing = Reply(404, {"message": "Not Found"})
    fake.go_wrong("PATCH" if fake.kind == "github" else "PUT", f"{comment.id}$", reply=missing)
    fake.state.comments.remove(comment)
    fake.state.late_by = 0
    assert Sticky(client, 7, Run(KEY, HEAD, 11), patience).post(["two"]).state is State.CREATED
    assert texts(fake) == ["two"]


@pytest.mark.parametrize("late_by", [0, 1, 3])
@pytest.mark.parametrize("how", ["loses_answer", "cuts_answer"])
def test_a_comment_whose_answer_was_lost_is_found_and_not_written_twice(
    fake: FakeForge, sticky: Sticky, how: str, late_by: int
) -> None:
    fake.state.late_by = late_by
    fake.go_wrong("POST", "comments|notes", **{how: True})
    sticky.post(["one", "two"])
    assert sorted(texts(fake)) == ["one", "two"]


def test_a_comment_that_was_really_lost_is_written_again(fake: FakeForge, sticky: Sticky) -> None:
    fake.go_wrong("POST", "comments|notes", reply=Reply(502, {"message": "bad gateway"}))
    sticky.post(["one"])
    assert texts(fake) == ["one"]


def test_a_comment_that_appears_late_is_not_written_again(fake: FakeForge, sticky: Sticky) -> None:
    fake.state.late_by = 3
    assert sticky.post(["one", "two"]).state is State.CREATED
    assert texts(fake) == ["one", "two"]


def test_a_locked_conversation_is_told_of(fake: FakeForge, sticky: Sticky) -> None:
    fake.pull.is_locked = True
    with pytest.raises(ForgeFault) as failure:
        sticky.post(["one"])
    wanted = Fault.LOCKED if fake.kind == "github" else Fault.FORBIDDEN
    assert failure.value.fault is wanted


def test_a_pull_request_that_does_not_exist_is_told_of(
    client: Client, fake: FakeForge, patience: Patience
) -> None:
    with pytest.raises(ForgeFault, match="may not see it") as failure:
        Sticky(client, 8, RUN, patience).post(["one"])
    assert failure.value.fault is Fault.NOT_FOUND


def test_nothing_is_written_where_nothing_changes_and_nothing_was_said(
    fake: FakeForge, sticky: Sticky
) -> None:
    assert sticky.post(["nothing changes"], silent=True).state is State.SILENT
    assert fake.bodies() == []
    sticky.post(["one", "two"])
    assert sticky.post(["nothing changes"], silent=True).state is State.UPDATED
    assert texts(fake) == ["nothing changes"]


def test_a_run_of_an_older_commit_writes_nothing(
    fake: FakeForge, client: Client, patience: Patience
) -> None:
    fake.pull.head = NEWER
    Sticky(client, 7, Run(KEY, NEWER, 11), patience).post(["newer"])
    outcome = Sticky(client, 7, RUN, patience).post(["older"])
    assert outcome.state is State.SUPERSEDED
    assert texts(fake) == ["newer"]


def test_an_older_run_of_the_same_commit_writes_nothing(
    fake: FakeForge, client: Client, patience: Patience
) -> None:
    Sticky(client, 7, Run(KEY, HEAD, 11), patience).post(["after the base moved"])
    assert Sticky(client, 7, RUN, patience).post(["before"]).state is State.SUPERSEDED
    assert texts(fake) == ["after the base moved"]


def test_a_forge_that_learns_of_a_push_late_is_asked_again(
    github: FakeForge, connect: Connect, patience: Patience
) -> None:
    behind = {"number": 7, "head": {"sha": NEWER}, "state": "open"}
    github.go_wrong("GET", "pulls/7$", reply=Reply(200, behind))
    assert Sticky(connect(github), 7, RUN, patience).post(["one"]).state is State.CREATED


def test_jobs_that_write_at_once_leave_one_comment(fake: FakeForge, connect: Connect) -> None:
    start = threading.Barrier(4)
    outcomes: list[Outcome] = []

    def job(client: Client) -> None:
        start.wait()
        outcomes.append(Sticky(client, 7, RUN, hasty).post(["one", "two"]))

    hasty = Budget(60, sleep=lambda seconds: time.sleep(seconds / 20))
    clients = [connect(fake, budget=hasty) for _ in range(4)]
    threads = [threading.Thread(target=job, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 4
    assert texts(fake) == ["one", "two"]


def test_the_newer_run_repairs_what_an_older_one_writes_over_it(
    fake: FakeForge, connect: Connect, patience: Patience
) -> None:
    """The older run has looked and is held just before it writes; then a push comes."""
    writes = "PATCH" if fake.kind == "github" else "PUT"
    Sticky(connect(fake), 7, Run(KEY, HEAD, 9), patience).post(["first"])
    go = threading.Event()
    held = fake.go_wrong(writes, "comments|notes", until=go)
    older = threading.Thread(
        target=Sticky(connect(fake), 7, RUN, Patience()).post, args=(["older"],)
    )
    older.start()
    assert held.reached.wait(60)
    fake.pull.head = NEWER
    newer_client = connect(fake)
    newer = Sticky(newer_client, 7, Run(KEY, NEWER, 11), LetsGo(go, older))
    newer.post(["newer"])
    assert texts(fake) == ["newer"]


class LetsGo(Budget):
    """While the newer run waits before it looks again, the older one writes."""

    def __init__(self, go: threading.Event, older: threading.Thread) -> None:
        super().__init__(60, sleep=self._let_go)
        self._go = go
        self._older = older

    def _let_go(self, seconds: float) -> None:
        self._go.set()
        self._older.join(60)


def test_an_older_run_that_wrote_over_a_finished_newer_one_says_so(
    fake: FakeForge, connect: Connect, patience: Patience
) -> None:
    writes = "PATCH" if fake.kind == "github" else "PUT"
    Sticky(connect(fake), 7, Run(KEY, HEAD, 9), patience).post(["first"])
    go = threading.Event()
    held = fake.go_wrong(writes, "comments|notes", until=go)
    outcomes: list[Outcome] = []
    sticky = Sticky(connect(fake), 7, RUN, Patience())
    older = threading.Thread(target=lambda: outcomes.append(sticky.post(["older"])))
    older.start()
    assert held.reached.wait(60)
    fake.pull.head = NEWER
    Sticky(connect(fake), 7, Run(KEY, NEWER, 11), patience).post(["newer"])
    assert texts(fake) == ["newer"]
    go.set()
    older.join(60)
    assert outcomes[0].state is State.SUPERSEDED
    (text,) = texts(fake)
    assert "**Outdated** (it is about commit aaaaaaaaaaaa)" in text
    assert text.endswith("older")


def test_of_a_part_that_is_there_twice_the_oldest_stays(fake: FakeForge, sticky: Sticky) -> None:
    first = fake.state.say(7, fake.me, signed(RUN, 1, "first"))
    fake.state.say(7, fake.me, signed(RUN, 1, "second"))
    outcome = sticky.post(["second"])
    assert [comment.id for comment in fake.state.comments] == [first.id]
    assert texts(fake) == ["second"]
    assert (outcome.created, len(outcome.deleted)) == ([], 1)


def test_an_older_run_takes_back_what_it_wrote_beside_a_newer_one(
    fake: FakeForge, connect: Connect, patience: Patience
) -> None:
    go = threading.Event()
    held = fake.go_wrong("POST", "comments|notes", until=go)
    outcomes: list[Outcome] = []
    sticky = Sticky(connect(fake), 7, RUN, Patience())
    older = threading.Thread(target=lambda: outcomes.append(sticky.post(["older", "more"])))
    older.start()
    assert held.reached.wait(60)
    fake.pull.head = NEWER
    Sticky(connect(fake), 7, Run(KEY, NEWER, 11), patience).post(["newer"])
    go.set()
    older.join(60)
    assert texts(fake) == ["newer"]
    assert outcomes[0].state is State.SUPERSEDED
    assert sorted(outcomes[0].created) == sorted(outcomes[0].deleted)


def test_marking_as_outdated_keeps_what_is_said_and_happens_once(
    fake: FakeForge, client: Client, patience: Patience
) -> None:
    Sticky(client, 7, RUN, patience).post(["one", "two"])
    for _ in range(2):
        Sticky(client, 7, Run(KEY, HEAD, 11), patience).change(
            lambda found: mark(found, FAILED, alerts=client.shows_alerts)
        )
    first, second = texts(fake)
    assert first.count("**Outdated**") == 1
    assert first.endswith("\n\none")
    assert second == "two"
    assert first.startswith("> [!WARNING]") == (fake.kind == "github")
    Sticky(client, 7, Run(KEY, HEAD, 12), patience).post(["one", "two"])
    assert texts(fake) == ["one", "two"]


def test_where_there_is_no_comment_nothing_is_marked(fake: FakeForge, sticky: Sticky) -> None:
    outcome = sticky.change(lambda found: mark(found, FAILED, alerts=True))
    assert outcome.state is State.UNCHANGED
    assert fake.bodies() == []


PARTS = st.lists(st.text(alphabet="abc\n-<>!", max_size=8), min_size=1, max_size=5)


@given(before=PARTS, after=PARTS, twice=st.booleans())
def test_after_the_steps_there_is_nothing_left_to_do(
    before: list[str], after: list[str], twice: bool
) -> None:
    bodies = [signed(RUN, part, text) for part, text in enumerate(before, 1)]
    comments = dict(enumerate(bodies * 2 if twice else bodies))
    run = Run(KEY, NEWER, 11)

    def found() -> list[Message]:
        return [Message(number, "me", body) for number, body in comments.items()]

    for step in steps(ours(found(), "me", KEY), after, run):
        if isinstance(step, Create):
            comments[max(comments, default=0) + 1] = step.body
        elif isinstance(step, Update):
            comments[step.message] = step.body
        else:
            assert isinstance(step, Delete)
            del comments[step.message]
    again = ours(found(), "me", KEY)
    assert steps(again, after, run) == ()
    assert [one.text.strip() for one in sorted(again, key=lambda one: one.marker.part)] == [
        text.strip() for text in after
    ]
