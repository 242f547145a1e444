"""Whatever takes something with it has a card: what is lost, what keeps it, and the safe way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest
from tests.components.diff.two_sides import (
    Program,
    between,
    example,
    planned,
    with_inputs,
    with_options,
    without,
)

from stackwright.blueprint.reader import parse
from stackwright.data.stateful import losses as what_is_lost
from stackwright.diff.changes import Action
from stackwright.diff.findings import Allowance, DataLoss
from stackwright.diff.losses.cards import losses
from stackwright.diff.losses.ways import GENERAL, WAYS
from stackwright.engine.changes import Change
from stackwright.engine.events import Operation, Status
from stackwright.engine.guard import losses_of
from stackwright.environment import check
from stackwright.plan.graph import JsonValue, Layer, Plan, Resource, ResourceOptions
from stackwright.plan.make import make_plan

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
"""

STORE = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: existing-cluster}
cluster: {kind: existing, context: lab, uid: 5b2d8e1c-3f4a-4c6b-9d7e-8a1f2c3d4e5f}
secrets: {kind: external-secrets}
storage: {kind: seaweedfs, mode: MODE}
"""

BUCKET = "aws:s3/bucket:Bucket::data"
DATABASE = "aws:rds/instance:Instance::database"
ALLOWED = Allowance("all of it was copied", "2026-11-21", expired=False)


def bucket(name: str = "data", **options: object) -> Program:
    return lambda: aws.s3.Bucket(
        name,
        bucket="acme",
        opts=pulumi.ResourceOptions(protect=True, **options),  # type: ignore[arg-type]
    )


def store(folder: Path, mode: str) -> Plan:
    """Return the plan of a store in a cluster, in a mode."""
    (environment,) = check(parse(STORE.replace("MODE", mode), "blueprint.yaml")).values()
    return make_plan(environment, folder)


def nothing() -> None:
    """Make nothing."""


def cards(
    base: Plan | None, head: Plan | None, allowances: Mapping[str, Allowance] | None = None
) -> tuple[DataLoss, ...]:
    return losses(between(base, head), base, head, allowances or {})


@pytest.fixture(scope="module")
def production() -> Plan:
    return example("aws-production", "prod")


def test_what_is_deleted_has_a_card_with_the_line_that_allows_it() -> None:
    (card,) = cards(planned(bucket()), planned(nothing))
    assert (card.action, card.what, card.causes) == (Action.DELETE, "objects", ())
    assert (card.allowed, card.refused) == (None, True)
    assert card.steps == (
        "To keep it, leave it in the blueprint and the program.",
        *WAYS["aws:s3/bucket:Bucket"],
        "Once its data is safe, allow it: write under allow_replacement in the blueprint:"
        f' - {{resource: {BUCKET}, reason: WHY, expires: "YYYY-MM-DD"}}',
    )


def test_what_is_replaced_says_what_forces_it(production: Plan) -> None:
    (card,) = cards(production, with_inputs(production, DATABASE, engine="mysql"))
    assert (card.action, card.what, card.causes) == (Action.REPLACE, "database", ("engine",))
    assert card.tool == "database"
    assert card.steps[0] == "To keep it, take back the change of engine."
    assert [(one.name, one.holds) for one in card.protections] == [
        ("protect", True),
        ("deletion protection", True),
        ("final snapshot", True),
        ("backups", True),
    ]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("distributed", "single", "replacementTrigger from distributed to single"),
        ({"$secret": ["a"]}, {"$secret": ["b"]}, "replacementTrigger"),
    ],
)
def test_what_the_program_replaces_says_from_which_value_to_which(
    production: Plan, before: JsonValue, after: JsonValue, told: str
) -> None:
    base, head = (
        with_options(
            production, DATABASE, ResourceOptions(protect=True, replacement_trigger=trigger)
        )
        for trigger in (before, after)
    )
    (card,) = cards(base, head)
    assert (card.action, card.causes) == (Action.REPLACE, ("replacementTrigger",))
    assert card.steps[0] == f"To keep it, take back the change of {told}."


def test_a_store_in_the_cluster_is_copied_out_and_its_old_volumes_stay_behind(
    tmp_path: Path,
) -> None:
    distributed, single = (store(tmp_path, mode) for mode in ("distributed", "single"))
    (card,) = cards(distributed, single)
    assert card.urn.endswith("kubernetes:helm.sh/v3:Release::storage-release")
    assert card.action is Action.REPLACE
    assert card.steps[1:-1] == WAYS["kubernetes:helm.sh/v3:Release"]
    assert [(one.name, one.holds) for one in card.protections] == [("protect", True)]
    assert cards(distributed, store(tmp_path, "distributed, volume_servers: 5")) == ()


def test_what_another_replacement_forces_says_which(production: Plan) -> None:
    role = "aws:iam/role:Role::cluster-role"
    found = cards(production, with_inputs(production, role, path="/other/"))
    assert found[0].what == what_is_lost()["aws:eks/cluster:Cluster"]
    assert found[0].steps[0] == f"To keep it, take back what changes {role}."
    assert found[0].steps[1].startswith("Add a second environment to the blueprint")
    assert len(found) > 10


def test_what_is_taken_along_is_held_by_the_state_whatever_the_program_says(
    production: Plan,
) -> None:
    # The engine said so: it deletes the cluster before the role that the cluster is made from.
    head = with_inputs(production, "aws:iam/role:Role::cluster-role", path="/other/")
    head = with_options(head, "aws:eks/cluster:Cluster::cluster", ResourceOptions(protect=False))
    allowed = {"aws:eks/cluster:Cluster::cluster": ALLOWED}
    card = cards(production, head, allowed)[0]
    assert (card.protections[0].name, card.protections[0].holds) == ("protect", True)
    assert card.steps[-1] == (
        "Deploy that entry under allow_replacement by itself, before this change: what is replaced"
        " with something that it is made from is held by its state."
    )


def test_what_the_blueprint_allows_is_not_refused_until_its_last_day_is_over() -> None:
    base, head = planned(bucket()), planned(nothing)
    (card,) = cards(base, head, {BUCKET: ALLOWED})
    assert (card.allowed, card.refused) == (ALLOWED, False)
    assert not any("allow_replacement" in step for step in card.steps)
    (card,) = cards(base, head, {BUCKET: replace(ALLOWED, expired=True)})
    assert card.refused
    assert card.steps[-1] == (
        "Once its data is safe, give its entry under allow_replacement a new day: it was allowed"
        " until 2026-11-21."
    )


def test_an_allowance_is_for_the_resource_that_it_names() -> None:
    (card,) = cards(planned(bucket()), planned(nothing), {f"{BUCKET}-other": ALLOWED})
    assert card.refused


def test_a_rename_without_an_alias_begins_with_the_alias() -> None:
    (card,) = cards(planned(bucket()), planned(bucket("renamed")))
    old = "urn:pulumi:dev::acme::aws:s3/bucket:Bucket::data"
    assert card.urn == old
    assert card.steps[0] == (
        "If it was only renamed or moved, give aws:s3/bucket:Bucket::renamed the alias"
        f" {old} in the program: then it stays."
    )


def test_a_rename_with_an_alias_loses_nothing() -> None:
    head = planned(bucket("renamed", aliases=[pulumi.Alias(name="data")]))
    assert cards(planned(bucket()), head) == ()


def test_what_stays_when_it_leaves_the_program_is_no_loss() -> None:
    assert cards(planned(bucket(retain_on_delete=True)), planned(nothing)) == ()


def test_what_stays_when_it_is_replaced_is_no_loss() -> None:
    base = planned(bucket(retain_on_delete=True))
    assert cards(base, with_inputs(base, BUCKET, bucket="other")) == ()


def test_what_only_the_program_protects_has_a_card_too(production: Plan) -> None:
    key = "aws:iam/role:Role::network-flow-log-role"
    base = with_options(production, key, ResourceOptions(protect=True))
    (card,) = [one for one in cards(base, without(production, key)) if one.urn.endswith("log-role")]
    assert card.what == ""
    assert card.steps[1:3] == GENERAL


@pytest.mark.parametrize(
    ("before", "after", "holds", "note"),
    [
        (True, True, True, "Pulumi refuses to replace it as long as it is protected."),
        (True, False, False, "The later program lifts the protection of Pulumi."),
        (False, True, False, "Pulumi does not protect it and would replace it."),
    ],
)
def test_the_engine_holds_what_is_protected_on_both_sides(
    before: bool, after: bool, holds: bool, note: str
) -> None:
    base = with_options(planned(bucket()), BUCKET, ResourceOptions(protect=before))
    head = with_inputs(base, BUCKET, bucket="other")
    head = with_options(head, BUCKET, ResourceOptions(protect=after))
    (card,) = cards(base, head)
    assert (card.protections[0].holds, card.protections[0].note) == (holds, note)


def test_a_new_environment_loses_nothing(production: Plan) -> None:
    assert cards(None, production) == ()


def test_an_environment_that_goes_loses_all_that_holds_data(production: Plan) -> None:
    found = cards(production, None)
    assert {card.action for card in found} == {Action.DELETE}
    assert {"database", "objects", "container images"} <= {card.what for card in found}
    assert all(card.protections and card.steps for card in found)


@pytest.mark.parametrize("allowed", [None, ALLOWED, replace(ALLOWED, expired=True)])
@pytest.mark.parametrize("retained", [True, False])
@pytest.mark.parametrize("protected", [True, False])
@pytest.mark.parametrize("type_", ["aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy"])
def test_a_diff_refuses_what_up_refuses(
    type_: str, protected: bool, retained: bool, allowed: Allowance | None
) -> None:
    options = ResourceOptions(protect=protected, retain_on_delete=retained)
    urn = f"urn:pulumi:dev::acme::{type_}::data"
    gone = Resource(urn, type_, "data", True, {}, options=options)
    base = Plan("acme", "dev", "aws", (Layer("foundation", "acme", "dev", (gone,)),))
    allowances = {f"{type_}::data": allowed} if allowed else {}
    refused = [card.urn for card in cards(base, None, allowances) if card.refused]

    change = Change(
        layer="foundation",
        urn=urn,
        type=type_,
        name="data",
        tool="",
        operation=Operation.DELETE,
        status=Status.STARTED,
        protected=protected,
        retained=retained,
    )
    day = date(2026, 11, 22) if allowed and allowed.expired else date(2026, 11, 21)
    entry = f'{{resource: "{type_}::data", reason: it is, expires: "2026-11-21"}}'
    text = BLUEPRINT + (f"allow_replacement: [{entry}]\n" if allowed else "")
    environment = check(parse(text, "blueprint.yaml"))["default"]
    held = [loss.change.urn for loss in losses_of(environment, [change], day) if not loss.allowed]
    assert refused == held


def test_every_way_is_one_of_a_type_that_loses_something() -> None:
    assert WAYS.keys() <= what_is_lost().keys()
    for steps in (*WAYS.values(), GENERAL):
        assert all(step.endswith(".") and step[0].isupper() for step in steps)
