"""YAML that every YAML reader understands alike, in an order that a person expects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from stackwright.plan.graph import JsonValue

_FIRST = ("apiVersion", "kind", "metadata", "name", "namespace", "type", "image", "command", "spec")
_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./@:-]*(?<!:)(?: [A-Za-z0-9_./@-]+)*")
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"])
"""What some YAML reader takes for a boolean, nothing or a number, in lower case."""


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = None
    if "\n" in text:
        style = "|"
    elif not _PLAIN.fullmatch(text) or text.lower() in _WORDS:
        style = "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def to_yaml(value: JsonValue) -> str:
    """Return one YAML document without its `---`.

    Texts are quoted unless no reader can take them for something else: PyYAML alone would write
    `1e3` bare, which YAML 1.2 reads as a number. Texts of several lines are block scalars.
    """
    text: str = yaml.dump(
        _ordered(value),
        Dumper=_Dumper,
        sort_keys=False,
        default_flow_style=False,
        allow_unicode=False,
        width=2**16,
    )
    return text


def _ordered(value: JsonValue) -> JsonValue:
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value, key=_rank)}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    return value


def _rank(key: str) -> tuple[int, str]:
    return (_FIRST.index(key) if key in _FIRST else len(_FIRST), key)
