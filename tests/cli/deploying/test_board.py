"""Where a run stands."""

from __future__ import annotations

from stackwright.engine.events import Operation, Phase, ResourceEvent, Status
from stackwright_cli.deploying.board import OWN, Board

STACK = "urn:pulumi:prod::acme-foundation"


def resource(
    name: str,
    status: Status,
    *,
    operation: Operation = Operation.CREATE,
    tool: str = "storage",
    custom: bool = True,
) -> ResourceEvent:
    return ResourceEvent(
        layer="foundation",
        urn=f"{STACK}::aws:s3/bucket:Bucket::{name}",
        type="aws:s3/bucket:Bucket",
        name=name,
        tool=tool,
        operation=operation,
        status=status,
        custom=custom,
    )


def board() -> Board:
    return Board({"storage": "storage", "online": "serving"}, clock=lambda: 100.0)


def test_a_resource_is_in_flight_until_it_is_done() -> None:
    shown = board()
    shown(Phase("foundation", "up", Status.STARTED))
    shown(resource("logs", Status.STARTED))
    (row,) = shown.working
    assert (row.mark, row.done, row.total) == ("•", 0, 1)
    assert list(row.in_flight.values()) == [("create logs", 100.0)]
    shown(resource("logs", Status.DONE))
    assert (row.mark, row.done, row.total, row.in_flight) == ("✓", 1, 1, {})


def test_how_much_there_is_to_do_is_known_from_the_preview() -> None:
    shown = board()
    shown(Phase("foundation", "preview", Status.STARTED))
    for name in ("logs", "models"):
        shown(resource(name, Status.STARTED))
        shown(resource(name, Status.DONE))
    shown(Phase("foundation", "preview", Status.DONE))
    shown(Phase("foundation", "up", Status.STARTED))
    (row,) = shown.working
    assert (row.mark, row.done, row.total) == (" ", 0, 2)


def test_what_stays_as_it_is_and_what_only_groups_others_is_not_counted() -> None:
    shown = board()
    shown(Phase("foundation", "up", Status.STARTED))
    shown(resource("logs", Status.STARTED, operation=Operation.SAME))
    shown(resource("storage", Status.STARTED, custom=False))
    assert shown.working == ()
    assert shown.resources == 2


def test_a_failure_marks_its_tool() -> None:
    shown = board()
    shown(Phase("foundation", "up", Status.STARTED))
    shown(resource("logs", Status.STARTED))
    shown(resource("logs", Status.FAILED))
    (row,) = shown.working
    assert (row.mark, row.done, row.failed) == ("✗", 0, 1)


def test_the_steps_of_a_replacement_are_one_thing_to_do() -> None:
    shown = board()
    shown(Phase("foundation", "preview", Status.STARTED))
    for _ in range(3):
        shown(resource("logs", Status.STARTED, operation=Operation.REPLACE))
        shown(resource("logs", Status.DONE, operation=Operation.REPLACE))
    (row,) = shown.working
    assert (row.done, row.total) == (1, 1)


def test_what_belongs_to_no_tool_has_a_row_of_its_own() -> None:
    shown = board()
    shown(Phase("foundation", "up", Status.STARTED))
    shown(resource("mine", Status.STARTED, tool=""))
    assert [(row.tool, row.capability) for row in shown.working] == [(OWN, "")]
