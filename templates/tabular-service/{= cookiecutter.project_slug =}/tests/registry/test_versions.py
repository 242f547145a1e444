"""The registry: versions, aliases, loading, moving the folder, and what goes wrong."""

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import skops.io

from {= cookiecutter.package_name =}.errors import (
    InputError,
    ModelRefused,
    ProjectError,
)
from {= cookiecutter.package_name =}.model.training import train
from {= cookiecutter.package_name =}.project import Project
from {= cookiecutter.package_name =}.registry.runs import Run
from {= cookiecutter.package_name =}.registry.versions import Registry


def reopened(root: Path) -> Project:
    """The project in a folder, as a new process opens it."""
    from {= cookiecutter.package_name =}.environment import local_environment

    return Project(root, local_environment(root))


def model_file(project: Project, name: str = "model.skops") -> Path:
    """A file of the only version's bundle."""
    return next(project.root.glob(f"state/artifacts/*/artifacts/model/{name}"))


def test_a_version_is_found_by_alias_and_by_number(trained_project: Project) -> None:
    registry = Registry(trained_project)
    assert registry.version("challenger") == registry.version("1")
    assert registry.version("champion") is None
    assert registry.version("2") is None
    assert registry.champion_number() is None
    assert [version.number for version in registry.versions()] == [1]


def test_an_alias_moves_and_a_tag_stays(trained_project: Project) -> None:
    registry = Registry(trained_project)
    registry.set_alias("champion", 1)
    registry.tag(1, "note", "seen")
    version = registry.require("champion")
    assert registry.champion_number() == 1
    assert version.aliases == ("challenger", "champion")
    assert version.tags["note"] == "seen"
    registry.remove_alias("champion")
    assert registry.champion_number() is None


def test_a_missing_version_says_what_to_run(trained_project: Project) -> None:
    with pytest.raises(InputError, match="no version champion; run `promote`"):
        Registry(trained_project).require("champion")


def test_a_loaded_version_answers_as_it_did_when_it_was_trained(
    trained_project: Project,
) -> None:
    registry = Registry(trained_project)
    bundle = registry.load(registry.require("1"))
    validation = trained_project.storage("data").read("validation.csv")
    from {= cookiecutter.package_name =}.data.prepared import table_from_csv

    contract = trained_project.contract
    rows = table_from_csv(validation, contract)
    from {= cookiecutter.package_name =}.model.metrics import measure

    found = measure(
        contract.labels(rows),
        bundle.predict(contract.encode(rows)),
        bundle.contract.threshold,
    )
    assert found.values() == bundle.contract.metrics


def test_a_project_can_be_moved_and_old_and_new_versions_load(
    trained_project: Project, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "a folder with spaces" / "renamed"
    elsewhere.parent.mkdir()
    shutil.move(trained_project.root, elsewhere)
    moved = reopened(elsewhere)
    train(moved)
    registry = Registry(moved)
    assert registry.load(registry.require("1")).contract.model == "logistic"
    assert registry.load(registry.require("2")).contract.model == "logistic"
    assert not trained_project.root.exists()
    for number in ("1", "2"):
        run = registry._client.get_run(registry.require(number).run_id)
        assert run.info.artifact_uri == f"mlflow-artifacts:/{run.info.run_id}/artifacts"


def test_a_swapped_model_file_is_refused(trained_project: Project) -> None:
    model_file(trained_project).write_bytes(skops.io.dumps({"not": "ours"}))
    registry = Registry(trained_project)
    with pytest.raises(ModelRefused, match="not the file that was registered"):
        registry.load(registry.require("1"))


def test_a_swapped_contract_is_refused_even_where_no_model_is_loaded(
    trained_project: Project,
) -> None:
    contract = model_file(trained_project, "contract.json")
    contract.write_text(contract.read_text().replace('"threshold": 0', '"threshold": 1'))
    registry = Registry(trained_project)
    with pytest.raises(ModelRefused, match="not the file that was registered"):
        registry.contract(registry.require("1"))


def test_a_model_of_other_features_is_refused_by_name(trained_project: Project) -> None:
    file = trained_project.contract_file
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("bmi: {", "weight: {"), encoding="utf-8")
    registry = Registry(trained_project)
    with pytest.raises(ModelRefused, match=r"(?s)lacks.* weight; it has.* bmi"):
        registry.load(registry.require("1"))


def test_edited_bounds_keep_the_model_usable(trained_project: Project) -> None:
    file = trained_project.contract_file
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("maximum: 60", "maximum: 70"), encoding="utf-8")
    registry = Registry(trained_project)
    assert registry.load(registry.require("1"))


def test_a_feature_that_became_personal_makes_its_model_refused(
    trained_project: Project,
) -> None:
    file = trained_project.contract_file
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("bmi: {", "bmi: {personal: true, "), encoding="utf-8")
    registry = Registry(trained_project)
    with pytest.raises(ModelRefused, match="bmi"):
        registry.load(registry.require("1"))


def test_a_missing_registry_says_what_to_run_and_makes_nothing(project: Project) -> None:
    with pytest.raises(InputError, match="no model registry yet; run `train`"):
        Registry(project).version("champion")
    assert not (project.root / "state").exists()


def test_a_file_that_is_no_database_is_named_at_once(project: Project) -> None:
    (project.root / "state").mkdir()
    (project.root / "state" / "mlflow.db").write_text("hello")
    begin = time.monotonic()
    with pytest.raises(ProjectError, match="no SQLite database"):
        Registry(project).version("champion")
    assert time.monotonic() - begin < 30


def test_a_server_that_does_not_answer_is_named_without_its_password(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # Bound but not listening: connections are refused.
        port = taken.getsockname()[1]
        address = f"http://user:secret@127.0.0.1:{port}"
        monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
        with pytest.raises(ProjectError) as failed:
            Registry(project).version("champion")
    assert f"http://127.0.0.1:{port}" in str(failed.value)
    assert "does not answer" in str(failed.value)
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize("address", ["postgresql://a:b@c/d", "file:///x", "mlruns", "http://"])
def test_an_address_of_another_kind_is_refused(
    address: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    with pytest.raises(InputError, match="expected sqlite:///FILE or http") as refused:
        Registry(project).version("champion")
    assert "a:b" not in str(refused.value)


def test_a_run_that_cannot_keep_its_files_registers_nothing(
    trained_project: Project, tmp_path: Path
) -> None:
    registry = Registry(trained_project)
    before = sorted(trained_project.root.glob("state/artifacts/*"))
    missing = tmp_path / "no such folder"
    with pytest.raises(ProjectError, match="No such file"):
        registry.record(Run("name", {}, {}, {}, {}), missing)
    assert [version.number for version in registry.versions()] == [1]
    assert sorted(trained_project.root.glob("state/artifacts/*")) == before


def test_two_trainings_at_once_make_one_registry_with_two_versions(
    prepared_project: Project,
) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from {= cookiecutter.package_name =}.project import open_project\n"
        "from {= cookiecutter.package_name =}.model.training import train\n"
        "train(open_project())\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", program],
            cwd=prepared_project.root,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in started:
        _, problem = process.communicate(timeout=120)
        assert process.returncode == 0, problem
    registry = Registry(prepared_project)
    versions = registry.versions()
    assert [version.number for version in versions] == [2, 1]
    assert all(registry.load(version) for version in versions)
    state = prepared_project.root / "state"
    assert not list(state.glob(".mlflow.db.new*"))
