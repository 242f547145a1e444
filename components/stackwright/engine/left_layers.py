"""Refuses to go on where a layer is deployed that the blueprint has no tool for any more."""

from __future__ import annotations

from pathlib import Path

from stackwright.engine.command import EngineCommand
from stackwright.engine.deployed import managed
from stackwright.engine.state import read_state
from stackwright.engine.state_folder import require_state_folders
from stackwright.engine.workspace import LayerFolder, StackMissing, folders_without_tools
from stackwright.environment import Environment
from stackwright.errors import InputError, Problem


def require_no_layer_left(environment: Environment, folder: Path, command: EngineCommand) -> None:
    """Refuse a blueprint that has lost every tool of a layer which is still deployed.

    Its program has nothing to say any more, so the layer below would go away under it, and what
    runs there could not be deleted afterwards.

    Args:
        environment: What the blueprint says.
        folder: Folder of the blueprint, which holds `stacks/`.
        command: The engine.

    Raises:
        InputError: There is such a layer, or the folder of its state is not there.
    """
    folders = folders_without_tools(environment, folder, command)
    require_state_folders(folders)
    problems = [
        Problem(
            f"the {one.layer} layer of {one.environment} is deployed, and the blueprint has no tool"
            " for it any more.",
            hint="Go back to the blueprint that it was deployed with, take the layer away, and make"
            f" this change again: stackwright destroy -e {one.environment} --layer {one.layer}",
        )
        for one in folders
        if _is_deployed(one)
    ]
    if problems:
        raise InputError(problems)


def _is_deployed(folder: LayerFolder) -> bool:
    try:
        return bool(managed(read_state(folder.stack())))
    except StackMissing:
        return False
