"""The verdict says the worst first, and refuses what nobody allowed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stackwright.diff.changes import Action, ResourceChange
from stackwright.diff.findings import (
    AccessChange,
    Allowance,
    Breakage,
    BrokenProject,
    DataLoss,
    Direction,
    Impact,
    ServiceImpact,
)
from stackwright.diff.model import EnvironmentDiff, Presence, Risk
from stackwright.diff.verdict import NOTHING, verdict

BUCKET = ResourceChange(
    urn="urn:pulumi:prod::acme::aws:s3/bucket:Bucket::data",
    type="aws:s3/bucket:Bucket",
    name="data",
    layer="foundation",
    tool="storage",
    capability="storage",
    custom=True,
    action=Action.UPDATE,
)
GROUP = replace(BUCKET, urn="urn:group", type="stackwright:index:S3", custom=False)
SAME = EnvironmentDiff("prod", Presence.BOTH, "aws", unchanged=3, changes=())
LOSS = DataLoss(BUCKET.urn, "foundation", "storage", Action.DELETE, "objects", (), (), ())
ALLOWED = Allowance("moved to another bucket", "2026-12-31", expired=False)
BROKEN = BrokenProject(
    "churn", "projects/churn.yaml", 6, "", "prod", "ObjectStore", "uri", Breakage.REMOVED, "gone"
)


def changed(*changes: ResourceChange) -> EnvironmentDiff:
    return replace(SAME, changes=changes)


def test_nothing_that_changes_is_no_risk() -> None:
    found = verdict([SAME], [])
    assert (found.worst, found.sentence, found.risks, found.refused) == (None, NOTHING, {}, False)


def test_an_update_is_routine_and_its_environment_is_named() -> None:
    found = verdict([SAME, replace(changed(BUCKET), environment="dev")], [])
    assert found.worst is Risk.ROUTINE
    assert found.sentence == "1 routine change in dev."


def test_every_risk_is_said_the_worst_first() -> None:
    environment = replace(
        changed(
            replace(BUCKET, action=Action.REPLACE),
            replace(BUCKET, urn="urn:other", uncertain=True),
        ),
        losses=(LOSS,),
        hazards=("The API refuses it.",),
        access=(
            AccessChange(
                BUCKET.urn, "foundation", "storage", "IAM policy", Direction.WIDER, "more"
            ),
            AccessChange(BUCKET.urn, "foundation", "storage", "role", Direction.NARROWER, "less"),
        ),
        services=(
            ServiceImpact("urn:x", "platform", "online", "serving", Impact.INTERRUPTION, "stops"),
            ServiceImpact("urn:y", "platform", "online", "serving", Impact.ROLLOUT, "rolls"),
        ),
    )
    found = verdict([environment], [BROKEN, replace(BROKEN, key="region")])
    assert list(found.risks) == list(Risk)[:-1]
    assert found.sentence == (
        "1 resource with data would be lost, 1 project would break, 1 hazard for the deployment, "
        "1 service would be interrupted, access gets wider in 1 place, 1 resource would be "
        "replaced, 1 change may replace its resource in prod. Refused as it stands."
    )


def test_a_risk_of_one_environment_is_not_said_of_all() -> None:
    dev = replace(changed(BUCKET), environment="dev")
    prod = replace(changed(BUCKET), losses=(LOSS,))
    assert verdict([dev, prod], [BROKEN, replace(BROKEN, environment="dev")]).sentence == (
        "1 resource with data would be lost in prod; 1 project would break in dev and prod; 1 "
        "other change in dev. Refused as it stands."
    )


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [(None, True), (ALLOWED, False), (replace(ALLOWED, expired=True), True)],
)
def test_a_loss_is_refused_until_it_is_allowed(allowed: Allowance | None, refused: bool) -> None:
    environment = replace(changed(BUCKET), losses=(replace(LOSS, allowed=allowed),))
    assert verdict([environment], []).refused is refused


def test_what_a_new_tool_may_do_does_not_count_as_wider_access() -> None:
    new = replace(BUCKET, action=Action.CREATE)
    grant = AccessChange(
        new.urn, "foundation", "storage", "IAM policy", Direction.WIDER, "may", new=True
    )
    assert verdict([replace(changed(new), access=(grant,))], []).worst is Risk.ROUTINE


def test_a_change_of_groups_alone_is_said_as_such() -> None:
    found = verdict([changed(GROUP)], [])
    assert found.worst is Risk.ROUTINE
    assert found.sentence == "Only what the programs export or group changes in prod."


def test_a_new_environment_is_a_change_even_when_it_is_empty() -> None:
    assert verdict([replace(SAME, presence=Presence.ADDED)], []).worst is Risk.ROUTINE


def test_a_project_that_breaks_in_two_environments_is_one_project_in_both() -> None:
    environments = [replace(changed(BUCKET), environment=name) for name in ("dev", "prod")]
    found = verdict(environments, [replace(BROKEN, environment=name) for name in ("dev", "prod")])
    assert found.risks[Risk.BROKEN_PROJECT] == 1
    assert found.sentence.startswith("1 project would break, 2 other changes in dev and prod.")


def test_many_environments_are_counted_and_not_named() -> None:
    names = [f"team{number}" for number in range(70)]
    found = verdict([replace(changed(BUCKET), environment=name) for name in names], [])
    assert found.sentence == "70 routine changes in 70 environments."


def test_a_service_that_stops_for_two_reasons_is_one_service() -> None:
    stops = ServiceImpact("urn:x", "platform", "online", "serving", Impact.INTERRUPTION, "stops")
    found = verdict([replace(SAME, services=(stops, replace(stops, sentence="restarts")))], [])
    assert found.risks == {Risk.INTERRUPTION: 1}


def test_what_has_a_risk_is_no_other_change_too() -> None:
    wider = AccessChange(BUCKET.urn, "foundation", "storage", "role", Direction.WIDER, "more")
    found = verdict([replace(changed(BUCKET), access=(wider,))], [])
    assert found.sentence == "Access gets wider in 1 place in prod."
    assert found.risks == {Risk.ACCESS: 1}
