"""What loses its data although the resource that holds it is updated in place.

No resource shows that: a tool says which of its settings data does not survive (`plan.Fixed`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from stackwright.diff.changes import ResourceChange
from stackwright.diff.findings import Protection
from stackwright.plan.graph import Fixed, Plan

Emptied: TypeAlias = Mapping[tuple[str, str], list[Fixed]]

UNHELD = Protection("protect", False, "Pulumi holds back no update in place.")


def emptied(base: Plan, head: Plan | None) -> Emptied:
    """Return what has another value now and loses data by it, by instance and type of resource.

    A tool of another kind is another tool, whose resources come and go.
    """
    after = {place: one.value for place, one in _fixed(head)} if head is not None else {}
    found: defaultdict[tuple[str, str], list[Fixed]] = defaultdict(list)
    for (instance, kind, key), one in _fixed(base):
        if after.get((instance, kind, key), one.value) != one.value:
            found[instance, one.holder].append(one)
    return found


def what_goes(change: ResourceChange, found: Emptied) -> list[Fixed]:
    """Return the settings that empty a resource which stays; none where it goes anyway."""
    return [] if change.ends else found.get((change.tool, change.type), [])


def _fixed(plan: Plan) -> Iterator[tuple[tuple[str, str, str], Fixed]]:
    """Yield each fixed key with its instance, kind and name: a tool may move in the blueprint."""
    for tool in plan.tools:
        for one in tool.fixed:
            yield (tool.instance, tool.kind, one.path.rpartition(".")[2]), one
