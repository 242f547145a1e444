"""What the engine says is compared with what was found without it, resource by resource."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from stackwright.diff.changes import (
    Action,
    Effect,
    PropertyChange,
    PropertyKind,
    Replacement,
    ResourceChange,
)
from stackwright.diff.changes import Evidence as Sure
from stackwright.diff.changes import Order as Turn
from stackwright.diff.compare import compare
from stackwright.diff.model import EnvironmentDiff, Presence
from stackwright.diff.preview.compared import PreviewDifference, Previewed, previewed
from stackwright.diff.preview.reasons import Reason
from stackwright.diff.preview.stream import PreviewStream, read_preview
from stackwright.engine.events import Difference, Operation, ResourceEvent, Status
from stackwright.plan.graph import Layer, Plan, Resource
from stackwright.plan.make import plan_environment

HERE = Path(__file__).parent
STORE = HERE.parents[2] / "scenarios" / "bases" / "store.yaml"
URN = "urn:pulumi:prod::acme-foundation::aws:s3/bucket:Bucket::data"


def event(operation: Operation, *differences: Difference, urn: str = URN) -> ResourceEvent:
    return ResourceEvent(
        layer="foundation",
        urn=urn,
        type="aws:s3/bucket:Bucket",
        name="data",
        tool="storage",
        operation=operation,
        status=Status.DONE,
        differences=differences,
    )


def change(action: Action, *properties: PropertyChange) -> ResourceChange:
    forced = tuple(one.path for one in properties if one.effect is Effect.REPLACES)
    return ResourceChange(
        urn=URN,
        type="aws:s3/bucket:Bucket",
        name="data",
        layer="foundation",
        tool="storage",
        capability="storage",
        custom=True,
        action=action,
        properties=properties,
        replacement=Replacement(forced, Sure.MEASURED, Turn.DELETE_FIRST, "") if forced else None,
    )


def tag(effect: Effect = Effect.IN_PLACE) -> PropertyChange:
    return PropertyChange("tags.team", PropertyKind.UPDATE, "a", "b", effect)


def diff(*changes: ResourceChange) -> EnvironmentDiff:
    return EnvironmentDiff("prod", Presence.BOTH, "aws", 3, changes)


def stream(*events: ResourceEvent, whole: bool = True) -> PreviewStream:
    layers = ("foundation",)
    return PreviewStream("prod", events, layers if whole else (), () if whole else layers)


def only(found: Previewed) -> PreviewDifference:
    (one,) = found.differences
    return one


@pytest.mark.parametrize(
    ("action", "operation"),
    [
        (Action.CREATE, Operation.CREATE),
        (Action.UPDATE, Operation.UPDATE),
        (Action.REPLACE, Operation.REPLACE),
        (Action.DELETE, Operation.DELETE),
        (Action.FORGET, Operation.DELETE),
        (Action.RENAME, Operation.SAME),
        (Action.MOVE, Operation.SAME),
        (Action.IMPORT, Operation.IMPORT),
    ],
)
def test_where_both_say_the_same_nothing_is_told(action: Action, operation: Operation) -> None:
    found = previewed(diff(change(action, tag())), stream(event(operation)))
    assert (found.differences, found.compared) == ((), 1)


def test_what_stays_on_both_sides_is_counted_and_not_told() -> None:
    found = previewed(diff(), stream(event(Operation.SAME)))
    assert (found.differences, found.compared, found.counts) == ((), 1, {})


def test_what_the_engine_alone_replaces_is_a_rule_that_is_now_measured() -> None:
    asked = event(Operation.REPLACE, Difference("tags", "update", replaces=True))
    found = only(previewed(diff(change(Action.UPDATE, tag())), stream(asked)))
    assert (found.reason, found.ours, found.engine) == (Reason.RULE, "update", "replace")
    assert found.properties == ("tags",)
    assert found.sentence == "The engine replaces it for tags; we said that it does not."
    unsure = replace(change(Action.UPDATE, tag(Effect.UNKNOWN)), uncertain=True)
    assert "nobody had measured that" in only(previewed(diff(unsure), stream(asked))).sentence


def test_what_the_engine_alone_updates_is_a_rule_that_is_wrong() -> None:
    asked = event(Operation.UPDATE, Difference("tags", "update"))
    found = only(previewed(diff(change(Action.REPLACE, tag(Effect.REPLACES))), stream(asked)))
    assert (found.reason, found.engine) == (Reason.RULE, "update")


def test_a_replacement_for_what_is_equal_on_both_sides_is_no_rule() -> None:
    asked = event(Operation.REPLACE, Difference("bucket", "update", replaces=True))
    found = only(previewed(diff(change(Action.UPDATE, tag())), stream(asked)))
    assert found.reason is Reason.CONFIGURATION


def test_what_a_refresh_finds_different_is_drift() -> None:
    read = event(Operation.REFRESH, Difference("versioning", "update"))
    program = event(Operation.UPDATE, Difference("versioning", "update"))
    found = previewed(diff(), stream(read, program))
    assert (only(found).reason, only(found).properties) == (Reason.DRIFT, ("versioning",))
    assert found.refreshed
    stays = only(previewed(diff(), stream(read, event(Operation.SAME))))
    assert stays.sentence == ("It was changed by other means (versioning). The change would stay.")


def test_what_a_refresh_finds_gone_is_drift() -> None:
    found = only(previewed(diff(), stream(event(Operation.REFRESH), event(Operation.CREATE))))
    assert (found.reason, found.ours, found.engine) == (Reason.DRIFT, "unchanged", "create")


@pytest.mark.parametrize(
    ("ours", "engine"),
    [
        (None, Operation.CREATE),
        (None, Operation.DELETE),
        (Action.UPDATE, Operation.CREATE),
        (Action.DELETE, None),
        (Action.CREATE, Operation.SAME),
        (Action.CREATE, Operation.UPDATE),
        (Action.UPDATE, Operation.SAME),
    ],
)
def test_a_state_that_is_not_what_the_base_says_is_told(
    ours: Action | None, engine: Operation | None
) -> None:
    changes = (change(ours, tag()),) if ours else ()
    events = (event(engine),) if engine else ()
    assert only(previewed(diff(*changes), stream(*events))).reason is Reason.STATE


def test_an_update_of_what_is_equal_is_configuration_unless_the_plan_knows_the_value() -> None:
    asked = stream(event(Operation.UPDATE, Difference("tags.team", "update")))
    assert only(previewed(diff(), asked)).reason is Reason.CONFIGURATION
    for value, reason in (("b", Reason.STATE), ("${output:urn:x#arn}", Reason.CONFIGURATION)):
        inputs = {"tags": {"team": value}}
        resource = Resource(URN, "aws:s3/bucket:Bucket", "data", True, inputs)
        plan = Plan("acme", "prod", "aws", (Layer("foundation", "acme", "prod", (resource,)),))
        assert only(previewed(diff(), asked, plan)).reason is reason


def test_what_the_engine_ignores_is_no_difference() -> None:
    quiet = change(Action.UPDATE, tag(Effect.NONE))
    assert previewed(diff(quiet), stream(event(Operation.SAME))).differences == ()


def test_of_a_preview_that_failed_only_what_it_named_is_compared() -> None:
    found = previewed(diff(change(Action.DELETE)), stream(whole=False))
    assert (found.differences, found.compared, found.partial) == ((), 0, ("foundation",))


def test_a_layer_that_the_engine_was_not_asked_about_is_named() -> None:
    other = replace(change(Action.CREATE), layer="platform")
    found = previewed(diff(other), stream(event(Operation.SAME)))
    assert (found.differences, found.missing) == ((), ("platform",))


def test_the_preview_of_another_environment_is_refused() -> None:
    with pytest.raises(ValueError, match="a preview of prod, not of dev"):
        previewed(replace(diff(), environment="dev"), stream())


def test_the_answer_is_json_with_a_version() -> None:
    asked = event(Operation.REPLACE, Difference("tags", "update", replaces=True))
    answer = json.loads(previewed(diff(change(Action.UPDATE, tag())), stream(asked)).to_json())
    assert answer["schema"] == "stackwright.previewed/v1"
    assert answer["differences"][0]["reason"] == "rule"
    assert answer["counts"] == {"replace": 1}


def test_of_a_recorded_preview_only_drift_is_told(tmp_path: Path) -> None:
    """Recorded with the real engine: a repository is added, and two things were changed by hand."""
    text = STORE.read_text(encoding="utf-8")
    sides = []
    for name, side in (
        ("base", text),
        ("head", text.replace("    - services\n", "    - services\n    - evaluation\n")),
    ):
        blueprint = tmp_path / name / "blueprint.yaml"
        blueprint.parent.mkdir()
        blueprint.write_text(side, encoding="utf-8")
        sides.append(plan_environment(blueprint, "prod"))
    recorded = (HERE / "recorded" / "preview-refresh.jsonl").read_bytes()
    found = previewed(
        compare(sides[0], sides[1]), read_preview(recorded, "preview.jsonl"), sides[1]
    )
    told = {(one.urn.split("::")[-1], one.reason, one.engine) for one in found.differences}
    assert told == {
        ("storage-data-versioning", Reason.DRIFT, "update"),
        ("registry-models-lifecycle", Reason.DRIFT, "create"),
    }
    assert found.counts == {"create": 3, "update": 1}
