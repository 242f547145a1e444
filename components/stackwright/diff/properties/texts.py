"""Texts that hold JSON or YAML, such as policies, manifests and values of a chart."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from stackwright.plan.graph import SYMBOL, JsonValue

LARGEST = 512 * 1024
"""Characters of a text that is read; a Kubernetes object may hold a MiB in all, an IAM policy
10,240 characters."""

DEEPEST = 100
"""Levels of lists and mappings that are followed."""

_KEY = re.compile(r"^[ \t]*(?:- +)?[\"']?[\w./$-]+[\"']?:(?: |$)", re.MULTILINE)
_NAME = re.compile(r"[\w./$ -]+")
_PLACEHOLDER = re.compile(r"stackwrightSymbol(\d+)x")


def document(text: str) -> JsonValue:
    """Return the mapping or list that a text holds as JSON or YAML; None for any other text.

    Symbols in it stay what they are. Several YAML documents are a list. YAML with anchors or
    tags is not read: it could be made to grow without end.
    """
    plain = text.strip()
    if not plain or len(plain) > LARGEST:
        return None
    written_as_json = plain[0] in "{["
    if not written_as_json and ("\n" not in plain or _KEY.search(plain) is None):
        return None
    if _PLACEHOLDER.search(plain):
        return None
    symbols: list[str] = []
    safe = SYMBOL.sub(lambda match: _placeholder(match, symbols), plain)
    found = _json(safe) if written_as_json else None
    if found is None and (symbols or not written_as_json):
        found = _yaml(safe)
    return None if found is None else _restored(found, symbols)


def _placeholder(match: re.Match[str], symbols: list[str]) -> str:
    symbols.append(match[0])
    return f"stackwrightSymbol{len(symbols) - 1}x"


def _json(text: str) -> JsonValue:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) and _is_plain(found) else None


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads YAML as JSON has it: a date stays a text."""


_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in _Loader.yaml_implicit_resolvers.items()
}


def _yaml(text: str) -> JsonValue:
    try:
        if any(_is_refused(event) for event in yaml.parse(text, Loader=_Loader)):
            return None
        found = list(yaml.load_all(text, Loader=_Loader))
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    documents = [one for one in found if one is not None]
    if not documents or not all(_is_written(one) for one in documents):
        return None
    return documents[0] if len(found) == 1 else documents


def _is_refused(event: Any) -> bool:
    return getattr(event, "anchor", None) is not None or getattr(event, "tag", None) is not None


def _is_written(found: Any) -> bool:
    """Tell whether somebody wrote this as YAML: other texts happen to be read as such."""
    if isinstance(found, dict):
        return _is_plain(found) and all(_NAME.fullmatch(key) for key in found)
    return isinstance(found, list) and _is_plain(found)


def _is_plain(found: Any, level: int = 0) -> bool:
    """Tell whether a value is one that JSON has, and not nested too deeply."""
    if level > DEEPEST:
        return False
    if isinstance(found, dict):
        return all(isinstance(key, str) for key in found) and all(
            _is_plain(one, level + 1) for one in found.values()
        )
    if isinstance(found, list):
        return all(_is_plain(one, level + 1) for one in found)
    return found is None or isinstance(found, str | int | float)


def _restored(found: JsonValue, symbols: list[str]) -> JsonValue:
    if isinstance(found, str):
        return _PLACEHOLDER.sub(lambda match: symbols[int(match[1])], found)
    if isinstance(found, Mapping):
        return {_restored(key, symbols): _restored(one, symbols) for key, one in found.items()}
    if isinstance(found, list):
        return [_restored(one, symbols) for one in found]
    return found
