"""The joined run: one project on real servers, from its data to a better model by itself.

PostgreSQL keeps what MLflow's server knows, an S3 endpoint its artifacts and the project's data,
Prometheus scrapes the service and judges the project's own rule file as it stands, Alertmanager
calls the project's receiver. Nothing but the wiring and two times of the service's configuration
differs from the project on a laptop.
"""

from __future__ import annotations

import csv
import io
import json
import secrets
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.servers.mlflow import tracking_server
from tests.servers.moto import ObjectStore, object_store
from tests.servers.postgresql import postgresql
from tests.servers.process import answers, eventually, free_port, running
from tests.servers.programs import program, server_command
from tests.servers.prometheus import Monitoring, monitoring
from tests.wired.project import SLUG, Project, python, render

pytestmark = pytest.mark.slow

DATA, ARTIFACTS = "acme-data", "acme-runs"

FEATURES = ("bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")

SHIFT = {"s4": 2.6, "s5": 1.0, "s6": 23.0}
"""What is added to features: other patients than those that the first model learned from."""

Row = dict[str, str]


@dataclass(frozen=True)
class Platform:
    """The servers of a platform."""

    tracker: str
    store: ObjectStore
    database: str = field(repr=False)
    """URI with the password."""


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """The servers; a missing program skips by name before any is started."""
    python()
    for name in ("prometheus", "prometheus-alertmanager", "initdb", "postgres"):
        program(name)
    server_command("mlflow")
    server_command("moto_server")
    folder = tmp_path / "platform"
    folder.mkdir()
    with postgresql() as database, object_store(folder) as store:
        for bucket in (DATA, ARTIFACTS):
            store.make_bucket(bucket)
        with tracking_server(
            folder,
            database=database,
            artifacts=f"s3://{ARTIFACTS}/mlflow",
            endpoint=store.endpoint,
        ) as tracker:
            yield Platform(tracker, store, database)


@pytest.fixture
def project(tmp_path: Path, platform: Platform) -> Project:
    """A new project that is wired to the platform."""
    made = Project(render(tmp_path), python())
    made.wire(
        tracker=platform.tracker,
        data=f"s3://{DATA}",
        artifacts=f"s3://{ARTIFACTS}/mlflow",
        endpoint=platform.store.endpoint,
    )
    made.configure("poll_seconds", "1.0")
    made.configure("batch_seconds", "0.5")
    return made


@dataclass(frozen=True)
class Service:
    """The project's service."""

    url: str

    def predict(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Return the answer to a request with these rows."""
        body = json.dumps({"rows": [{name: float(row[name]) for name in FEATURES} for row in rows]})
        request = urllib.request.Request(
            f"{self.url}/predict", body.encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            found: dict[str, Any] = json.load(response)
        return found

    def version(self) -> str:
        """Return the version of the model that answers."""
        return str(json.loads(self._get("version"))["model_version"])

    def metrics(self) -> str:
        return self._get("metrics")

    def _get(self, path: str) -> str:
        with urllib.request.urlopen(f"{self.url}/{path}", timeout=30) as response:
            return str(response.read().decode())


@contextmanager
def served(project: Project, folder: Path) -> Iterator[Service]:
    """Run the service."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running(
        "service",
        project.command("serve", "--port", str(port)),
        folder=folder,
        environment={**project.environment(), "PROJECT_ROOT": str(project.folder)},
        ready=lambda _: answers(f"{url}/readyz"),
    ):
        yield Service(url)


@contextmanager
def listening(project: Project, folder: Path, token: Path) -> Iterator[str]:
    """Run the receiver of alerts; yield the URL of its webhook."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running(
        "listen",
        project.command("listen", "--port", str(port), "--token-file", str(token)),
        folder=folder,
        environment={**project.environment(), "PROJECT_ROOT": str(project.folder)},
        ready=lambda _: answers(f"{url}/healthz"),
    ):
        yield f"{url}/alerts"


def test_a_drift_that_prometheus_sees_makes_the_project_retrain_itself(
    project: Project, platform: Platform, tmp_path: Path
) -> None:
    for step in ("prepare", "train", "evaluate", "promote"):
        project.run(step)
    known, fresh = rows(platform, "train"), shifted(rows(platform, "holdout"))
    token = tmp_path / "token"
    token.touch(mode=0o600)
    token.write_text(secrets.token_urlsafe(32), encoding="utf-8")

    with (
        served(project, tmp_path) as service,
        listening(project, tmp_path, token) as webhook,
        monitoring(
            tmp_path,
            target=service.url.removeprefix("http://"),
            rules=project.folder / "monitoring" / "alerts.yaml",
            webhook=webhook,
            token=token,
        ) as watch,
    ):
        quiet_on_rows_like_the_training_rows(project, platform, service, watch)
        before = right_answers(service, fresh)

        bring_labels(project, platform, service, shifted(known), tmp_path / "labels.csv")
        found = project.run("monitor", code=3)
        assert "drift" in found.err
        eventually(lambda: watch.alerts().get("ModelDrift") == "firing", "no alert fires")
        eventually(lambda: service.version() == "2", "no new champion is served", within=120)

        assert retrainings(platform) == ["version 2 promoted"]
        assert right_answers(service, fresh) > before + 0.1
        project.run("rollback")
        eventually(lambda: service.version() == "1", "the rollback is not served")
        assert right_answers(service, fresh) == before

    assert versions_in_the_database(platform) == ["1", "2"]
    assert len([key for key in platform.store.keys(ARTIFACTS) if key.endswith("skops")]) == 2
    assert not (project.folder / "state").exists()


def quiet_on_rows_like_the_training_rows(
    project: Project,
    platform: Platform,
    service: Service,
    watch: Monitoring,
) -> None:
    done = project.run(
        *("predict", "--url", service.url, "--format", "json"),
        *("--sample", "120", "--table", "train"),
    )
    wait_for_log(platform, json.loads(done.out)["predictions"])
    project.run("monitor")
    eventually(
        lambda: watch.value('model_drift_detected{model="acme-tabular"}') == 0.0,
        "Prometheus does not see the report",
    )
    assert "model_monitor_last_success_timestamp_seconds" in service.metrics()
    assert "ModelDrift" not in watch.alerts()


def rows(platform: Platform, name: str) -> list[Row]:
    """Return the rows of a prepared table, from the object store."""
    text = platform.store.text(DATA, f"{SLUG}/data/{name}.csv")
    return list(csv.DictReader(io.StringIO(text)))


def shifted(known: Sequence[Row]) -> list[Row]:
    return [
        row | {name: str(float(row[name]) + plus) for name, plus in SHIFT.items()} for row in known
    ]


def label_of(row: Row) -> int:
    return int(float(row["progression"]) > 140)


def wait_for_log(platform: Platform, predictions: Sequence[Mapping[str, str]]) -> None:
    """Wait until predictions are in the log."""
    wanted = {prediction["prediction_id"] for prediction in predictions}

    def logged() -> set[str]:
        keys = platform.store.keys(DATA, f"{SLUG}/predictions/")
        texts = [platform.store.text(DATA, key) for key in keys]
        return {json.loads(line)["prediction_id"] for text in texts for line in text.splitlines()}

    eventually(lambda: wanted <= logged(), "the predictions are not logged", every=0.3)


def bring_labels(
    project: Project, platform: Platform, service: Service, known: Sequence[Row], file: Path
) -> None:
    """Ask for predictions and import what came true of them."""
    found = service.predict(known)["predictions"]
    lines = [
        f"{prediction['prediction_id']},{label_of(row)}"
        for prediction, row in zip(found, known, strict=True)
    ]
    file.write_text("\n".join(["prediction_id,label", *lines, ""]), encoding="utf-8")
    wait_for_log(platform, found)
    project.run("labels", "import", str(file))


def retrainings(platform: Platform) -> list[str | None]:
    """Return the outcome of each retraining."""
    keys = platform.store.keys(DATA, f"{SLUG}/retraining/runs/")
    return [json.loads(platform.store.text(DATA, key))["outcome"] for key in keys]


def versions_in_the_database(platform: Platform) -> list[str]:
    """Ask PostgreSQL itself which versions of the model are registered."""
    program = """
import os, sqlalchemy
engine = sqlalchemy.create_engine(os.environ["DATABASE"])
with engine.connect() as connection:
    query = sqlalchemy.text("SELECT version FROM model_versions WHERE name = :name ORDER BY 1")
    print(*connection.execute(query, {"name": "%s"}).scalars())
"""
    done = subprocess.run(
        [server_command("python"), "-c", program % SLUG],
        env={"DATABASE": platform.database},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def right_answers(service: Service, known: Sequence[Row]) -> float:
    """Return the share of rows whose decision is right."""
    decisions = [found["decision"] for found in service.predict(known)["predictions"]]
    pairs = zip(decisions, known, strict=True)
    return sum(int(decision) == label_of(row) for decision, row in pairs) / len(known)
