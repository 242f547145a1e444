"""Paths of a program's files in the values of its plan, told without the place on this machine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from stackwright.plan.graph import Plan


def without_places(plan: Plan, places: Iterable[Path]) -> Plan:
    """Return a plan whose values name files from one of some folders, such as `stacks/x.txt`.

    Args:
        plan: The plan.
        places: The folders; one that lies in another comes before it.
    """
    text = plan.to_json()
    shorter = text
    for place in places:
        for path in {str(place.absolute()), str(place.resolve())}:
            inside = re.escape(json.dumps(path)[1:-1])
            # Not where it is a part of another path or address.
            shorter = re.sub(rf'(?<![\w.:/-]){inside}(/|(?="))', "", shorter)
    return plan if shorter == text else Plan.from_json(shorter)
