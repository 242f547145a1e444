"""Which resource types lose data or identity when they are deleted or replaced."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

DELETION_PROTECTION = (
    "deletionProtection",
    "deletionProtectionEnabled",
    "enableDeletionProtection",
)
"""Inputs by which a service refuses to delete; AWS has three names for one thing."""


def losses() -> Mapping[str, str]:
    """Return what is lost by resource type; a type that is not named loses nothing."""
    types: Mapping[str, str] = _facts()["types"]
    return types


def holds_data(type_: str) -> bool:
    """Tell whether a resource of a type holds data, or the only means to read some.

    What only groups others, such as a namespace, loses what is in it and holds nothing itself.
    """
    facts = _facts()
    return type_ in facts["types"] and type_ not in facts["groups"]


def takes_something(type_: str, *, protected: bool, retained: bool) -> bool:
    """Tell whether something goes with a resource when it is deleted or replaced.

    The one rule of the guard of `up` and of the cards of a diff.

    Args:
        type_: Pulumi type token.
        protected: Whether the engine holds it: only the program knows then why.
        retained: Whether what is real stays when the engine deletes it.
    """
    return not retained and (protected or type_ in losses())


@cache
def _facts() -> Mapping[str, Any]:
    text = Path(__file__).with_name("stateful_types.json").read_text(encoding="utf-8")
    facts: Mapping[str, Any] = json.loads(text)
    return facts
