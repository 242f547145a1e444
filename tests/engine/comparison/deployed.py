"""The engine's side: exported states, opened, and the outputs that symbols of a plan mean."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.engine.comparison.report import MISSING

from stackwright.plan.graph import SYMBOL

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
ASSETS = ("c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7")
"""The marks of Pulumi on special values, assets and archives among them (pulumi/sdk, sig)."""

Resource = Mapping[str, Any]


def is_secret(value: Any) -> bool:
    """Tell whether a value of a state or of a request is a secret."""
    return isinstance(value, Mapping) and value.get(SIGNATURE) == SECRET


def opened(value: Any) -> Any:
    """Return a value without the marks of secrets; states hold their text as JSON."""
    while is_secret(value):
        value = json.loads(value["plaintext"]) if "plaintext" in value else value["value"]
    if isinstance(value, Mapping):
        return {name: opened(item) for name, item in value.items()}
    return [opened(item) for item in value] if isinstance(value, list) else value


def opened_here(value: Any) -> Any:
    """Return what a secret holds, with the secrets inside of it still marked."""
    return json.loads(value["plaintext"]) if "plaintext" in value else value["value"]


class Outputs:
    """What all deployed resources gave, by URN and path."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._resources = {resource["urn"]: resource for resource in resources}

    def output(self, urn: str, path: str) -> Any:
        """Return an output; `MISSING` when the resource or the path is not there."""
        resource = self._resources.get(urn, {})
        if path in ("id", "urn"):
            return resource.get(path, MISSING)
        value: Any = opened(resource.get("outputs", {}))
        if path in value:
            return value[path]
        for step in re.findall(r"[^.\[\]]+", path):
            value = _below(value, step)
        return value

    def substituted(self, text: str) -> Any:
        """Return a text of the plan with the value of every symbol; `MISSING` without one of them.

        A text that is one symbol and nothing else becomes the value as it is.
        """
        whole = SYMBOL.fullmatch(text)
        if whole:
            return self.output(whole["urn"], whole["property"])
        found = [self.output(match["urn"], match["property"]) for match in SYMBOL.finditer(text)]
        if any(not isinstance(value, str) for value in found):
            return MISSING
        values = iter(found)
        return SYMBOL.sub(lambda _: next(values), text)


def _below(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step.strip("\"'"), MISSING)
    if isinstance(value, Sequence) and not isinstance(value, str) and step.isdigit():
        return value[int(step)] if int(step) < len(value) else MISSING
    return MISSING
