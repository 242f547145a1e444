"""Ordering puts things after all that they need, the same way every time."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, TypeVar

T = TypeVar("T", bound=Any)


def in_order(needs: Mapping[T, Set[T]]) -> tuple[tuple[T, ...], tuple[T, ...]]:
    """Return the keys of `needs` in order, and those that need each other in a circle.

    Args:
        needs: For each thing, the things that must come before it; each of them is a key too.
    """
    waiting, order = dict(needs), dict[T, None]()
    while waiting:
        ready = [item for item, before in waiting.items() if before <= order.keys()]
        if not ready:
            return tuple(order), _circle(waiting)
        first = min(ready)
        order[first] = None
        del waiting[first]
    return tuple(order), ()


def _circle(waiting: Mapping[T, Set[T]]) -> tuple[T, ...]:
    walked = [min(waiting)]
    while (following := min(waiting[walked[-1]] & waiting.keys())) not in walked:
        walked.append(following)
    return tuple(walked[walked.index(following) :])
