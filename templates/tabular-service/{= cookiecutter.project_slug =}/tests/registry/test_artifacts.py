"""The files of a run behind a server: named, measured and only then fetched."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from {= cookiecutter.package_name =}.errors import ModelRefused
from {= cookiecutter.package_name =}.model.bundle import FILE_LIMITS
from {= cookiecutter.package_name =}.registry.artifacts import (
    LocalArtifacts,
    ServerArtifacts,
)

CONTENTS = {"model.skops": b"model", "contract.json": b"contract"}


class Server:
    """Stands for MLflow's client: lists files with sizes, and notes what is fetched."""

    def __init__(self, folder: Path, sizes: dict[str, int]) -> None:
        self.folder = folder
        self.sizes = sizes
        self.fetched: list[str] = []

    def list_artifacts(self, run_id: str, path: str) -> list[Any]:
        return [
            SimpleNamespace(path=f"{path}/{name}", file_size=size)
            for name, size in self.sizes.items()
        ]

    def download_artifacts(self, run_id: str, path: str, target: str) -> str:
        self.fetched.append(path)
        found = Path(target) / path
        found.parent.mkdir(exist_ok=True)
        return str(shutil.copy(self.folder / path, found))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files of a run: a card and a model."""
    (tmp_path / "run" / "model").mkdir(parents=True)
    (tmp_path / "run" / "card.md").write_text("card")
    for name, data in CONTENTS.items():
        (tmp_path / "run" / "model" / name).write_bytes(data)
    return tmp_path / "run"


def behind(server: Server) -> ServerArtifacts:
    return ServerArtifacts(server)  # type: ignore[arg-type]


def test_the_two_files_come_from_the_server_and_nothing_stays(folder: Path) -> None:
    server = Server(folder, {"model.skops": 5, "contract.json": 8})
    assert behind(server).bundle_files("a1") == CONTENTS
    assert server.fetched == ["model/model.skops", "model/contract.json"]


@pytest.mark.parametrize(
    ("sizes", "reason"),
    [
        ({"model.skops": 5}, "lacks contract"),
        ({"model.skops": 5, "contract.json": 8, "MLmodel": 1}, "must not have: MLmodel"),
        (
            {"model.skops": FILE_LIMITS["model.skops"] + 1, "contract.json": 8},
            "bytes allowed",
        ),
    ],
)
def test_what_is_no_bundle_is_refused_before_anything_is_fetched(
    sizes: dict[str, int], reason: str, folder: Path
) -> None:
    server = Server(folder, sizes)
    with pytest.raises(ModelRefused, match=reason):
        behind(server).bundle_files("a1")
    assert server.fetched == []


@pytest.mark.parametrize("run_id", ["", "..", "a/b", "../../etc", "a" * 65, "a\n"])
def test_the_name_of_a_run_leads_nowhere_else(run_id: str, tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="odd name"):
        LocalArtifacts(tmp_path).bundle_files(run_id)


def test_local_files_are_kept_as_a_server_would_keep_them(folder: Path, tmp_path: Path) -> None:
    kept = LocalArtifacts(tmp_path / "artifacts")
    kept.save("a1", folder)
    assert (tmp_path / "artifacts" / "a1" / "artifacts" / "card.md").read_text() == "card"
    assert kept.bundle_files("a1") == CONTENTS
