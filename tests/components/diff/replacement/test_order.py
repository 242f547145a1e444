"""What goes first, the old one or the new one, is decided as the providers decide it."""

from __future__ import annotations

from typing import Any

import pytest

from stackwright.diff.changes import Order
from stackwright.diff.replacement.order import order_of
from stackwright.plan.graph import Resource, ResourceOptions

FIRST, AFTER = Order.DELETE_FIRST, Order.CREATE_FIRST
MAP, RELEASE = "kubernetes:core/v1:ConfigMap", "kubernetes:helm.sh/v3:Release"


def resource(type_: str, inputs: dict[str, Any], first: bool | None = None) -> Resource:
    options = ResourceOptions(delete_before_replace=first)
    return Resource("urn", type_, "n", True, inputs, options=options)


def named(name: str | None, namespace: str = "a") -> dict[str, Any]:
    return {"metadata": {"namespace": namespace, **({"name": name} if name else {})}}


@pytest.mark.parametrize(
    ("type_", "before", "after", "expected"),
    [
        ("aws:s3/bucket:Bucket", {"bucket": "a"}, {"bucket": "b"}, FIRST),
        ("aws:s3/bucket:Bucket", {}, {"bucketPrefix": "b"}, AFTER),
        ("aws:rds/instance:Instance", {}, {"identifier": "a"}, FIRST),
        ("aws:rds/instance:Instance", {}, {"name": "a"}, AFTER),
        ("aws:route53/record:Record", {"name": "a"}, {"name": "a"}, AFTER),
        ("aws:ec2/vpc:Vpc", {}, {}, AFTER),
        ("aws:efs/mountTarget:MountTarget", {}, {}, FIRST),
        (MAP, named("x"), named("x"), FIRST),
        (MAP, named("x"), named("y"), AFTER),
        (MAP, named("x"), named("x", "b"), AFTER),
        (MAP, named(None), named(None), AFTER),
        (RELEASE, {"name": "x"}, {"name": "x"}, AFTER),
        ("random:index:Thing", {"name": "x"}, {"name": "x"}, AFTER),
    ],
)
def test_a_name_of_its_own_must_be_free_first(
    type_: str, before: dict[str, Any], after: dict[str, Any], expected: Order
) -> None:
    assert order_of(resource(type_, before), resource(type_, after), by_provider=True) is expected


def test_the_program_has_the_last_word() -> None:
    bucket = resource("aws:s3/bucket:Bucket", {"bucket": "a"}, first=False)
    assert order_of(bucket, bucket, by_provider=True) is AFTER
    vpc = resource("aws:ec2/vpc:Vpc", {}, first=True)
    assert order_of(vpc, vpc, by_provider=False) is FIRST


def test_what_the_engine_itself_asks_for_makes_the_new_one_first() -> None:
    one = resource(MAP, named("x"))
    assert order_of(one, one, by_provider=False) is AFTER
