from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from stackwright.blueprint.names import EnvironmentName, InstanceName, PlatformName

PLATFORM: TypeAdapter[str] = TypeAdapter(PlatformName)
ENVIRONMENT: TypeAdapter[str] = TypeAdapter(EnvironmentName)
INSTANCE: TypeAdapter[str] = TypeAdapter(InstanceName)


@pytest.mark.parametrize(
    "name", ["acme", "acme-ml", "a1", "ab-c-9", "kubernetes", "awsome", "prod"]
)
def test_a_platform_has_a_plain_name(name: str) -> None:
    assert PLATFORM.validate_python(name) == name


@pytest.mark.parametrize(
    ("adapter", "name"),
    [
        (PLATFORM, "a"),
        (PLATFORM, "a" * 17),
        (PLATFORM, "kube"),
        (PLATFORM, "kube-ml"),
        (PLATFORM, "aws-ml"),
        (PLATFORM, "sthree-ml"),
        (PLATFORM, "amzn-s3-demo-x"),
        (PLATFORM, "xn--ml"),
        (PLATFORM, "nul"),
        (ENVIRONMENT, "eu-prod"),
        (ENVIRONMENT, "a" * 11),
        (ENVIRONMENT, "con"),
        (ENVIRONMENT, "1prod"),
        (INSTANCE, "a" * 13),
        (INSTANCE, "com1"),
        (INSTANCE, "a--b"),
        (INSTANCE, "a-"),
        (INSTANCE, ""),
    ],
)
def test_a_name_that_some_service_refuses_is_refused(adapter: TypeAdapter[str], name: str) -> None:
    with pytest.raises(ValidationError):
        adapter.validate_python(name)


@given(st.text(max_size=20))
def test_no_other_text_is_a_name(text: str) -> None:
    for adapter in (PLATFORM, ENVIRONMENT, INSTANCE):
        try:
            adapter.validate_python(text)
        except ValidationError:
            continue
        assert re.fullmatch(r"[a-z][a-z0-9-]*", text)
        assert not text.endswith("-")


@pytest.mark.parametrize("adapter", [PLATFORM, ENVIRONMENT, INSTANCE])
def test_json_schema_refuses_the_reserved_names_too(adapter: TypeAdapter[str]) -> None:
    schema: dict[str, Any] = adapter.json_schema()
    refused = [rule["not"]["pattern"] for rule in schema["allOf"]]
    assert any(re.search(pattern, "nul") for pattern in refused)
    assert not any(re.search(pattern, "acme") for pattern in refused)
