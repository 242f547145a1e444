"""The strict schemas of the kinds that Kubernetes itself knows, for each supported version."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from kubernetes_validate.utils import schema_contents  # type: ignore[import-untyped]
from referencing import Registry, Resource

VERSIONS = ("1.34", "1.35", "1.36")
"""Kubernetes versions that the library supports."""


@cache
def definitions(version: str) -> Registry[Any]:
    """Return the definitions that the schemas of one Kubernetes version refer to."""
    path = f"kubernetes-json-schema/v{version}.0-local-strict/_definitions.json"
    return Resource.from_contents(schema_contents(path, version)) @ Registry()


@cache
def built_in(version: str, api_version: str, kind: str) -> Draft202012Validator | None:
    """Return the strict schema of a kind that Kubernetes itself knows; else None."""
    group, _, served = api_version.rpartition("/")
    name = "-".join(part for part in (kind.lower(), group.partition(".")[0], served) if part)
    path = f"kubernetes-json-schema/v{version}.0-local-strict/{name}.json"
    try:
        schema = schema_contents(path, version)
    except FileNotFoundError:
        return None
    return Draft202012Validator(schema, registry=definitions(version))
