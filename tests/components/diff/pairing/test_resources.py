from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackwright.diff.changes import Action, PropertyKind, ResourceChange
from stackwright.diff.pairing.pairs import pair
from stackwright.diff.pairing.resources import changes
from stackwright.plan.graph import Layer, Plan, Resource, ResourceOptions, Tool
from stackwright.plan.make import plan_environment
from stackwright.plan.recorder import record

BLUEPRINT = """
apiVersion: stackwright/v1
requires: ">=0.1,<0.2"
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "123456789012"}
profile: development
network: {kind: vpc, cidr: 10.20.0.0/16, zones: [eu-west-1a, eu-west-1b]}
cluster:
  kind: eks
  version: "1.35"
  access: {endpoint: private, via: vpn}
  administrators: [arn:aws:iam::123456789012:role/admin]
  node_pools:
    general: {instance_types: [m7i.xlarge], min_size: 1, max_size: 3}
tracking: {kind: mlflow, replicas: 1}
environments:
  dev: {}
"""


def planned(program: Callable[[], object]) -> Plan:
    layer = record(
        program, layer="foundation", project="acme", stack="dev", root_directory=".", foreign={}
    )
    return Plan("acme", "dev", "aws", (layer,))


def between(base: Plan | None, head: Plan | None) -> tuple[ResourceChange, ...]:
    return changes(pair(base, head), base, head)


def actions(base: Plan | None, head: Plan | None) -> list[tuple[str, str]]:
    return [(change.action.value, change.name) for change in between(base, head)]


def bucket(name: str = "data", **options: object) -> Callable[[], object]:
    return lambda: aws.s3.Bucket(
        name,
        bucket="acme",
        opts=pulumi.ResourceOptions(**options),  # type: ignore[arg-type]
    )


def _shuffled(value: Any, chance: random.Random, key: str = "") -> Any:
    """Return a value in another order, where the order means nothing."""
    if isinstance(value, dict):
        items = chance.sample(list(value.items()), len(value))
        return {name: _shuffled(one, chance, name) for name, one in items}
    if isinstance(value, list):
        found = [_shuffled(one, chance) for one in value]
        named = {one["name"] for one in value if isinstance(one, dict) and "name" in one}
        keyed = len(named) == len(value) and key != "initContainers"
        return chance.sample(found, len(found)) if keyed or key == "subnetIds" else found
    if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
        return json.dumps(_shuffled(json.loads(value), chance)) if '"' in value else value
    return value


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Plan]:
    @cache
    def make(*replaced: tuple[str, str]) -> Plan:
        text = BLUEPRINT
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new)
        file = tmp_path_factory.mktemp("plan") / "blueprint.yaml"
        file.write_text(text, encoding="utf-8")
        return plan_environment(Path(file), "dev")

    return make


def test_a_blueprint_planned_twice_changes_nothing(made: Callable[..., Plan]) -> None:
    again = made(("replicas: 1}", "replicas: 1} # the same"))
    assert between(made(), again) == ()
    assert between(made(), Plan.from_json(again.to_json())) == ()


@settings(max_examples=5)
@given(st.randoms(use_true_random=True))
def test_another_order_of_keys_and_keyed_lists_of_a_plan_changes_nothing(
    made: Callable[..., Plan], chance: random.Random
) -> None:
    plan = made()
    layers = tuple(
        replace(
            layer,
            resources=tuple(
                replace(one, inputs=_shuffled(one.inputs, chance)) for one in layer.resources
            ),
        )
        for layer in plan.layers
    )
    found = between(plan, replace(plan, layers=layers))
    assert [prop.noise for one in found for prop in one.properties if not prop.noise] == []


def test_what_is_told_is_plain_data(made: Callable[..., Plan]) -> None:
    found = between(made(), made(("general:", "common:"), ("replicas: 1", "replicas: 2")))
    for change in (*found, *between(None, made()), *between(made(), None)):
        for one in (*change.properties, *change.options):
            assert json.loads(json.dumps([one.before, one.after])) == [one.before, one.after]


def test_a_key_of_the_blueprint_changes_what_it_says_and_nothing_else(
    made: Callable[..., Plan],
) -> None:
    found = between(made(), made(("replicas: 1", "replicas: 2"), ("max_size: 3", "max_size: 9")))
    told = [
        (one.tool, one.capability, one.layer, one.name, prop.path, prop.before, prop.after)
        for one in found
        for prop in one.properties
    ]
    pool = ("cluster", "cluster", "foundation", "cluster-pool-general")
    server = ("tracking", "tracking", "platform", "tracking")
    assert (*pool, "scalingConfig.maxSize", 3, 9) in told
    assert (*server, "spec.replicas", 1, 2) in told
    assert {one.action for one in found} <= {Action.UPDATE, Action.CREATE}


def test_all_is_made_in_order_and_deleted_in_the_opposite_order(
    made: Callable[..., Plan],
) -> None:
    plan = made()
    created, deleted = between(None, plan), between(plan, None)
    order = [one.urn for _, one in plan.resources() if one.type != "pulumi:pulumi:Stack"]
    assert [change.urn for change in created] == order
    assert [change.urn for change in deleted] == order[::-1]
    assert {prop.kind for change in deleted for prop in change.properties} == {PropertyKind.DELETE}


def test_what_leaves_comes_after_what_comes(made: Callable[..., Plan]) -> None:
    found = [one.action for one in between(made(), made(("general:", "common:")))]
    assert Action.CREATE in found
    assert Action.DELETE in found
    assert found == sorted(found, key=lambda action: action is Action.DELETE)


def test_a_resource_is_made_deleted_imported_and_forgotten() -> None:
    empty, plain = planned(lambda: None), planned(bucket())
    assert actions(empty, plain) == [("create", "data")]
    assert actions(plain, empty) == [("delete", "data")]
    assert actions(empty, planned(bucket(import_="acme"))) == [("import", "data")]
    assert actions(planned(bucket(retain_on_delete=True)), empty) == [("forget", "data")]
    assert actions(plain, planned(bucket(import_="acme"))) == []


def test_another_stack_is_read_and_never_made_or_deleted() -> None:
    empty = planned(lambda: None)
    other = planned(lambda: pulumi.StackReference("organization/acme/dev"))
    assert actions(empty, other) == [("read", "organization/acme/dev")]
    assert actions(other, empty) == [("forget", "organization/acme/dev")]


def test_an_alias_renames_or_moves_and_other_changes_make_it_an_update() -> None:
    plain = planned(bucket())
    (renamed,) = between(plain, planned(bucket("lake", aliases=[pulumi.Alias(name="data")])))
    assert (renamed.action, renamed.properties, renamed.options) == (Action.RENAME, (), ())
    assert renamed.before_urn.endswith("::data")
    assert renamed.urn.endswith("::lake")

    def inside() -> None:
        parent = pulumi.ComponentResource("acme:index:Storage", "files")
        own = pulumi.ResourceOptions(parent=parent, aliases=[pulumi.Alias(parent=None)])
        aws.s3.Bucket("data", bucket="acme", opts=own)

    component, moved = between(plain, planned(inside))
    assert (component.action, component.custom) == (Action.CREATE, False)
    assert (moved.action, moved.options) == (Action.MOVE, ())
    held = bucket("lake", aliases=[pulumi.Alias(name="data")], protect=True)
    (updated,) = between(plain, planned(held))
    assert (updated.action, bool(updated.before_urn)) == (Action.UPDATE, True)


def test_another_parent_of_the_same_type_is_a_move_even_without_another_urn() -> None:
    def program(name: str) -> Plan:
        def run() -> None:
            parent = pulumi.ComponentResource("acme:index:Storage", name)
            aws.s3.Bucket("data", bucket="acme", opts=pulumi.ResourceOptions(parent=parent))

        return planned(run)

    found = between(program("files"), program("lake"))
    assert [(one.action, one.name) for one in found] == [
        (Action.CREATE, "lake"),
        (Action.MOVE, "data"),
        (Action.DELETE, "files"),
    ]
    assert [option.path for option in found[1].options] == ["parent"]


def test_a_twin_names_the_other_and_the_alias_stands_where_it_is_needed() -> None:
    def storage(name: str) -> Plan:
        def program() -> None:
            top = pulumi.ComponentResource("acme:index:Storage", name)
            own = pulumi.ResourceOptions(parent=top)
            aws.s3.Bucket(f"{name}-data", bucket=f"acme-{name}", opts=own)
            aws.s3.Bucket("plain" if name == "files" else "simple", bucket="acme-log", opts=own)

        return planned(program)

    found = between(storage("files"), storage("lake"))
    by_name = {one.name: one for one in found}
    for old, new in (("files", "lake"), ("files-data", "lake-data"), ("plain", "simple")):
        assert by_name[new].twin == by_name[old].urn
        assert by_name[old].twin == by_name[new].urn
    assert by_name["lake"].alias == by_name["files"].alias == by_name["files"].urn
    assert by_name["lake-data"].alias == by_name["files-data"].alias == ""
    assert by_name["simple"].alias == by_name["plain"].urn


def test_no_alias_is_proposed_between_two_stacks() -> None:
    plan = planned(bucket())
    (layer,) = plan.layers
    moved = tuple(
        replace(one, urn=one.urn.replace("::acme::", "::other::")) for one in layer.resources
    )
    elsewhere = replace(layer, name="platform", project="other", resources=moved)
    new, gone = between(plan, replace(plan, layers=(elsewhere,)))
    assert (new.twin, gone.twin) == (gone.urn, new.urn)
    assert (new.alias, gone.alias) == ("", "")
    assert (new.layer, gone.layer) == ("platform", "foundation")


def test_another_dependency_alone_is_no_change() -> None:
    def program(*, depends: bool) -> Plan:
        def run() -> None:
            first = aws.s3.Bucket("first", bucket="one")
            opts = pulumi.ResourceOptions(depends_on=[first] if depends else [])
            aws.s3.Bucket("second", bucket="two", opts=opts)

        return planned(run)

    assert actions(program(depends=False), program(depends=True)) == []


def test_what_refers_to_a_renamed_resource_stays_as_it_is() -> None:
    def program(name: str, *aliases: pulumi.Alias) -> Plan:
        def run() -> None:
            made = aws.s3.Bucket(
                name, bucket="acme", opts=pulumi.ResourceOptions(aliases=list(aliases))
            )
            aws.s3.BucketVersioning(
                "versions", bucket=made.id, versioning_configuration={"status": "Enabled"}
            )

        return planned(run)

    found = actions(program("data"), program("lake", pulumi.Alias(name="data")))
    assert found == [("rename", "lake")]


def test_values_that_the_program_hides_are_told_without_them() -> None:
    def config(text: str) -> Plan:
        return planned(
            lambda: kubernetes.core.v1.ConfigMap(
                "c",
                metadata={"name": "c"},
                data={"seed": text},
                opts=pulumi.ResourceOptions(hide_diffs=["data.seed"]),
            )
        )

    (change,) = between(config("kanarienvogel-1"), config("kanarienvogel-2"))
    assert [(one.path, one.before) for one in change.properties] == [("data.seed", {"$secret": []})]
    assert "kanarienvogel" not in repr(between(None, config("kanarienvogel-1")))


def test_plans_of_ten_thousand_resources_are_compared_in_time() -> None:
    tags = {f"key-{index}": "value" * 8 for index in range(6)}
    prefix = "urn:pulumi:dev::acme::aws:s3/bucket:Bucket::bucket-"
    resources = tuple(
        Resource(
            f"{prefix}{index}",
            "aws:s3/bucket:Bucket",
            f"bucket-{index}",
            True,
            {"bucket": f"acme-{index}", "tags": tags},
            options=ResourceOptions(aliases=(f"{prefix}old-{index}",)),
        )
        for index in range(10_000)
    )
    before = Plan("a", "dev", "aws", (Layer("f", "acme", "dev", resources),)).to_json()
    after = before.replace('"acme-7"', '"other"').replace('"acme-7000"', '"other"')
    begin = time.process_time()
    found = between(Plan.from_json(before), Plan.from_json(after))
    assert time.process_time() - begin < 3
    assert [one.name for one in found] == ["bucket-7", "bucket-7000"]


def test_another_digest_of_an_image_is_noise_except_where_models_are_served() -> None:
    def side(capability: str, digest: str) -> Plan:
        def program() -> None:
            kubernetes.core.v1.Pod(
                "api",
                metadata={"name": "api"},
                spec={
                    "containers": [{"name": "api", "image": f"registry/api@sha256:{digest * 64}"}]
                },
            )

        made = planned(program)
        tool = Tool("api", capability, "kind", "An API", ("foundation",))
        layers = tuple(
            replace(layer, resources=tuple(replace(one, tool="api") for one in layer.resources))
            for layer in made.layers
        )
        return replace(made, layers=layers, tools=(tool,))

    for capability, noise in (("tracking", "image digest"), ("serving", "")):
        (updated,) = between(side(capability, "a"), side(capability, "b"))
        assert [one.noise for one in updated.properties] == [noise]
