"""What the engine and its providers write differently from what the program said.

Each rule is one function, and docs/plan-and-engine.md gives the reason for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.engine.comparison.deployed import Resource

AUTONAMED = "pulumi.com/autonamed"

_PART = re.compile(r"([\d.]+)(ms|h|m|s)")

_DURATION = re.compile(r"([\d.]+(ms|h|m|s))+")

_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}

_DEFAULT_PROVIDER = re.compile(r"default(_\d+_\d+_\d+.*)?$")

_OF_THE_PROVIDER_ITSELF = ("version", "__internal")


def is_default_provider(urn: str) -> bool:
    """Tell whether the engine made this provider by itself."""
    return "pulumi:providers:" in urn and bool(
        _DEFAULT_PROVIDER.match(urn.rpartition("::")[2]),
    )


def provider_urn(reference: str) -> str:
    """Return the URN of a reference to a provider, which is the URN and an id.

    Default providers have an empty one, as in a plan.
    """
    urn = reference.rpartition("::")[0]
    return "" if is_default_provider(urn) else urn


def seconds(duration: str | float) -> float | str:
    """Return a time limit in seconds; programs write `1h30m`, states a number.

    What is no time limit stays as it is.
    """
    if not isinstance(duration, str):
        return float(duration)
    if not _DURATION.fullmatch(duration):
        return duration
    parts = _PART.findall(duration)
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def inputs(type_: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs of a resource as plan and engine both can write them."""
    result = {name: value for name, value in given.items() if name != "__defaults"}
    if type_.startswith("pulumi:providers:"):
        return {k: v for k, v in result.items() if k not in _OF_THE_PROVIDER_ITSELF}
    if type_.startswith("kubernetes:"):
        result = _without_empty_pod_annotations(_without_made_name(result))
    if type_ == "kubernetes:core/v1:Secret" and "stringData" in result:
        result["data"] = result.pop("stringData")
    return result


def _without_made_name(given: dict[str, Any]) -> dict[str, Any]:
    metadata = given.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if not isinstance(annotations, Mapping) or AUTONAMED not in annotations:
        return given
    assert isinstance(metadata, Mapping)
    kept = {name: value for name, value in annotations.items() if name != AUTONAMED}
    rest = {k: v for k, v in metadata.items() if k not in ("annotations", "name")}
    return {**given, "metadata": {**rest, **({"annotations": kept} if kept else {})}}


def _without_empty_pod_annotations(given: dict[str, Any]) -> dict[str, Any]:
    spec = given.get("spec")
    template = spec.get("template") if isinstance(spec, Mapping) else None
    metadata = template.get("metadata") if isinstance(template, Mapping) else None
    if not isinstance(metadata, Mapping) or metadata.get("annotations") != {}:
        return given
    assert isinstance(spec, Mapping)
    assert isinstance(template, Mapping)
    rest = {name: value for name, value in metadata.items() if name != "annotations"}
    return {**given, "spec": {**spec, "template": {**template, "metadata": rest}}}


def of_the_program(resources: list[Resource]) -> dict[str, Resource]:
    """Return the resources of a state that a program registers, by URN."""
    return {item["urn"]: item for item in resources if not is_default_provider(item["urn"])}
