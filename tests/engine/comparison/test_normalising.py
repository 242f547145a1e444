"""What is taken out of the comparison, and nothing more."""

from __future__ import annotations

from typing import Any

import pytest
from tests.engine.comparison.normalising import (
    AUTONAMED,
    inputs,
    is_default_provider,
    provider_urn,
    seconds,
)

PROVIDERS = "urn:pulumi:dev::acme::pulumi:providers:aws"
CONFIG = "kubernetes:core/v1:ConfigMap"


@pytest.mark.parametrize("name", ["default", "default_7_51_1", "default_4_34_2_http"])
def test_a_default_provider_is_told_by_its_name(name: str) -> None:
    assert is_default_provider(f"{PROVIDERS}::{name}")
    assert provider_urn(f"{PROVIDERS}::{name}::an-id") == ""


@pytest.mark.parametrize("name", ["defaults", "my-default", "default-of-ours", "aws"])
def test_a_provider_of_the_program_is_kept_without_its_id(name: str) -> None:
    assert not is_default_provider(f"{PROVIDERS}::{name}")
    assert provider_urn(f"{PROVIDERS}::{name}::an-id") == f"{PROVIDERS}::{name}"


def test_another_resource_may_be_called_default() -> None:
    assert not is_default_provider("urn:pulumi:dev::acme::aws:kms/key:Key::default")


@pytest.mark.parametrize(
    ("limit", "expected"),
    [("40m", 2400), ("1h30m", 5400), ("90s", 90), ("1.5h", 5400), ("500ms", 0.5), (2400, 2400)],
)
def test_time_limits_are_seconds(limit: str | int, expected: float) -> None:
    assert seconds(limit) == expected


def test_what_is_no_time_limit_stays() -> None:
    assert seconds("soon") == "soon"


def test_a_made_name_and_its_annotation_are_dropped() -> None:
    made = {"name": "a-1", "namespace": "b", "annotations": {AUTONAMED: "true", "c": "d"}}
    kept = {"namespace": "b", "annotations": {"c": "d"}}
    assert inputs(CONFIG, {"metadata": made}) == {"metadata": kept}


def test_a_given_name_is_kept() -> None:
    given = {"metadata": {"name": "a", "annotations": {"c": "d"}}, "data": {}}
    assert inputs(CONFIG, given) == given


def test_empty_annotations_of_pods_are_dropped_and_others_are_kept() -> None:
    def deployment(metadata: dict[str, Any]) -> dict[str, Any]:
        return {"metadata": {"name": "a"}, "spec": {"template": {"metadata": metadata}}}

    kind = "kubernetes:apps/v1:Deployment"
    assert inputs(kind, deployment({"labels": {}, "annotations": {}})) == deployment({"labels": {}})
    given = deployment({"annotations": {"a": "b"}})
    assert inputs(kind, given) == given


def test_the_texts_of_a_secret_are_its_data() -> None:
    assert inputs("kubernetes:core/v1:Secret", {"stringData": 1}) == {"data": 1}
    assert inputs(CONFIG, {"stringData": 1}) == {"stringData": 1}


def test_a_provider_loses_what_the_engine_adds_and_no_other_resource_does() -> None:
    given = {"version": "1", "__internal": {}, "region": "a"}
    assert inputs("pulumi:providers:aws", given) == {"region": "a"}
    assert inputs("aws:kms/key:Key", given) == given
