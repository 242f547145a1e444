"""Texts of a stranger that try to become markup, and a diff that is made of them."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from hypothesis import strategies as st

HOSTILE = (
    "</summary></details><script>alert(1)</script>",
    "```\n# heading\n```diff",
    "~~~\n| a | b |\n| - | - |",
    "@everyone @org/team #12 org/repo#12 GH-12 !7 ~bug %3 $9 &4 :tada:",
    "https://evil.example www.evil.example <https://evil.example>",
    "![x](https://evil.example/x.png) [click](javascript:alert)",
    "<!-- marker --> \u202e\u2066 \x1b[31m \r\n> [!CAUTION]",
    "a|b|c `x` ``y`` \\` **bold** __bold__ 1. one",
    "${output:urn:pulumi:prod::p::t::n#<b>} {0} {{ }}",
)


texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.sampled_from("`|<>@#*_[]()!~-+=:/&;\\{}$%^.\n\r\u202e aG1"), max_size=40),
)


def with_text(item: Any, text: str) -> Any:
    """Return `item` with `text` behind every plain text in it, keys too."""
    if isinstance(item, Enum) or item is None or isinstance(item, bool | int):
        return item
    if isinstance(item, str):
        return f"{item}{text}"
    if is_dataclass(item) and not isinstance(item, type):
        values = {one.name: with_text(getattr(item, one.name), text) for one in fields(item)}
        return type(item)(**values)
    if isinstance(item, dict):
        return {with_text(key, text): with_text(value, text) for key, value in item.items()}
    return type(item)(with_text(one, text) for one in item)
