"""Paths of a program's files in the values of its plan, told without the place on this machine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from stackwright.plan.graph import Plan
from stackwright.versioned_json import field_values


def without_places(plan: Plan, places: Iterable[Path]) -> Plan:
    """Return a plan whose values name files from one of some folders, such as `stacks/x.txt`.

    Args:
        plan: The plan.
        places: The folders; one that lies in another comes before it.
    """
    paths = [path for place in places for path in {str(place.absolute()), str(place.resolve())}]
    written = [json.dumps(path)[1:-1] for path in paths]
    # Most plans name no file of theirs; JSON without an indent says so at a sixth of the cost.
    values = json.dumps(plan, default=field_values)
    if not any(path in values for path in written):
        return plan
    text = plan.to_json()
    shorter = text
    for path in written:
        # Not where it is a part of another path or address.
        shorter = re.sub(rf'(?<![\w.:/-]){re.escape(path)}(/|(?="))', "", shorter)
    return plan if shorter == text else Plan.from_json(shorter)
