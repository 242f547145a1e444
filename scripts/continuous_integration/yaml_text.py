"""YAML as a person would write it: comments kept, text quoted only where it must be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PLAIN = re.compile(r"[A-Za-z0-9_./$](?:(?!: | #)[^\n\"])*(?<![ :])")
_OTHER_TYPE = re.compile(r"(?i)[0-9.+-][0-9._eE+:-]*|0x.*|true|false|yes|no|on|off|y|n|null|~")


@dataclass(frozen=True)
class Noted:
    """A value with a comment at the end of its line."""

    value: Any
    comment: str


@dataclass(frozen=True)
class Spaced:
    """A value that an empty line goes before."""

    value: Any


def yaml_text(document: Mapping[str, Any], comment: str) -> str:
    """Return a document under a comment of one line."""
    return "\n".join([f"# {comment}", *_lines(document, "")]) + "\n"


def _lines(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            spaced = isinstance(item, Spaced)
            if spaced:
                yield ""
            yield from _entry(f"{indent}{key}:", item.value if spaced else item, indent + "  ")
        return
    for item in value:
        first, *rest = (
            _lines(item, indent + "  ") if _is_block(item) else [f"{indent}  {_text(item)}"]
        )
        yield f"{indent}- {first.removeprefix(indent + '  ')}"
        yield from rest


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Noted):
        if _is_block(value.value):
            yield f"{head}  # {value.comment}"
            yield from _lines(value.value, indent)
        else:
            yield f"{head} {_text(value.value)}  # {value.comment}"
    elif _is_block(value):
        yield head
        yield from _lines(value, indent)
    elif isinstance(value, str) and _is_script(value):
        yield f"{head} |"
        yield from (f"{indent}{line}" if line else "" for line in value[:-1].split("\n"))
    else:
        yield f"{head} {_text(value)}".rstrip()


def _is_block(value: Any) -> bool:
    return isinstance(value, (Mapping, Sequence)) and not isinstance(value, str) and bool(value)


def _is_script(text: str) -> bool:
    return text.endswith("\n") and not text.endswith("\n\n") and not text.startswith((" ", "\n"))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, bool | int):
        return json.dumps(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and not _OTHER_TYPE.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False)
