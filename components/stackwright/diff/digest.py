"""The digest of what an environment would be: what was reviewed is what is deployed."""

from __future__ import annotations

import hashlib
import json

from stackwright.plan.graph import Plan
from stackwright.versioned_json import field_values

SHORTEST = 12
"""Characters of a digest that name it: 48 bits, as a reviewer may shorten it."""


def digest(plan: Plan) -> str:
    """Return the SHA-256, in hexadecimal, over all that a plan would deploy.

    Two plans have the same digest when they register the same resources with the same inputs and
    options, and export the same values. The version of Stackwright and the words that a plan says
    of itself (assumptions, titles, warnings) are not part of it.
    """
    content = {
        "name": plan.name,
        "environment": plan.environment,
        "target": plan.target,
        "layers": [
            {
                "project": layer.project,
                "stack": layer.stack,
                "resources": {one.urn: one for one in layer.resources},
                "outputs": layer.outputs,
            }
            for layer in plan.layers
        ],
    }
    text = json.dumps(content, default=field_values, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
