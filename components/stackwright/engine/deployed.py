"""What is deployed, as a layer of a plan: the same words for what will be and for what is."""

from __future__ import annotations

from collections.abc import Collection

from stackwright.engine.state import Resource as Deployed
from stackwright.engine.state import State
from stackwright.engine.workspace import LayerFolder
from stackwright.plan.graph import Layer, Resource
from stackwright.urns import is_managed, tool_of


def deployed_layer(folder: LayerFolder, state: State, instances: Collection[str]) -> Layer:
    """Return the state of a layer as a plan would show it; secrets are masked.

    Args:
        folder: The layer.
        state: Its state.
        instances: Names of the blueprint's tools.
    """
    above = parents(state)
    resources = tuple(
        Resource(
            urn=one.urn,
            type=one.type,
            name=one.name,
            custom=one.custom,
            inputs=one.inputs,
            outputs=one.outputs,
            parent=one.parent,
            tool=tool_of(one.urn, above, instances),
        )
        for one in state.by_urn.values()
    )
    return Layer(
        name=folder.layer.value,
        project=folder.project_name,
        stack=folder.environment,
        resources=resources,
        outputs=state.outputs,
    )


def parents(state: State) -> dict[str, str]:
    """Return URN -> URN of the parent, those that wait to be deleted included."""
    return {one.urn: one.parent for one in state.resources}


def managed(state: State) -> list[Deployed]:
    """Return what a provider answers for, and would be asked to delete."""
    return [one for one in state.resources if is_managed(one.type, one.custom) and not one.external]
