"""A small model, and a service of it over real HTTP on a free port of the loopback."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from {= cookiecutter.package_name =} import PROJECT
from {= cookiecutter.package_name =}.errors import ModelRefused
from {= cookiecutter.package_name =}.model.contract import (
    ModelContract,
    ModelFeature,
)
from {= cookiecutter.package_name =}.serving.application import Service
from {= cookiecutter.package_name =}.serving.holder import Holder
from {= cookiecutter.package_name =}.serving.metrics import Metrics
from {= cookiecutter.package_name =}.serving.prediction_log import (
    LogLimits,
    PredictionLog,
)
from {= cookiecutter.package_name =}.serving.servable import Servable
from {= cookiecutter.package_name =}.serving.worker import (
    DrainingServer,
    create_server,
)

MAXIMUM_ROWS = 50


class Shelf:
    """A storage in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.problem: Exception | None = None

    def rows(self) -> list[dict[str, Any]]:
        lines = b"".join(self.objects[key] for key in self.list()).splitlines()
        return [json.loads(line) for line in lines]

    def write(self, key: str, data: bytes) -> None:
        if self.problem is not None:
            raise self.problem
        self.objects[key] = data

    def list(self, prefix: str = "") -> list[str]:
        return sorted(key for key in self.objects if key.startswith(prefix))

    def delete(self, key: str) -> None:
        self.objects.pop(key, None)


class Versions:
    """A registry in memory: versions 1 to 9 load, 13 is refused."""

    def __init__(self, contract: ModelContract) -> None:
        self.number: int | None = 1
        self.problem: Exception | None = None
        self.loads: list[int] = []
        self._contract = contract

    def champion(self) -> int | None:
        if self.problem is not None:
            raise self.problem
        return self.number

    def load(self, number: int) -> Servable:
        self.loads.append(number)
        if number == 13:
            raise ModelRefused("model.skops is not the file that was registered")
        return Servable(number, self._contract, scores_of, MAXIMUM_ROWS)


def scores_of(matrix: Any) -> Any:
    if not np.isfinite(matrix[:, 1] * 1000).all():
        raise ValueError("Input contains infinity or a value too large, such as 1.7e308")
    return 1 / (1 + np.exp(-(matrix[:, 0] - 25) / 5))


def _contract() -> ModelContract:
    return ModelContract(
        project=PROJECT,
        model="logistic",
        features=(
            ModelFeature(name="bmi", type="number", minimum=10.0, maximum=60.0),
            ModelFeature(name="blood sugar", type="number"),
            ModelFeature(name="ward", type="category", values=("a", "b"), nullable=True),
            ModelFeature(name="age", type="number", minimum=0.0, personal=True),
        ),
        label="progression above 140",
        threshold=0.5,
        threshold_rule="fixed",
        reference={"bmi": (25.0,), "blood sugar": (90.0,), "ward": ("a",)},
        metrics={"auc": 0.8},
        commit="0" * 40,
        data_version="1" * 64,
        holdout="2" * 64,
        seed=42,
        created=datetime(2026, 1, 31, tzinfo=UTC),
        scikit_learn="1.9.1",
    )


def _service(versions: Versions, shelf: Shelf) -> Service:
    metrics = Metrics()
    limits = LogLimits(batch_rows=1000, batch_seconds=0.05, queue_rows=1000, retention_days=30)
    return Service(
        holder=Holder(versions, poll_seconds=0.02),
        log=PredictionLog(shelf, limits, metrics.log),
        metrics=metrics,
        report_lines=lambda: "",
        maximum_body_bytes=20_000,
        request_seconds=2.0,
    )


@contextmanager
def _running(service: Service) -> Iterator[tuple[int, DrainingServer]]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = create_server(service, drain_seconds=0)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    number: int = listener.getsockname()[1]
    _wait_until(lambda: server.started and service.unready() is None)
    yield number, server
    server.should_exit = True
    thread.join(60)
    assert not thread.is_alive()


@pytest.fixture
def contract() -> ModelContract:
    return _contract()


@pytest.fixture
def versions(contract: ModelContract) -> Versions:
    return Versions(contract)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def service(versions: Versions, shelf: Shelf) -> Service:
    return _service(versions, shelf)


@pytest.fixture
def running(service: Service) -> Iterator[tuple[int, DrainingServer]]:
    """Port and server of a running service."""
    with _running(service) as found:
        yield found


@pytest.fixture
def port(running: tuple[int, DrainingServer]) -> int:
    """A running service; `service` and `versions` may be changed while it runs."""
    return running[0]


@pytest.fixture(scope="module")
def shared_port() -> Iterator[int]:
    """A running service that the tests of a module share."""
    with _running(_service(Versions(_contract()), Shelf())) as (number, _):
        yield number


def _wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool]], None]:
    """Wait for a condition, for at most 60 seconds."""
    return _wait_until


@pytest.fixture
def call(port: int) -> Callable[..., tuple[int, Any]]:
    """Send one request with `body` as JSON, or `raw`; return status and parsed answer."""

    def send(
        method: str,
        path: str,
        body: Any = None,
        raw: bytes | None = None,
        content_type: str = "application/json",
    ) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Content-Type": content_type} if method == "POST" else {}
        data = json.dumps(body).encode() if raw is None and body is not None else raw
        try:
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        is_json = answer.headers["content-type"] == "application/json"
        return answer.status, json.loads(text) if is_json else text.decode()

    return send
