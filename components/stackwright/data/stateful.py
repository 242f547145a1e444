"""Which resource types lose data or identity when they are deleted or replaced."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def losses() -> Mapping[str, str]:
    """Return what is lost by resource type; a type that is not named loses nothing."""
    text = Path(__file__).with_name("stateful_types.json").read_text(encoding="utf-8")
    types: Mapping[str, str] = json.loads(text)["types"]
    return types
