"""What is the same in several environments is said once, with all of them named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from stackwright.diff.model import Diff, EnvironmentDiff
from stackwright.report.diff.wording import names
from stackwright.versioned_json import field_values

Thing = TypeVar("Thing")
Shown = TypeVar("Shown", bound=Hashable)

_MOST = 6

_CUT = re.compile(r"\(\d+ more characters?\)")
"""What says how much of a text is cut, which depends on the length of a name before it."""

_STACK = re.compile(r"urn:pulumi:[^:]*::")


@dataclass(frozen=True, slots=True)
class Where:
    """The environments in which something is so."""

    environments: tuple[str, ...]
    alike: bool
    """Whether it differs in the names of the environments; what is shown is of the first."""

    def __str__(self) -> str:
        """Return them as words: `in dev, staging and prod`."""
        if not self.alike:
            return f"in {names(self.environments, _MOST)}"
        first, *others = self.environments
        return f"in {names([first])}, alike in {names(others, _MOST)}"

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self.environments)


def merged(
    diff: Diff,
    things: Callable[[EnvironmentDiff], Iterable[Thing]],
    show: Callable[[EnvironmentDiff, Thing], Shown],
) -> list[tuple[Shown, Where]]:
    """Return what each thing is shown as, and where it is so.

    Two that differ in nothing but the name of their environment are one.

    Args:
        diff: Where to look.
        things: What to show of an environment.
        show: How one is shown; texts, or tuples and dataclasses of texts and numbers.
    """
    found: dict[str, dict[str, Shown]] = {}
    for environment in diff.environments:
        for thing in things(environment):
            shown = show(environment, thing)
            key = _CUT.sub("", _word(environment.environment).sub("\0", repr(shown)))
            found.setdefault(key, {}).setdefault(environment.environment, shown)
    return [
        (next(iter(shown.values())), Where(tuple(shown), len(set(shown.values())) > 1))
        for shown in found.values()
    ]


def equal(
    diff: Diff, things: Callable[[EnvironmentDiff], Iterable[Thing]]
) -> list[tuple[Thing, tuple[int, ...]]]:
    """Return each thing once, with the places of the environments that have it.

    Two are one only where nothing but the stack in their URNs differs, so that what is shown is
    true word for word of each of its environments.
    """
    found: dict[str, tuple[Thing, list[int]]] = {}
    for place, environment in enumerate(diff.environments):
        for thing in things(environment):
            found.setdefault(fingerprint(thing), (thing, []))[1].append(place)
    return [(thing, tuple(dict.fromkeys(places))) for thing, places in found.values()]


def portable(urn: str) -> str:
    """Return a URN without its stack, which is the environment's name."""
    return urn.partition("::")[2] if _STACK.match(urn) else urn


def fingerprint(item: Any) -> str:
    """Return a text that is equal for what is equal but for the stacks in its URNs."""
    return _STACK.sub("urn:pulumi:::", json.dumps(item, default=field_values, sort_keys=True))


@lru_cache(maxsize=256)
def _word(name: str) -> re.Pattern[str]:
    """Return what finds a name as a word of its own; an empty one is found nowhere."""
    return re.compile(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])" if name else r"(?!)")
