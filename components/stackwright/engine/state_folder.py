"""A local folder for state: that it is not here means that the state is elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from stackwright.engine.backend import backend_of
from stackwright.engine.stores import FolderStore
from stackwright.engine.workspace import LayerFolder
from stackwright.errors import InputError, Problem


def require_state_folders(folders: Iterable[LayerFolder]) -> None:
    """Refuse to begin where a local state should be and is not.

    Nothing is made: in a new clone, an empty state would mean that nothing is deployed.

    Raises:
        InputError: A folder does not exist; each is told once.
    """
    found = dict.fromkeys(filter(None, map(state_folder_problem, folders)))
    if found:
        raise InputError(list(found))


def state_folder_problem(folder: LayerFolder) -> Problem | None:
    """Return what is wrong with the folder of a layer's state; None when it lives elsewhere."""
    store = backend_of(folder).store
    if not isinstance(store, FolderStore) or store.root.is_dir():
        return None
    return Problem(
        "the state of this platform is kept in this folder, and there is no such folder.",
        file=str(store.root),
        hint="Bring it from where the platform was deployed. If it never was deployed: "
        f"mkdir -m 700 {store.root}",
    )


def require_no_lost_state(folders: Iterable[LayerFolder]) -> None:
    """Refuse a layer whose state is gone and whose history says that it was deployed.

    The engine would take it for a new one, and make everything a second time.

    Raises:
        InputError: A state is gone; each is told.
    """
    found = [problem for folder in folders if (problem := _lost_state(folder))]
    if found:
        raise InputError(found)


def _lost_state(folder: LayerFolder) -> Problem | None:
    backend, project = backend_of(folder), folder.project_name
    if backend.store is None or backend.state_file(project, folder.environment) is not None:
        return None
    if not backend.has_history(project, folder.environment):
        return None
    return Problem(
        f"the {folder.layer} layer was deployed, and its state is gone from {backend.url}.",
        hint=f"Next: stackwright recover -e {folder.environment}",
    )
