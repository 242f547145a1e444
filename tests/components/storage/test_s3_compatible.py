from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from stackwright.claims import Layer, SecretStoreClaim
from stackwright.scope import Scope
from stackwright.storage.s3_compatible.component import S3Compatible
from stackwright.storage.s3_compatible.settings import S3CompatibleSettings
from stackwright.wiring import check_promise


def reference(key: str) -> dict[str, str]:
    return {"from": "kubernetes", "namespace": "vault", "name": "s3", "key": key}


SETTINGS: dict[str, Any] = {
    "endpoint": "https://s3.example.com",
    "buckets": {"data": "acme-data", "artifacts": "acme-artifacts", "logs": "acme-logs"},
    "credentials": {"access_key_id": reference("id"), "secret_access_key": reference("secret")},
}

CONSUMERS = {
    "tracking-artifacts": {"purpose": "artifacts", "access": "read-write"},
    "serving-artifacts": {"purpose": "artifacts", "access": "read"},
    "serving-data": {"purpose": "data", "access": "read-write-all"},
}


def settings(**changes: Any) -> S3CompatibleSettings:
    text = json.dumps({"kind": "s3-compatible", **SETTINGS, **changes})
    return S3CompatibleSettings.model_validate_json(text)


@pytest.fixture
def bound(scope: Scope, in_cluster: Any) -> dict[str, Any]:
    """What the component makes, binds for a writer and a reader, and promises to projects."""
    seen: dict[str, Any] = {}

    def program(opts: pulumi.ResourceOptions) -> None:
        args: Any = {
            "scope": scope,
            "settings": SETTINGS,
            "secrets": {"store": "acme-ml-prod-secrets"},
            "consumers": CONSUMERS,
        }
        component = S3Compatible("storage", args, opts)
        seen.update(
            writer=component.binding("tracking-artifacts"),
            reader=component.binding("serving-artifacts"),
            editor=component.binding("serving-data"),
            wiring=component.wiring(),
        )
        source = seen["writer"]["credentials"]["secret_access_key"]
        source["store"].apply(lambda store: seen.update(store=store))

    seen["made"] = list(in_cluster(program))
    return seen


def test_it_makes_nothing(bound: dict[str, Any]) -> None:
    assert bound["made"] == ["cluster"]


def test_a_writer_gets_its_own_prefix_and_a_reader_the_bucket(bound: dict[str, Any]) -> None:
    assert bound["writer"]["url"] == "s3://acme-artifacts/tracking-artifacts"
    assert bound["reader"]["url"] == "s3://acme-artifacts"
    assert {bound[who]["bucket"] for who in ("writer", "reader")} == {"acme-artifacts"}
    assert bound["writer"]["endpoint"] == "https://s3.example.com"


def test_who_works_beside_others_gets_the_address_that_projects_are_wired_to(
    bound: dict[str, Any],
) -> None:
    assert bound["editor"]["url"] == bound["wiring"]["data_url"]


def test_one_key_is_for_every_bucket(bound: dict[str, Any]) -> None:
    halves = [
        {half: (source["key"], source["property"]) for half, source in given.items()}
        for given in (bound[who]["credentials"] for who in ("writer", "reader", "editor"))
    ]
    assert halves[0] == halves[1] == halves[2]


def test_the_access_key_is_named_and_never_written(bound: dict[str, Any]) -> None:
    keys = bound["writer"]["credentials"]
    halves = {half: (source["key"], source["property"]) for half, source in keys.items()}
    assert halves == {"access_key_id": ("s3", "id"), "secret_access_key": ("s3", "secret")}
    assert bound["store"].startswith("acme-ml-prod-secrets-")


def test_projects_are_told_the_buckets_the_endpoint_and_where_the_key_is_kept(
    bound: dict[str, Any],
) -> None:
    assert bound["wiring"] == {
        "access_key_id": reference("id"),
        "secret_access_key": reference("secret"),
        "data_url": "s3://acme-data",
        "artifacts_url": "s3://acme-artifacts",
        "region": "us-east-1",
        "endpoint": "https://s3.example.com",
    }
    check_promise(S3CompatibleSettings.contract, bound["wiring"])


def test_the_secret_store_is_told_what_will_be_read() -> None:
    claim = settings().claims(Layer.PLATFORM)["secrets"]
    assert isinstance(claim, SecretStoreClaim)
    assert [item.model_dump(by_alias=True) for item in claim.references] == [
        reference("id"),
        reference("secret"),
    ]


def test_an_endpoint_without_tls_has_to_be_wanted() -> None:
    with pytest.raises(ValidationError, match="insecure_endpoint: true"):
        settings(endpoint="http://s3.internal:9000")
    assert settings(endpoint="http://s3.internal:9000", insecure_endpoint=True).insecure_endpoint


@pytest.mark.parametrize(
    "changes",
    [
        {"insecure_endpoint": True},
        {"endpoint": "s3.example.com"},
        {"endpoint": "https://s3.example.com/path"},
        {"endpoint": "https://user:password@s3.example.com"},
        {"endpoint": "ftp://s3.example.com"},
        {"endpoint": "https://169.254.169.254"},
        {"region": "EU"},
        {"buckets": {"data": "acme", "artifacts": "acme", "logs": "acme-logs"}},
        {"buckets": {"data": "Acme", "artifacts": "acme-artifacts", "logs": "acme-logs"}},
        {"buckets": {"data": "acme-", "artifacts": "acme-artifacts", "logs": "acme-logs"}},
        {"credentials": {"access_key_id": "AKIA", "secret_access_key": reference("secret")}},
    ],
)
def test_settings_that_cannot_work_or_hold_a_secret_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**changes)
