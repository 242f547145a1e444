"""Symbols of the earlier side, written with the URNs of the later one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from stackwright.diff.properties.texts import DEEPEST
from stackwright.plan.graph import JsonValue

_URN = re.compile(r"urn:pulumi:[^#{}]+(?=#)")


def renamed(value: JsonValue, urns: Mapping[str, str], level: int = 0) -> JsonValue:
    """Return a value in which every output is named by the URN that the later side gives it.

    Args:
        value: Any value of the earlier plan.
        urns: Earlier URN -> later URN.
        level: How deep the value lies; what is nested too deeply stays as it is.
    """
    if isinstance(value, str):
        return _URN.sub(lambda match: urns.get(match[0], match[0]), value)
    if level > DEEPEST:
        return value
    if isinstance(value, Mapping):
        if "$unknown" in value or "$secret" in value:
            return {key: sorted(renamed(one, urns) for one in made) for key, made in value.items()}
        return {key: renamed(one, urns, level + 1) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [renamed(one, urns, level + 1) for one in value]
    return value
