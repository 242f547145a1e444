"""Projects for tests: configured, prepared, trained; each test gets its own copy."""

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from {= cookiecutter.package_name =}.project import Project

# Numerical libraries read this when they are imported; tests run beside each other, one per core.
os.environ.setdefault("OMP_NUM_THREADS", "1")

CONFIGURATION = Path(__file__).resolve().parent / "configuration"
"""What the tests are about: their own copy, because that of the project is there to be edited."""

# How long an example takes says how busy the machine is, and nothing about the code. CI tries the
# same examples each time: whether a change is merged is no matter of luck.
settings.register_profile(
    "project",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("project")

VARIABLES = (
    "PROJECT_ROOT",
    "PROJECT_ENVIRONMENT",
    "PROJECT_WIRING",
    "PROJECT_COMMIT",
    "MLFLOW_TRACKING_URI",
    "MLFLOW_REGISTRY_URI",
)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the shell decides where a test works."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project_root(tmp_path: Path) -> Path:
    """A folder with the project's configuration and nothing else."""
    return _configured(tmp_path / "project")


@pytest.fixture
def project(project_root: Path) -> Project:
    """The configured project, without data."""
    return open_at(project_root)


@pytest.fixture
def prepared_project(tmp_path: Path, _prepared_once: Path) -> Project:
    """A project with prepared data."""
    return open_at(_copy(_prepared_once, tmp_path / "project"))


@pytest.fixture
def trained_project(tmp_path: Path, _trained_once: Path) -> Project:
    """A project whose version 1 is trained and is the challenger; it has not been evaluated."""
    return open_at(_copy(_trained_once, tmp_path / "project"))


@pytest.fixture
def promoted_project(tmp_path: Path, _promoted_once: Path) -> Project:
    """A project whose version 1 passed the gate and is the champion."""
    return open_at(_copy(_promoted_once, tmp_path / "project"))


def open_at(root: Path, *, production: bool = False) -> Project:
    """The project in a folder, with everything below its folder `state`."""
    from {= cookiecutter.package_name =}.environment import local_environment

    environment = local_environment(root)
    return Project(root, environment.model_copy(update={"production": production}))


def log_traffic(
    project: Project, rows: int, *, shift: float = 0.0, version: int = 1, labels: bool = True
) -> list[str]:
    """Log predictions of patients as the service does, moved by standard deviations.

    The same calls give the same identities, which decide what rows the gate holds back.
    """
    import numpy
    from sklearn.datasets import load_diabetes

    table = load_diabetes(scaled=False, as_frame=True)
    now = datetime.now(UTC)
    order = numpy.random.default_rng(rows + version).permutation(len(table.data))[:rows]
    before = len(project.storage("predictions").list())
    identities = numpy.random.default_rng([rows, version, before])
    entries, answers = [], ["prediction_id,label"]
    for place in order:
        row, positive = table.data.iloc[place], int(table.target.iloc[place] > 140)
        features = {
            column.name: min(
                float(row[column.name]) + shift * float(table.data[column.name].std()),
                getattr(column, "maximum", None) or float("inf"),
            )
            for column in project.contract.features()
        }
        entry = {
            "prediction_id": str(uuid.UUID(bytes=identities.bytes(16), version=4)),
            "time": now.isoformat(timespec="microseconds"),
            "model_version": version,
            "features": features,
            "score": 0.8 if positive else 0.2,
            "decision": positive,
        }
        entries.append(entry)
        answers.append(f"{entry['prediction_id']},{positive}")
    text = "".join(json.dumps(entry) + "\n" for entry in entries)
    key = f"{now:%Y-%m-%d}/{now:%H%M%S.%f}-1-{uuid.uuid4().hex[:8]}.jsonl"
    project.storage("predictions").write(key, text.encode())
    if labels:
        name = f"{now:%Y%m%dT%H%M%S%fZ}-{uuid.uuid4().hex[:8]}.csv"
        project.storage("labels").write(name, "\n".join([*answers, ""]).encode())
    return [str(entry["prediction_id"]) for entry in entries]


@pytest.fixture(name="log_traffic")
def _log_traffic() -> object:
    """The function `log_traffic`, for tests in other files."""
    return log_traffic


@pytest.fixture(scope="session")
def _prepared_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    from {= cookiecutter.package_name =}.data.preparation import prepare_source

    project = open_at(_configured(tmp_path_factory.mktemp("prepared") / "project"))
    prepare_source(project)
    yield project.root
    shutil.rmtree(project.root)


@pytest.fixture(scope="session")
def _trained_once(tmp_path_factory: pytest.TempPathFactory, _prepared_once: Path) -> Iterator[Path]:
    from {= cookiecutter.package_name =}.model.training import train

    root = _copy(_prepared_once, tmp_path_factory.mktemp("trained") / "project")
    train(open_at(root))
    yield root
    shutil.rmtree(root)


@pytest.fixture(scope="session")
def _promoted_once(tmp_path_factory: pytest.TempPathFactory, _trained_once: Path) -> Iterator[Path]:
    from {= cookiecutter.package_name =}.gate.evaluation import evaluate
    from {= cookiecutter.package_name =}.registry.promotion import promote
    from {= cookiecutter.package_name =}.registry.versions import Registry

    root = _copy(_trained_once, tmp_path_factory.mktemp("promoted") / "project")
    project = open_at(root)
    evaluate(project, Registry(project).require("challenger"))
    promote(project)
    yield root
    shutil.rmtree(root)


def _configured(root: Path) -> Path:
    """A new project folder with the configuration that the tests are about."""
    root.mkdir(parents=True)
    shutil.copytree(CONFIGURATION, root / "configuration")
    (root / "pyproject.toml").write_text("[project]\nname = 'test'\n", encoding="utf-8")
    return root


def _copy(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target
