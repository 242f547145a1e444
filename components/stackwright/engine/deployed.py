"""What is deployed, as a layer of a plan: the same words for what will be and for what is."""

from __future__ import annotations

from collections.abc import Collection

from stackwright.engine.events import tool_of
from stackwright.engine.state import State
from stackwright.engine.workspace import LayerFolder
from stackwright.plan.graph import Layer, Resource


def deployed_layer(folder: LayerFolder, state: State, instances: Collection[str]) -> Layer:
    """Return the state of a layer as a plan would show it; secrets are masked.

    Args:
        folder: The layer.
        state: Its state.
        instances: Names of the blueprint's tools.
    """
    parents = {one.urn: one.parent for one in state.resources}
    resources = tuple(
        Resource(
            urn=one.urn,
            type=one.type,
            name=one.name,
            custom=one.custom,
            inputs=one.inputs,
            outputs=one.outputs,
            parent=one.parent,
            tool=tool_of(one.urn, parents, instances),
        )
        for one in state.by_urn.values()
    )
    return Layer(
        name=folder.layer.value,
        project=str(folder.project.get("name", "")),
        stack=folder.environment,
        resources=resources,
        outputs=state.outputs,
    )
