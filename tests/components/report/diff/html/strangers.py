"""Diffs that a stranger may have written: texts that would run as markup, values of any form."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tests.components.report.diff.html.sample_resources import (
    HOSTILE,
    TRACKING,
    added,
    change,
    updated,
)
from tests.components.report.diff.html.samples import sample

from stackwright.diff.changes import Action
from stackwright.diff.codec import from_json, to_json
from stackwright.diff.model import Diff


def hostile(value: Any) -> Any:
    """Return JSON in which every text that is free ends with what would run as markup."""
    if isinstance(value, str):
        return value + HOSTILE
    if isinstance(value, list):
        return [hostile(item) for item in value]
    if isinstance(value, dict):
        return {key: item if key in CHOICES else hostile(item) for key, item in value.items()}
    return value


STRANGE: tuple[Any, ...] = (
    None,
    "",
    "\n\n",
    "x" * 5000,
    "\n".join(map(str, range(3000))),
    True,
    10**30,
    [],
    {},
    [[], {}, [None]],
    {"__proto__": {"constructor": 1}, "toString": 2},
    {"$secret": 5},
    {"$secret": None, "other": 1},
    {"$unknown": {"a": "b"}},
    {"$unknown": "no list"},
    "${output:urn#}${output:",
    HOSTILE,
)
"""Values that nobody would write, and that a stranger may."""


def strange() -> Diff:
    """Return a diff in which each of these values turns into the next one, and is added."""
    pairs = zip(STRANGE, STRANGE[1:] + STRANGE[:1], strict=True)
    changes = [
        *(updated(f"values[{at}]", old, new) for at, (old, new) in enumerate(pairs)),
        *(added(f"new[{at}].{HOSTILE}", value) for at, value in enumerate(STRANGE)),
    ]
    deployment = change("prod", "tracking", *TRACKING[1:], Action.UPDATE, *changes)
    found = sample()
    environment = replace(found.environments[2], changes=(deployment,), chains=(), losses=())
    return replace(found, environments=(environment,))


CHOICES = frozenset(
    {
        *("action", "kind", "effect", "evidence", "order", "direction", "impact", "breakage"),
        *("presence", "worst"),
    }
)
"""Keys of the JSON whose values are one of a few words."""


def hostile_sample() -> Diff:
    document = json.loads(to_json(sample()))
    schema = document.pop("schema")
    written = json.dumps({**hostile(document), "schema": schema})
    return from_json(written.encode(), "diff.json")
