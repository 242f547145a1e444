"""A local state that is not here is not begun anew by mistake."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from stackwright.claims import Layer
from stackwright.engine.command import EngineCommand
from stackwright.engine.state_folder import require_state_folders, state_folder_problem
from stackwright.engine.workspace import LayerFolder
from stackwright.errors import InputError


@pytest.fixture(autouse=True)
def _nothing_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))


def layer(root: Path, url: str) -> LayerFolder:
    """Return a layer whose state is at `url`; the engine is not run."""
    folder = root / "stacks" / "platform"
    folder.mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text(f"name: acme-ml\nbackend: {{url: '{url}'}}\n", "utf-8")
    return LayerFolder(Layer.PLATFORM, folder, "prod", cast("EngineCommand", None), {})


def test_a_folder_that_is_not_here_is_told_once_and_not_made(tmp_path: Path) -> None:
    folder = layer(tmp_path, "file://../../state?dir_file_mode=0700")
    with pytest.raises(InputError) as refused:
        require_state_folders([folder, folder])
    (problem,) = refused.value.problems
    assert problem.file == str(tmp_path / "state")
    assert problem.hint.endswith(f"mkdir -m 700 {tmp_path / 'state'}")
    assert not (tmp_path / "state").exists()


def test_a_folder_that_is_here_is_used(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    require_state_folders([layer(tmp_path, "file://../../state?dir_file_mode=0700")])


@pytest.mark.parametrize("url", ["s3://acme?region=eu-west-1", "gs://acme", "https://acme.test"])
def test_what_is_no_folder_is_not_looked_for(url: str, tmp_path: Path) -> None:
    assert state_folder_problem(layer(tmp_path, url)) is None
