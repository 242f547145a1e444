"""Which inputs an AWS type had when its rules of replacement were checked.

A newer provider may add others; nobody measured what a change of one of those does. The list is
made by `python -m scripts.known_inputs`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from stackwright.data.replacement import current_name

PLAIN = ""
"""Key of the names that hold no block: whatever is inside one of them belongs to it."""

Block: TypeAlias = Mapping[str, Any]


def is_known(type_: str, path: tuple[str, ...]) -> bool:
    """Tell whether an input of a type, or a field inside one, was there.

    True for a type that is not listed, such as those of Kubernetes: it says nothing of them.

    Args:
        type_: Pulumi type token, which may be an old name.
        path: The names on the way; the elements of lists are no step.
    """
    types: Mapping[str, Block] = _facts()["types"]
    block = types.get(type_, types.get(current_name(type_)))
    return block is None or _is_within(block, path)


def _is_within(block: Block, path: tuple[str, ...]) -> bool:
    above: list[Block] = []
    for step in path:
        above.append(block)
        inner = block.get(step)
        if inner is None or step == PLAIN:
            return step in block[PLAIN].split()
        if isinstance(inner, int):
            block = above[-inner]
            del above[-inner:]
        else:
            block = inner
    return True


@cache
def _facts() -> Mapping[str, Any]:
    text = Path(__file__).with_name("known_inputs.json").read_text(encoding="utf-8")
    facts: Mapping[str, Any] = json.loads(text)
    return facts
