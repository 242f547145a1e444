"""What is replaced, in which order and because of what, by the rules of the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pytest
from tests.components.diff.two_sides import (
    Program,
    between,
    by_name,
    example,
    planned,
    with_inputs,
    with_options,
    without,
)

from stackwright.diff.changes import Action, Effect, Evidence, Order, PropertyKind
from stackwright.plan.graph import Plan, ResourceOptions

ROLE = "aws:iam/role:Role::cluster-role"


@pytest.fixture(scope="module")
def production() -> Plan:
    return example("aws-production", "prod")


def bucket(name: str = "acme", **options: Any) -> aws.s3.Bucket:
    return aws.s3.Bucket("data", bucket=name, opts=pulumi.ResourceOptions(**options))


def with_versions(name: str = "acme", **options: Any) -> Program:
    def program() -> None:
        made = bucket(name, **options)
        aws.s3.BucketVersioning(
            "versions", bucket=made.bucket, versioning_configuration={"status": "Enabled"}
        )

    return program


def test_equal_plans_have_no_change(production: Plan) -> None:
    assert between(production, production) == ()


def test_a_new_environment_replaces_nothing(production: Plan) -> None:
    assert {change.action for change in between(None, production)} == {Action.CREATE, Action.READ}


def test_what_goes_with_an_environment_is_told_with_what_it_takes(production: Plan) -> None:
    found = by_name(production, None)
    database = found["database"]
    assert (database.action, database.loses, database.protected) == (
        Action.DELETE,
        "database",
        True,
    )
    assert found["network-vpc"].loses == ""


def test_a_replacement_says_what_forces_it_and_how_sure_that_is() -> None:
    found = by_name(planned(bucket), planned(lambda: bucket("other")))["data"]
    assert (found.action, found.loses, found.uncertain) == (Action.REPLACE, "objects", False)
    assert found.replacement is not None
    assert found.replacement.properties == ("bucket",)
    assert found.replacement.evidence is Evidence.MEASURED
    assert found.replacement.because_of == ""


def test_what_uses_a_new_name_is_replaced_because_of_it() -> None:
    found = by_name(planned(with_versions()), planned(with_versions("other")))
    because = found["versions"].replacement
    assert because is not None
    assert because.because_of == found["data"].urn
    assert because.properties == ("bucket",)


def test_what_is_deleted_first_takes_along_what_is_made_from_it_under_the_same_name() -> None:
    # The engine asks the provider what an unknown bucket would do, though the name stays.
    base = planned(with_versions())
    head = with_inputs(base, "aws:s3/bucket:Bucket::data", objectLockEnabled=True)
    found = by_name(base, head)["versions"]
    assert found.action is Action.REPLACE
    assert found.properties == ()
    assert found.replacement is not None
    assert found.replacement.order is Order.DELETE_FIRST


def test_an_update_takes_nothing_along() -> None:
    base = planned(with_versions())
    found = by_name(base, with_inputs(base, "aws:s3/bucket:Bucket::data", forceDestroy=True))
    assert list(found) == ["data"]
    assert found["data"].action is Action.UPDATE
    assert found["data"].loses == ""


def network(**vpc: Any) -> Program:
    def program() -> None:
        made = aws.ec2.Vpc("vpc", **{"cidr_block": "10.0.0.0/16", **vpc})
        subnet = aws.ec2.Subnet("subnet", vpc_id=made.id, cidr_block="10.0.0.0/24")
        aws.ec2.InternetGateway("gateway", vpc_id=made.id)
        aws.ec2.DefaultSecurityGroup("default", vpc_id=made.id)
        aws.ec2.RouteTable("routes", vpc_id=made.id, tags={"subnet": subnet.id})

    return program


def test_another_id_replaces_or_updates_or_nobody_knows() -> None:
    found = by_name(planned(network()), planned(network(cidr_block="10.1.0.0/16")))
    assert {name: change.action for name, change in found.items()} == {
        "vpc": Action.REPLACE,
        "subnet": Action.REPLACE,
        "gateway": Action.UPDATE,
        "default": Action.UPDATE,
        "routes": Action.REPLACE,
    }
    assert [name for name, change in found.items() if change.uncertain] == ["default"]
    (property_,) = found["gateway"].properties
    assert property_.path == "vpcId"
    assert property_.before == property_.after == f"${{output:{found['vpc'].urn}#id}}"
    assert property_.kind is PropertyKind.UPDATE


def test_what_has_no_name_of_its_own_is_made_before_the_old_one_goes() -> None:
    found = by_name(planned(network()), planned(network(cidr_block="10.1.0.0/16")))["subnet"]
    assert found.replacement is not None
    assert found.replacement.order is Order.CREATE_FIRST


def test_a_resource_that_another_forces_is_no_root_even_with_a_change_of_its_own() -> None:
    base = planned(network())
    head = planned(network(cidr_block="10.1.0.0/16"))
    head = with_inputs(head, "aws:ec2/subnet:Subnet::subnet", cidrBlock="10.1.0.0/24")
    found = by_name(base, head)
    assert found["subnet"].replacement is not None
    assert found["subnet"].replacement.because_of == found["vpc"].urn
    assert found["subnet"].replacement.properties == ("cidrBlock", "vpcId")


def test_the_program_says_in_which_order() -> None:
    head = planned(lambda: bucket("other", delete_before_replace=False))
    found = by_name(planned(bucket), head)["data"]
    assert found.replacement is not None
    assert found.replacement.order is Order.CREATE_FIRST


def test_what_is_ignored_as_a_whole_is_no_change() -> None:
    head = planned(lambda: bucket("other", ignore_changes=["bucket"]))
    base = planned(lambda: bucket("acme", ignore_changes=["bucket"]))
    assert between(base, head) == ()


def test_what_is_ignored_beside_another_change_is_told_to_have_no_effect() -> None:
    options = ResourceOptions(ignore_changes=("bucket",))
    base = with_options(planned(bucket), "aws:s3/bucket:Bucket::data", options)
    head = with_inputs(base, "aws:s3/bucket:Bucket::data", bucket="other", forceDestroy=True)
    found = by_name(base, head)["data"]
    assert found.action is Action.UPDATE
    assert {one.path: one.effect for one in found.properties} == {
        "bucket": Effect.NONE,
        "forceDestroy": Effect.IN_PLACE,
    }


def test_the_program_may_ask_for_a_replacement_on_any_change() -> None:
    def program(tag: str) -> Program:
        return lambda: aws.s3.Bucket(
            "data",
            bucket="acme",
            tags={"a": tag},
            opts=pulumi.ResourceOptions(replace_on_changes=["tags"]),
        )

    found = by_name(planned(program("1")), planned(program("2")))["data"]
    assert found.action is Action.REPLACE
    assert found.replacement is not None
    assert found.replacement.evidence is Evidence.DOCUMENTED


def two(make: Callable[[aws.s3.Bucket], pulumi.ResourceOptions], name: str = "acme") -> Program:
    def program() -> None:
        made = bucket(name)
        aws.sns.Topic("topic", name="topic", opts=make(made))

    return program


@pytest.mark.parametrize(
    ("option", "told"),
    [("replace_with", "replaceWith"), ("deleted_with", "deletedWith")],
)
def test_what_is_tied_to_another_is_replaced_with_it(option: str, told: str) -> None:
    def tied(to: aws.s3.Bucket) -> pulumi.ResourceOptions:
        value = [to] if option == "replace_with" else to
        return pulumi.ResourceOptions(**{option: value})  # type: ignore[arg-type]

    found = by_name(planned(two(tied)), planned(two(tied, "other")))
    assert found["topic"].replacement is not None
    assert found["topic"].replacement.properties == (told,)
    assert found["topic"].replacement.because_of == found["data"].urn
    assert "topic" not in by_name(planned(two(tied)), planned(two(tied)))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("1", "2", Action.REPLACE), ("1", "1", None), (None, "1", Action.UPDATE)],
)
def test_another_value_of_the_trigger_replaces(
    before: str | None, after: str | None, expected: Action | None
) -> None:
    def with_trigger(value: str | None) -> Plan:
        options = ResourceOptions(replacement_trigger=value)
        return with_options(planned(bucket), "aws:s3/bucket:Bucket::data", options)

    found = by_name(with_trigger(before), with_trigger(after)).get("data")
    assert (found.action if found else None) is expected


def objects(context: str = "one", **metadata: Any) -> Program:
    def program() -> None:
        provider = kubernetes.Provider("cluster", cluster_identifier=context)
        inside = pulumi.ResourceOptions(provider=provider)
        space = kubernetes.core.v1.Namespace("space", metadata={"name": "space"}, opts=inside)
        labels = {"app": "model"}
        named: Any = {"name": "model", "namespace": space.metadata["name"], **metadata}
        template: Any = {"metadata": {"labels": labels}, "spec": {"containers": []}}
        kubernetes.apps.v1.Deployment(
            "model",
            metadata=named,
            spec={"selector": {"match_labels": labels}, "template": template},
            opts=inside,
        )

    return program


def test_an_object_that_keeps_its_name_is_deleted_first() -> None:
    base = planned(objects())
    other = {"selector": {"matchLabels": {"app": "other"}}}
    found = by_name(base, with_inputs(base, "kubernetes:apps/v1:Deployment::model", spec=other))
    assert found["model"].replacement is not None
    assert found["model"].replacement.order is Order.DELETE_FIRST
    assert found["model"].replacement.gap


def test_an_object_with_another_name_is_made_first() -> None:
    found = by_name(planned(objects()), planned(objects(name="other")))
    assert found["model"].replacement is not None
    assert found["model"].replacement.order is Order.CREATE_FIRST


def test_another_cluster_of_a_user_replaces_what_is_in_it() -> None:
    found = by_name(planned(objects()), planned(objects("two")))
    assert {name: change.action for name, change in found.items()} == {
        "cluster": Action.REPLACE,
        "space": Action.REPLACE,
        "model": Action.REPLACE,
    }


def test_what_is_moved_by_an_alias_stays_and_a_change_beside_it_counts() -> None:
    def program(name: str, physical: str, *aliases: str) -> Program:
        options = pulumi.ResourceOptions(aliases=[pulumi.Alias(name=one) for one in aliases])
        return lambda: aws.s3.Bucket(name, bucket=physical, opts=options)

    base = planned(program("old", "acme"))
    assert by_name(base, planned(program("new", "acme", "old")))["new"].action is Action.RENAME
    found = by_name(base, planned(program("new", "other", "old")))["new"]
    assert found.action is Action.REPLACE
    assert found.before_urn.endswith("::old")


def test_what_leaves_the_program_comes_last_and_says_what_held_it(production: Plan) -> None:
    key = "aws:ecr/repository:Repository::registry-models"
    found = between(production, without(production, key))
    assert found[-1].key == key
    assert (found[-1].action, found[-1].protected) == (Action.DELETE, True)
    assert found[-1].loses == "container images"


def test_what_is_added_stands_in_the_order_of_deployment(production: Plan) -> None:
    found = between(production, with_inputs(production, ROLE, path="/other/"))
    order = [resource.urn for _, resource in production.resources()]
    assert [change.urn for change in found] == sorted(
        (change.urn for change in found), key=order.index
    )
