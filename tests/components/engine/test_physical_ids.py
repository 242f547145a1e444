"""The id of a real thing is told only where its inputs leave no doubt."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright.engine.physical_ids import belongs, default_tags_of, namespace_of, physical_id
from stackwright.engine.state import Resource

NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=10)


def wanted(kind: str, **inputs: Any) -> Resource:
    return Resource(urn="urn", type=kind, custom=True, inputs=inputs)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (wanted("aws:s3/bucket:Bucket", bucket="data"), "data"),
        (wanted("aws:iam/rolePolicy:RolePolicy", role="app", name="read"), "app:read"),
        (wanted("aws:eks/addon:Addon", clusterName="prod", addonName="dns"), "prod:dns"),
        (wanted("kubernetes:core/v1:Namespace", metadata={"name": "shop"}), "shop"),
        (
            wanted("kubernetes:core/v1:Secret", metadata={"name": "key", "namespace": "shop"}),
            "shop/key",
        ),
        (wanted("kubernetes:helm.sh/v3:Release", name="db", namespace="shop"), "shop/db"),
    ],
)
def test_an_id_follows_from_the_inputs(resource: Resource, expected: str) -> None:
    assert physical_id(resource) == expected


@pytest.mark.parametrize(
    "resource",
    [
        wanted("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16"),
        wanted("aws:s3/bucket:Bucket"),
        wanted("aws:s3/bucket:Bucket", bucket=""),
        wanted("aws:iam/role:Role", name="[secret]"),
        wanted("aws:iam/rolePolicy:RolePolicy", role="app"),
        wanted("aws:kms/alias:Alias", name=["alias/x"]),
        wanted("kubernetes:core/v1:Secret", metadata={"generateName": "key-"}),
        wanted("kubernetes:core/v1:Secret", metadata="[secret]"),
        wanted("kubernetes:core/v1:Secret"),
        wanted("random:index/randomId:RandomId", name="x"),
    ],
)
def test_an_id_that_its_maker_chooses_is_not_guessed(resource: Resource) -> None:
    assert physical_id(resource) is None


@given(
    st.dictionaries(
        st.text(max_size=5), st.none() | st.integers() | st.text() | st.lists(st.text())
    )
)
def test_no_inputs_make_it_fail(inputs: Mapping[str, Any]) -> None:
    for kind in ("aws:iam/rolePolicy:RolePolicy", "kubernetes:core/v1:Secret"):
        physical_id(Resource(urn="urn", type=kind, inputs=inputs))


@given(NAMES, NAMES, NAMES, NAMES)
def test_two_things_of_a_namespace_never_share_an_id(a: str, b: str, c: str, d: str) -> None:
    first = wanted("kubernetes:core/v1:Secret", metadata={"name": a, "namespace": b})
    second = wanted("kubernetes:core/v1:Secret", metadata={"name": c, "namespace": d})
    assert (physical_id(first) == physical_id(second)) is ((a, b) == (c, d))


def test_what_carries_the_tags_that_were_asked_for_is_ours() -> None:
    bucket = wanted("aws:s3/bucket:Bucket", tags={"owner": "shop"})
    assert belongs(bucket, {"tags": {"owner": "shop", "more": "x"}}, {}) is True
    assert belongs(bucket, {"tags": {"owner": "other"}}, {}) is False
    assert belongs(bucket, {}, {}) is False


def test_what_carries_the_tags_of_its_provider_is_ours() -> None:
    bucket = wanted("aws:s3/bucket:Bucket", tags={})
    defaults = {"platform": "shop"}
    assert belongs(bucket, {"tagsAll": {"platform": "shop", "more": "x"}}, defaults) is True
    assert belongs(bucket, {"tagsAll": {"platform": "other"}}, defaults) is False
    assert belongs(bucket, {"tagsAll": {}}, defaults) is False


def test_what_carries_the_labels_that_were_asked_for_is_ours() -> None:
    namespace = wanted("kubernetes:core/v1:Namespace", metadata={"labels": {"part-of": "shop"}})
    assert belongs(namespace, {"metadata": {"labels": {"part-of": "shop"}}}, {}) is True
    assert belongs(namespace, {"metadata": {}}, {}) is False


def test_nothing_is_told_of_what_can_have_no_tags() -> None:
    policy = wanted("aws:s3/bucketPolicy:BucketPolicy")
    assert belongs(policy, {"policy": "{}"}, {"platform": "shop"}) is None


@pytest.mark.parametrize(
    ("configured", "expected"),
    [
        ({"tags": {"a": "b"}}, {"a": "b"}),
        ('{"tags": {"a": "b"}}', {"a": "b"}),
        ('{"tags": {}}', {}),
        ("[secret]", {}),
        ("[]", {}),
        (None, {}),
        ({"tags": "x"}, {}),
    ],
)
def test_the_tags_of_a_provider_are_read_as_the_engine_keeps_them(
    configured: Any, expected: dict[str, str]
) -> None:
    assert default_tags_of(wanted("pulumi:providers:aws", defaultTags=configured)) == expected


def test_no_provider_gives_no_tags() -> None:
    assert default_tags_of(None) == {}


def test_a_namespace_is_that_of_a_kubernetes_resource() -> None:
    release = wanted("kubernetes:helm.sh/v3:Release", name="db", namespace="shop")
    assert namespace_of(release) == "shop"
    assert namespace_of(wanted("kubernetes:core/v1:Namespace", metadata={"name": "shop"})) == ""
    assert namespace_of(wanted("aws:s3/bucket:Bucket", namespace="shop")) == ""
