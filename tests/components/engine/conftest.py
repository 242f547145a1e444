"""The control plane that the tests here share with all others of the run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.cluster.control_plane import ControlPlane
from tests.cluster.sharing import folder_of_run, shared_control_plane


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """Return the control plane of this test run."""
    with shared_control_plane(folder_of_run(tmp_path_factory)) as found:
        yield found
