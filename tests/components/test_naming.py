"""Every derived name is valid for its service and belongs to one thing only."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from stackwright import naming
from stackwright.blueprint.labels import LabelValue
from stackwright.blueprint.names import EnvironmentName, InstanceName, PlatformName
from stackwright.claims import Layer
from stackwright.scope import Scope

ACME = Scope(name="acme", environment="prod", account="111122223333", region="eu-west-1")

PURPOSES = ("data", "artifacts", "logs")

RULES = {
    # Amazon S3 user guide, "General purpose bucket naming rules".
    "bucket": r"(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"
    r"(?<!-s3alias)(?<!--ol-s3)",
    # RFC 1123 label; Kubernetes, "Object names"; `kube-` is for Kubernetes itself.
    "namespace": r"(?!kube-)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
    # Amazon RDS API, CreateDBInstance, `DBInstanceIdentifier`.
    "database": r"(?!.*--)[a-z][a-z0-9-]{0,61}[a-z0-9]",
    # IAM API, CreateRole, `RoleName`.
    "role": r"[\w+=,.@-]{1,64}",
    # Amazon ECR API, CreateRepository, `repositoryName`.
    "repository": r"[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*",
    # Amazon EKS API, CreateCluster, `name`.
    "cluster": r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}",
    # AWS KMS API, CreateAlias, `AliasName`; `alias/aws/` is for AWS itself.
    "alias": r"alias/(?!aws/)[a-zA-Z0-9/_-]{1,250}",
    # AWS Secrets Manager API, CreateSecret, `Name`.
    "secrets": r"(?!aws/)[A-Za-z0-9/_+=.@-]{1,512}",
}


def matching(name: Any) -> st.SearchStrategy[str]:
    """Return the names that a user may choose, as the blueprint accepts them."""
    adapter: TypeAdapter[str] = TypeAdapter(name)
    schema = adapter.json_schema()
    limits = schema.get("minLength", 1), schema["maxLength"]
    refused = [rule["not"]["pattern"] for rule in schema.get("allOf", [])]
    letters = st.text(
        "abcdefghijklmnopqrstuvwxyz0123456789-", min_size=limits[0], max_size=limits[1]
    )
    words = st.from_regex(schema["pattern"], fullmatch=True).filter(
        lambda text: limits[0] <= len(text) <= limits[1]
    )
    longest = st.just("a" * limits[1])
    return (words | letters | longest).filter(
        lambda text: (
            re.fullmatch(schema["pattern"], text) is not None
            and not any(re.search(pattern, text) for pattern in refused)
            and "\n" not in text
        )
    )


SCOPES = st.builds(
    Scope,
    name=matching(PlatformName),
    environment=matching(EnvironmentName),
    account=st.from_regex("[0-9]{12}", fullmatch=True),
)
INSTANCES = matching(InstanceName)


def derived(scope: Scope, instance: str) -> dict[str, str]:
    names = {f"bucket-{p}": naming.bucket(scope, instance, p) for p in PURPOSES}
    return {
        **names,
        "namespace": naming.namespace(scope, instance),
        "database": naming.stem(scope, instance),
        "role": naming.stem(scope, instance, "flow-logs"),
        "repository": naming.repository(scope, instance),
        "cluster": naming.stem(scope, instance),
        "alias": f"alias/{naming.stem(scope, instance)}",
        "secrets": naming.secret_path(scope),
    }


@settings(max_examples=200, deadline=None)
@given(SCOPES, INSTANCES)
def test_every_derived_name_is_valid_for_its_service(scope: Scope, instance: str) -> None:
    for what, name in derived(scope, instance).items():
        rule = RULES[what.split("-")[0]]
        assert re.fullmatch(rule, name), (what, name)


@settings(max_examples=200, deadline=None)
@given(SCOPES, INSTANCES, matching(EnvironmentName), INSTANCES)
def test_two_instances_or_environments_never_share_a_name(
    scope: Scope, instance: str, environment: str, other: str
) -> None:
    elsewhere = Scope(**{**scope, "environment": environment})
    if (scope["environment"], instance) == (environment, other):
        return
    first, second = derived(scope, instance), derived(elsewhere, other)
    shared = {what for what, name in first.items() if second[what] == name}
    # Secrets belong to an environment and not to an instance.
    assert shared <= ({"secrets"} if environment == scope["environment"] else set())


@settings(max_examples=100, deadline=None)
@given(SCOPES, INSTANCES, st.from_regex(r"[a-z]{1,9}", fullmatch=True))
def test_labels_and_tags_are_valid(scope: Scope, instance: str, component: str) -> None:
    value: TypeAdapter[str] = TypeAdapter(LabelValue)
    for text in naming.labels(scope, instance, component).values():
        assert value.validate_python(text) == text
    for key, text in naming.tags(scope).items():
        assert re.fullmatch(r"(?!aws:)[\w .:/=+@-]{1,128}", key)
        assert re.fullmatch(r"[\w .:/=+@-]{0,256}", text)


def test_the_longest_bucket_name_has_the_63_characters_that_s3_allows() -> None:
    scope = Scope(
        name="p" * naming.PLATFORM_LIMIT,
        environment="e" * naming.ENVIRONMENT_LIMIT,
        account="1" * 12,
    )
    name = naming.bucket(scope, "i" * naming.INSTANCE_LIMIT, "x" * naming.PURPOSE_LIMIT)
    assert len(name) == 63
    assert max(len(purpose) for purpose in PURPOSES) <= naming.PURPOSE_LIMIT


def test_a_name_that_is_too_long_is_refused_and_never_cut() -> None:
    with pytest.raises(ValueError, match="is 9 characters over the limit of 63"):
        naming.stem(ACME, "x" * 62)


def test_names_say_platform_environment_instance_and_purpose() -> None:
    assert derived(ACME, "storage") == {
        "bucket-data": "acme-prod-storage-data-111122223333",
        "bucket-artifacts": "acme-prod-storage-artifacts-111122223333",
        "bucket-logs": "acme-prod-storage-logs-111122223333",
        "namespace": "acme-prod-storage",
        "database": "acme-prod-storage",
        "role": "acme-prod-storage-flow-logs",
        "repository": "acme/prod/storage",
        "cluster": "acme-prod-storage",
        "alias": "alias/acme-prod-storage",
        "secrets": "acme/prod/",
    }


def test_what_a_user_labels_never_replaces_our_own_labels() -> None:
    scope = Scope(
        name="acme",
        environment="prod",
        labels={"team": "ml", "app.kubernetes.io/part-of": "x", "stackwright:platform": "x"},
    )
    assert naming.labels(scope, "tracking")["app.kubernetes.io/part-of"] == "acme"
    assert naming.labels(scope, "tracking")["team"] == "ml"
    assert naming.tags(scope)["stackwright:platform"] == "acme"


def test_a_selector_is_a_part_of_the_labels() -> None:
    for component in ("", "server"):
        labels = naming.labels(ACME, "tracking", component)
        assert naming.selector(ACME, "tracking", component).items() <= labels.items()


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_the_partition_follows_from_the_region(region: str, partition: str) -> None:
    assert naming.partition(region) == partition


def test_a_layer_is_a_project_of_its_own() -> None:
    assert [naming.project("acme", layer) for layer in Layer] == [
        "acme-foundation",
        "acme-platform",
    ]
