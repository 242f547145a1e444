from __future__ import annotations

from dataclasses import replace

import pytest
from tests.components.report.diff.diffs import (
    DEPLOYMENT,
    NODE_GROUP,
    cause,
    change,
    database,
    diff,
    environment,
    grave,
    loss,
    updated,
    urn,
)

from stackwright.diff.changes import Action, Chain, Effect, Evidence, Order, Replacement
from stackwright.diff.findings import AccessChange, Allowance, Breakage, BrokenProject, Direction
from stackwright.diff.model import Risk
from stackwright.report.diff.remarks import LAST_LINE, LONGEST_MESSAGE, Level, remarks


def test_every_finding_has_one_remark_and_the_worst_is_first() -> None:
    assert [one.risk for one in remarks(grave())] == [
        Risk.DATA_LOSS,
        Risk.BROKEN_PROJECT,
        Risk.INTERRUPTION,
        Risk.ACCESS,
        Risk.UNCERTAIN,
    ]


def test_a_loss_is_at_the_line_of_the_blueprint_that_caused_it() -> None:
    first = remarks(grave())[0]
    assert (first.file, first.line, first.level) == ("blueprint.yaml", 31, Level.ERROR)
    assert first.title == "Data loss: RDS database database-server in prod"
    assert first.message.startswith(
        "RDS database database-server would be replaced by an empty one. Lost: database. "
        "engine: postgres -> mysql. Kept by: protect and backups. The safe way: Take a snapshot"
    )


def test_a_loss_that_the_blueprint_allows_is_a_warning() -> None:
    allowed = loss("prod", Allowance("moved by hand", "2030-01-31", False))
    made = replace(environment("prod", database("prod")), losses=(allowed,))
    assert remarks(diff(made))[0].level is Level.WARNING


def test_the_same_finding_of_two_environments_is_one_remark_as_grave_as_the_graver() -> None:
    allowed = loss("dev", Allowance("moved by hand", "2030-01-31", False))
    dev = replace(environment("dev", database("dev")), losses=(allowed,))
    prod = replace(environment("prod", database("prod")), losses=(loss("prod"),))
    (only,) = remarks(diff(dev, prod))
    assert only.environments == ("dev", "prod")
    assert only.level is Level.ERROR
    assert only.title.endswith("in dev and prod")


def test_a_broken_project_is_at_its_own_line() -> None:
    second = remarks(grave())[1]
    assert (second.file, second.line, second.level) == ("projects/churn.yaml", 7, Level.ERROR)


def test_only_the_root_of_a_chain_has_a_remark() -> None:
    forced = Replacement(("instanceTypes",), Evidence.MEASURED, Order.CREATE_FIRST, "")
    root = replace(
        change(NODE_GROUP, "gpu", Action.REPLACE, updated("instanceTypes", "a", "b")),
        replacement=forced,
    )
    link = replace(
        change(DEPLOYMENT, "api", Action.REPLACE),
        replacement=replace(forced, because_of=root.urn),
    )
    made = replace(
        environment("prod", root, link), chains=(Chain(root.urn, ("instanceTypes",), (link.urn,)),)
    )
    (only,) = remarks(diff(made))
    assert only.message == (
        "EKS node group gpu would be replaced. instanceTypes: a -> b. 1 resource replaced with it."
    )


def test_what_nobody_measured_is_a_note() -> None:
    unknown = updated("mode", "a", "b", Effect.UNKNOWN, Evidence.NONE)
    made = replace(change(DEPLOYMENT, "api", Action.UPDATE, unknown), uncertain=True)
    (only,) = remarks(diff(environment("prod", made)))
    assert (only.risk, only.level) == (Risk.UNCERTAIN, Level.NOTE)


@pytest.mark.parametrize(
    ("direction", "level"),
    [(Direction.WIDER, Level.WARNING), (Direction.UNCLEAR, Level.NOTE), (Direction.NARROWER, None)],
)
def test_wider_access_is_a_warning_and_narrower_none(
    direction: Direction, level: Level | None
) -> None:
    made = change(DEPLOYMENT, "api")
    access = AccessChange(made.urn, "platform", "tracking", "role", direction, "It may read.")
    found = remarks(diff(replace(environment("prod", made), access=(access,))))
    assert [one.level for one in found] == ([level] if level else [])


def test_access_of_what_is_new_comes_with_it_and_has_no_remark() -> None:
    made = change(DEPLOYMENT, "api", Action.CREATE)
    access = AccessChange(made.urn, "platform", "tracking", "role", Direction.WIDER, "It may.")
    access = replace(access, new=True)
    assert remarks(diff(replace(environment("prod", made), access=(access,)))) == ()


def test_a_finding_that_no_line_caused_is_at_the_first_line_of_the_blueprint() -> None:
    made = replace(environment("prod", database("prod")), losses=(loss("prod"),))
    (only,) = remarks(diff(made))
    assert (only.file, only.line) == ("blueprint.yaml", 1)
    other = cause("network.cidr", 1, 2, "network", 9, "dev")
    (only,) = remarks(diff(made, causes=[replace(other, file="platform/blueprint.yaml")]))
    assert (only.file, only.line) == ("platform/blueprint.yaml", 1)


@pytest.mark.parametrize(
    "file",
    [
        "/etc/passwd",
        "../../x",
        "a/../../x",
        "C:\\x",
        "https://evil.example/x",
        "a\nb",
        "\\\\h\\x",
        "",
    ],
)
def test_a_path_of_a_stranger_that_leaves_the_repository_is_not_used(file: str) -> None:
    broken = BrokenProject("p", file, -3, "r", "prod", "c", "k", Breakage.REMOVED, "It is gone.")
    (only,) = remarks(diff(environment("prod"), projects=[broken]))
    assert (only.file, only.line) == ("blueprint.yaml", 1)


@pytest.mark.parametrize(("line", "shown"), [(-1, 1), (0, 1), (7, 7), (10**30, LAST_LINE)])
def test_a_line_of_a_stranger_is_one_that_a_forge_takes(line: int, shown: int) -> None:
    found = grave()
    lied = replace(found, causes=tuple(replace(one, line=line) for one in found.causes))
    assert {one.line for one in remarks(lied) if one.file == "blueprint.yaml"} == {shown}


def test_long_texts_of_a_stranger_are_cut() -> None:
    broken = BrokenProject(
        "p" * 9_000, "x.yaml", 1, "r", "prod", "c", "k", Breakage.REMOVED, "\u202e" * 9_000
    )
    (only,) = remarks(diff(environment("prod"), projects=[broken]))
    assert len(only.title) < 255
    assert len(only.message) < LONGEST_MESSAGE + 50
    assert "\u202e" not in only.message


def test_a_routine_change_has_no_remark() -> None:
    made = change(DEPLOYMENT, "api", Action.UPDATE, updated("spec.replicas", 1, 2))
    assert remarks(diff(environment("prod", made))) == ()


def test_no_remark_shows_a_secret() -> None:
    origin = f"{urn(DEPLOYMENT, 'x')}#password"
    secret = updated("mode", {"$secret": [origin]}, {"$secret": []}, Effect.UNKNOWN)
    made = replace(change(DEPLOYMENT, "api", Action.UPDATE, secret), uncertain=True)
    (only,) = remarks(diff(environment("prod", made)))
    assert "mode: secret made from output password of x -> secret." in only.message
