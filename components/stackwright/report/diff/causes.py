"""The lines of the blueprint that differ, by the environment and the tool that they reach."""

from __future__ import annotations

from collections.abc import Sequence

from stackwright.diff.model import BlueprintChange, Diff


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
