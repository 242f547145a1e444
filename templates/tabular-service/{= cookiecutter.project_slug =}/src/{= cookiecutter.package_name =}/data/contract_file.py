"""Writes a proposed data contract as YAML that a person can read and edit."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from .proposal import Proposal

_CHECKSUM = "# unedited: "
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS_OF_YAML = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})

_TOP = """\
# The data contract of {file}: what the columns may hold, and what is predicted. A proposal: read
# it, correct it, then run `prepare` again. `prepare --from` replaces it only while it is unedited.
"""
_ABOUT_COLUMNS = """\
# The order of the features is the order of the model's input. For each column:
#   type      number: with minimum and maximum, beyond which a row or request is refused
#             category: with all its values. text: no model here can use it
#   role      feature: the model sees it. slice: only the evaluation compares its groups. ignored
#   personal  says something about a person: never logged. Guessed from names; check each
#   nullable  a value may be missing
#   bands     where the groups of a slice of numbers end
"""


def contract_text(proposal: Proposal, file: str, source_key: str) -> str:
    """Return the YAML text of a proposal; `file` is what it was made from, in words."""
    lines = [
        *_TOP.replace("{file}", _one_line(file)).splitlines(),
        *(f"# ATTENTION: {_one_line(warning)}" for warning in proposal.warnings),
        "",
        "source: " + _flow({"kind": "file", "path": source_key}),
        "",
        "target: " + _flow(proposal.target),
        "",
        *_ABOUT_COLUMNS.splitlines(),
        "columns:",
        *(
            f"  {_scalar(column.name)}: {_flow(column.keys)}"
            + (f"    # {column.reason}" if column.reason else "")
            for column in proposal.columns
        ),
    ]
    body = "\n".join(lines) + "\n"
    return body + _CHECKSUM + _checksum(body) + "\n"


def is_unedited(file: Path) -> bool:
    """Tell whether a contract is as it was proposed, so that nobody's work is lost with it."""
    if not file.exists():
        return True
    body, mark, checksum = file.read_text("utf-8").rpartition(_CHECKSUM)
    return bool(mark) and checksum.strip() == _checksum(body)


def _checksum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def _flow(keys: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {_value(value)}" for key, value in keys.items()) + "}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return _scalar(value)


def _scalar(text: str) -> str:
    """Return text as YAML that reads as that very text."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML:
        return text
    return yaml.safe_dump(
        text, default_style='"', allow_unicode=True, width=float("inf")
    ).removesuffix("\n")


def _one_line(text: str) -> str:
    """Return text that stays in a comment."""
    return " ".join("".join(mark if mark.isprintable() else "?" for mark in text).split())
