from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright.diff.pairing.pairs import Pairing, pair
from stackwright.diff.pairing.twins import find_twins
from stackwright.plan.graph import JsonValue, Plan, Resource, symbol
from stackwright.plan.make import plan_environment

PREFIX = "urn:pulumi:dev::acme::"
BUCKET = "aws:s3/bucket:Bucket"

BLUEPRINT = """
apiVersion: stackwright/v1
requires: ">=0.1,<0.2"
name: acme-ml
target: {kind: existing-cluster}
profile: development
cluster:
  kind: existing
  context: acme
  uid: 5b6f7a2e-9d0c-4d6e-8f1a-2b3c4d5e6f70
serving:
  online: {kind: deployment, image: "registry.example.com/acme/churn:1"}
environments:
  dev: {}
"""


def resource(
    chain: str, name: str, inputs: dict[str, JsonValue], *, parent: str = "", tool: str = ""
) -> Resource:
    type_ = chain.rpartition("$")[2]
    custom = not type_.startswith("x:")
    urn = f"{PREFIX}{chain}::{name}"
    return Resource(urn, type_, name, custom, inputs, parent=parent, tool=tool)


def twins(gone: list[Resource], new: list[Resource]) -> dict[str, str]:
    found = find_twins(new, gone, {})
    name = {one.urn: one.name for one in (*gone, *new)}
    return {name[gone_urn]: name[new_urn] for new_urn, gone_urn in found.items()}


def test_a_resource_that_only_has_another_name_is_a_twin() -> None:
    gone = resource(BUCKET, "files", {"bucket": "acme-files", "tags": {"Name": "Files"}})
    new = resource(BUCKET, "lake", {"bucket": "acme-lake", "tags": {"Name": "The lake"}})
    assert twins([gone], [new]) == {"files": "lake"}


def test_labels_and_the_name_of_a_kubernetes_object_are_only_names() -> None:
    type_ = "kubernetes:core/v1:ConfigMap"
    gone, new = (
        resource(type_, name, {"metadata": {"name": name, "labels": {"n": n}}, "data": {"a": "b"}})
        for name, n in (("one", "first"), ("two", "second"))
    )
    assert twins([gone], [new]) == {"one": "two"}


def test_another_value_makes_it_another_resource() -> None:
    gone = resource(BUCKET, "files", {"bucket": "acme-files", "forceDestroy": True})
    new = resource(BUCKET, "lake", {"bucket": "acme-lake", "forceDestroy": False})
    assert twins([gone], [new]) == {}


def test_a_type_of_its_own_has_no_twin() -> None:
    gone = resource(BUCKET, "files", {"bucket": "acme"})
    new = resource("aws:s3/bucketV2:BucketV2", "files", {"bucket": "acme"})
    assert twins([gone], [new]) == {}


def test_a_word_of_the_old_name_may_stand_for_something_else_too() -> None:
    claim: dict[str, JsonValue] = {"spec": {"resources": {"requests": {"storage": "1Gi"}}}}
    type_ = "x:i:Store$kubernetes:core/v1:PersistentVolumeClaim"
    gone, new = (resource(type_, f"{name}-volume", claim) for name in ("storage", "files"))
    assert twins([gone], [new]) == {"storage-volume": "files-volume"}


def test_a_tool_may_get_a_name_that_parts_of_it_have_already() -> None:
    def store(name: str) -> list[Resource]:
        top = resource("x:i:Store", name, {}, tool=name)
        return [top] + [
            resource(
                f"x:i:Store${BUCKET}",
                f"{name}-{part}",
                {"bucket": f"acme-{name}-{part}"},
                parent=top.urn,
                tool=name,
            )
            for part in ("data", "logs")
        ]

    assert twins(store("storage"), store("data")) == {
        "storage": "data",
        "storage-data": "data-data",
        "storage-logs": "data-logs",
    }


def test_references_to_what_is_renamed_as_well_are_only_names() -> None:
    def both(name: str) -> list[Resource]:
        bucket = resource(BUCKET, name, {"bucket": f"acme-{name}"})
        policy = resource("aws:s3/bucketPolicy:BucketPolicy", f"{name}-policy", {
            "bucket": symbol(bucket.urn, "id"),
            "policy": f'{{"Resource": "{symbol(bucket.urn, "arn")}/*"}}',
            "size": {"$unknown": [f"{bucket.urn}#size"]},
        })  # fmt: skip
        return [bucket, policy]

    assert twins(both("files"), both("lake")) == {"files": "lake", "files-policy": "lake-policy"}


def test_where_several_look_alike_their_names_tell_which_is_which_or_nothing_is_said() -> None:
    inputs: dict[str, JsonValue] = {"length": 32}
    gone = [resource("random:i:Password", f"old-{name}", inputs) for name in ("a", "b")]
    renamed = [resource("random:i:Password", f"new-{name}", inputs) for name in ("b", "a")]
    assert twins(gone, renamed) == {"old-a": "new-a", "old-b": "new-b"}
    others = [resource("random:i:Password", name, inputs) for name in ("x", "y")]
    assert twins(gone, others) == {}


def test_what_moves_below_another_component_under_its_name_is_a_twin() -> None:
    gone = resource(BUCKET, "data", {"bucket": "acme-data"})
    new = resource(f"x:i:Storage${BUCKET}", "data", {"bucket": "acme-data"})
    assert find_twins([new], [gone], {}) == {new.urn: gone.urn}


def test_what_moves_with_its_inputs_as_they_were_is_a_twin_under_any_name() -> None:
    gone = resource(BUCKET, "data", {"bucket": "acme-raw", "tags": {"Name": "raw"}})
    new = resource(f"x:i:Storage${BUCKET}", "lake-raw", {**gone.inputs})
    assert twins([gone], [new]) == {"data": "lake-raw"}


def test_an_object_of_another_tool_that_only_looks_alike_is_no_twin() -> None:
    type_ = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
    gone, new = (
        resource(
            f"x:i:{tool}${type_}",
            f"{name}-deny-all",
            {"metadata": {"name": "deny-all", "namespace": f"acme-{name}"}, "spec": {}},
            tool=name,
        )
        for tool, name in (("Mlflow", "tracking"), ("Kserve", "serving"))
    )
    assert twins([gone], [new]) == {}


def test_access_for_somebody_else_is_no_renamed_access() -> None:
    gone, new = (
        resource(
            "x:i:Eks$aws:eks/accessEntry:AccessEntry",
            f"cluster-administrator-{name}",
            {"clusterName": "acme", "principalArn": f"arn:aws:iam::123456789012:role/{name}"},
        )
        for name in ("platform", "other")
    )
    assert twins([gone], [new]) == {}


def test_what_is_in_another_place_is_not_renamed_and_neither_is_what_needs_it() -> None:
    def zone(name: str) -> list[Resource]:
        chain = "x:i:Vpc$aws:ec2/"
        subnet = resource(f"{chain}subnet:Subnet", f"net-{name}", {"availabilityZone": name})
        gateway = resource(
            f"{chain}natGateway:NatGateway", f"nat-{name}", {"subnetId": symbol(subnet.urn, "id")}
        )
        address = resource(f"{chain}eip:Eip", f"address-{name}", {"domain": "vpc"})
        return [subnet, gateway, address]

    assert twins(zone("1b"), zone("1c")) == {"address-1b": "address-1c"}


def test_what_an_alias_of_the_component_would_bring_along_follows_it() -> None:
    def component(name: str, size: int) -> list[Resource]:
        top = resource("x:i:Storage", name, {})
        children = [
            resource(f"x:i:Storage${BUCKET}", f"{name}-{purpose}", inputs, parent=top.urn)
            for purpose, inputs in (
                ("data", {"bucket": f"{name}-data"}),
                ("log", {"bucket": f"{name}-log"}),
                ("disk", {"bucket": "other", "size": size}),
            )
        ]
        return [top, *children]

    assert twins(component("files", 1), component("lake", 2)) == {
        "files": "lake",
        "files-data": "lake-data",
        "files-log": "lake-log",
        "files-disk": "lake-disk",
    }


def test_what_is_made_for_a_renamed_component_elsewhere_is_renamed_with_it() -> None:
    def component(name: str) -> list[Resource]:
        top = resource("x:i:Serving", name, {})
        trust = f'{{"Condition": {{"StringEquals": {{"namespace": "acme-{name}"}}}}}}'
        role_type = "x:i:Identity$aws:iam/role:Role"
        role = resource(role_type, f"identity-{name}-role", {"assumeRolePolicy": trust})
        inside = resource(
            "x:i:Serving$kubernetes:core/v1:Namespace",
            f"{name}-namespace",
            {"metadata": {"name": f"acme-{name}"}, "spec": {"note": f"for {name}"}},
            parent=top.urn,
        )
        return [role, top, inside]

    assert twins(component("online"), component("live")) == {
        "identity-online-role": "identity-live-role",
        "online": "live",
        "online-namespace": "live-namespace",
    }


def test_a_component_of_which_little_is_left_is_another_one() -> None:
    old = resource("x:i:Storage", "files", {})
    new = resource("x:i:Storage", "lake", {})
    kept = [
        resource(f"x:i:Storage${BUCKET}", f"{top.name}-data", {"bucket": "same"}, parent=top.urn)
        for top in (old, new)
    ]
    more = [
        resource(f"x:i:Storage${BUCKET}", f"lake-{size}", {"size": size}, parent=new.urn)
        for size in range(3)
    ]
    assert twins([old, kept[0]], [new, kept[1], *more]) == {"files-data": "lake-data"}


_resources = st.lists(
    st.builds(
        resource,
        st.sampled_from([BUCKET, f"x:i:Storage${BUCKET}"]),
        st.sampled_from(["files", "lake", "files-data", "lake-data", "log", "one", "two"]),
        st.fixed_dictionaries({"bucket": st.sampled_from(["files", "lake", "log"])}),
        parent=st.sampled_from(["", f"{PREFIX}x:i:Storage::files", f"{PREFIX}x:i:Storage::lake"]),
    ),
    unique_by=lambda one: one.urn,
    max_size=8,
)


@given(_resources, _resources, st.randoms())
def test_twins_are_one_to_one_and_do_not_depend_on_the_order(
    gone: list[Resource], new: list[Resource], chance: random.Random
) -> None:
    found = find_twins(new, gone, {})
    assert len(set(found.values())) == len(found)
    assert set(found) <= {one.urn for one in new}
    assert set(found.values()) <= {one.urn for one in gone}
    again = find_twins(chance.sample(new, len(new)), chance.sample(gone, len(gone)), {})
    assert again == found


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Plan]:
    folder = tmp_path_factory.mktemp("plans")
    found = {}
    for name in ("online", "live"):
        file = folder / f"{name}.yaml"
        file.write_text(BLUEPRINT.replace("online:", f"{name}:"), encoding="utf-8")
        found[name] = plan_environment(Path(file), "dev")
    return found


def test_every_resource_of_a_renamed_tool_of_a_blueprint_has_its_twin(
    plans: dict[str, Plan],
) -> None:
    found: Pairing = pair(plans["online"], plans["live"])
    assert len(found.new) > 5
    assert {one.resource.urn for one in found.new} == set(found.twins)
    assert {one.resource.urn for one in found.gone} == set(found.twins.values())
    assert all(
        new.rpartition("::")[2].replace("live", "online") == gone.rpartition("::")[2]
        for new, gone in found.twins.items()
    )


def test_thousands_of_renamed_resources_take_no_comparison_of_each_pair() -> None:
    def many(name: str) -> list[Resource]:
        top = resource("x:i:Storage", name, {})
        return [top] + [
            resource(
                f"x:i:Storage${BUCKET}",
                f"{name}-{index}",
                {"bucket": f"acme-{name}-{index}", "tags": {"a": "b" * 200}},
                parent=top.urn,
            )
            for index in range(5000)
        ]

    gone, new = many("files"), many("lake")
    begin = time.process_time()
    assert len(find_twins(new, gone, {})) == 5001
    assert time.process_time() - begin < 5
