"""The lines of the blueprint that differ, by the environment and the tool that they reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from stackwright.diff.changes import Action
from stackwright.diff.model import BlueprintChange, Diff, Presence

SHARED = "shared by all tools"
"""What is said of a line that configures no tool of its own."""


class Causes:
    """What caused a change, looked up without going through all lines each time."""

    def __init__(self, diff: Diff) -> None:
        self._found: dict[tuple[str, str], list[BlueprintChange]] = {}
        for one in diff.causes:
            for environment in one.environments:
                self._found.setdefault((environment, one.tool), []).append(one)

    def of(self, environment: str, tool: str) -> Sequence[BlueprintChange]:
        """Return the lines that reach an environment and configure `tool`.

        Where none does, those that all tools share.
        """
        own = self._found.get((environment, tool))
        return own if own is not None else self._found.get((environment, ""), [])


class Effects:
    """What follows from a line of the blueprint: what its tool sees where the line reaches."""

    def __init__(self, diff: Diff) -> None:
        self._found: dict[tuple[str, str], Counter[Action]] = {}
        self._whole = {
            one.environment: one.counts()
            for one in diff.environments
            if one.presence is not Presence.BOTH
        }
        for environment in diff.environments:
            for change in environment.managed:
                seen = (environment.environment, change.tool)
                self._found.setdefault(seen, Counter())[change.action] += 1

    def of(self, cause: BlueprintChange) -> dict[Action, int]:
        """Return how many resources see each action, in the order of `Action`.

        They are those of the tool; where an environment comes or goes as a whole, all of them.
        """
        counts: Counter[Action] = Counter()
        for environment in cause.environments:
            if self.is_whole(cause):
                whole = self._whole[environment]
                counts.update({Action(action): count for action, count in whole.items()})
            else:
                counts.update(self._found.get((environment, cause.tool), {}))
        return {action: counts[action] for action in Action if counts[action]}

    def is_whole(self, cause: BlueprintChange) -> bool:
        """Tell whether the line is of environments that come or go."""
        return bool(not cause.tool and cause.environments) and all(
            environment in self._whole for environment in cause.environments
        )
