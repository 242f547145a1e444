"""A tool that is laid out anew in place loses its data, and no resource shows it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.components.diff.two_sides import between, without

from stackwright.blueprint.reader import parse
from stackwright.diff.changes import Action
from stackwright.diff.findings import Allowance, DataLoss
from stackwright.diff.losses.cards import losses
from stackwright.diff.losses.ways import GENERAL
from stackwright.environment import check
from stackwright.plan.graph import Plan
from stackwright.plan.make import make_plan
from stackwright.report.diff.wording import ended

RELEASE = "kubernetes:helm.sh/v3:Release::storage-release"

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: existing-cluster}
cluster: {kind: existing, context: lab, uid: 5b2d8e1c-3f4a-4c6b-9d7e-8a1f2c3d4e5f}
secrets: {kind: external-secrets}
storage: {kind: seaweedfs, mode: MODE, memory: MEMORY}
"""


def plan(folder: Path, mode: str, memory: str = "2Gi") -> Plan:
    text = BLUEPRINT.replace("MODE", mode).replace("MEMORY", memory)
    (environment,) = check(parse(text, "blueprint.yaml")).values()
    return make_plan(environment, folder)


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Plan]:
    folder = tmp_path_factory.mktemp("platform")
    return plan(folder, "distributed"), plan(folder, "single", "4Gi")


def cards(
    base: Plan | None, head: Plan | None, allowed: Allowance | None = None
) -> tuple[DataLoss, ...]:
    named = {RELEASE: allowed} if allowed is not None else {}
    return losses(between(base, head), base, head, named)


def test_another_layout_loses_what_is_kept_although_the_release_is_updated(
    sides: tuple[Plan, Plan],
) -> None:
    (card,) = cards(*sides)
    assert (card.action, card.what, card.causes) == (Action.UPDATE, "objects", ("storage.mode",))
    assert card.refused
    assert not any(one.holds for one in card.protections)
    assert card.steps == (
        "To keep it, take back the change of storage.mode.",
        *GENERAL,
        "Once its data is safe, allow it: write under allow_replacement in the blueprint:"
        f' - {{resource: {RELEASE}, reason: WHY, expires: "YYYY-MM-DD"}}',
    )
    assert ended(card.action) == "emptied by an update"


def test_it_is_allowed_until_its_day(sides: tuple[Plan, Plan]) -> None:
    (card,) = cards(*sides, Allowance("all was copied", "2026-12-31", expired=False))
    assert not card.refused
    (card,) = cards(*sides, Allowance("all was copied", "2026-01-01", expired=True))
    assert card.refused
    assert "give its entry under allow_replacement a new day" in card.steps[-1]


def test_the_same_layout_loses_nothing(sides: tuple[Plan, Plan], tmp_path: Path) -> None:
    assert cards(sides[0], plan(tmp_path, "distributed", "4Gi")) == ()


def test_what_is_deleted_has_one_card_and_what_is_unknown_none(sides: tuple[Plan, Plan]) -> None:
    base, head = sides
    (card,) = cards(base, without(head, RELEASE))
    assert card.action is Action.DELETE
    older = replace(base, tools=tuple(replace(tool, fixed=()) for tool in base.tools))
    assert cards(older, head) == ()
    assert cards(None, head) == ()


def test_a_tool_that_moves_in_the_blueprint_keeps_what_it_has(sides: tuple[Plan, Plan]) -> None:
    base, head = sides
    moved = Plan.from_json(base.to_json().replace('"storage.mode"', '"storage.storage.mode"'))
    assert cards(moved, replace(head, tools=base.tools)) == ()
    (card,) = cards(moved, head)
    assert card.causes == ("storage.storage.mode",)
