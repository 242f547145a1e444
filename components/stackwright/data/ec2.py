"""How large an EC2 instance type is, and which quota counts it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_SERIES = re.compile(r"^(?P<letters>[a-z]+)(?:-|(?P<generation>[0-9]+))")


@dataclass(frozen=True, slots=True)
class Size:
    """What one instance has."""

    vcpus: int
    gpus: int
    """GPUs of any maker."""


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota of one account in one region; it counts vCPUs."""

    name: str
    code: str
    """Quota code of Service Quotas, such as `L-DB2E81BA`."""


def size(instance_type: str) -> Size | None:
    """Return the size of an instance type such as `g6.2xlarge`; None when it is not known."""
    table = _table("ec2_instance_types.json")
    family, _, name = instance_type.partition(".")
    vcpus = table["vcpus"].get(family, {}).get(name)
    if vcpus is None:
        return None
    return Size(vcpus, table["gpus"].get(family, {}).get(name, 0))


def quota(instance_type: str, spot: bool) -> Quota | None:
    """Return the quota that counts an instance type; None when none is known."""
    table = _table("ec2_quotas.json")
    found = _SERIES.match(instance_type)
    if found is None:
        return None
    letters = found["letters"]
    series: Mapping[str, str] = table["series"]
    group = series.get(f"{letters}{found['generation'] or ''}", series.get(letters, ""))
    values = table["quotas"].get(group, {}).get("spot" if spot else "on-demand")
    return Quota(values["name"], values["code"]) if values else None


@cache
def _table(name: str) -> Mapping[str, Any]:
    table: Mapping[str, Any] = json.loads(Path(__file__).with_name(name).read_text("utf-8"))
    return table
