"""The alert receiver starts one fixed command, once, for one of our alerts, and nothing else."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from {= cookiecutter.package_name =}.retraining.job import (
    Job,
    process_starter,
)
from {= cookiecutter.package_name =}.retraining.notification import Seen
from {= cookiecutter.package_name =}.retraining.token import Token
from {= cookiecutter.package_name =}.retraining.webhook import (
    Limits,
    Receiver,
    Trigger,
)

SECRET = "correct-horse-battery-staple"
ALLOWED = {"Authorization": f"Bearer {SECRET}"}
COMMAND = (sys.executable, "-m", "the_project", "-e", "dev", "retrain")
LIMITS = Limits(body_bytes=20_000, request_seconds=5.0, connections=64)


class Recorder:
    """Starts a harmless process in place of the command and remembers what it was asked for."""

    def __init__(self, seconds: float) -> None:
        self.commands: list[tuple[str, ...]] = []
        self.processes: list[subprocess.Popen[bytes]] = []
        self._code = f"import time; time.sleep({seconds})"

    def __call__(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        self.commands.append(tuple(command))
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", self._code], start_new_session=True
        )
        self.processes.append(process)
        return process


class Running:
    """A receiver on a free port of the loopback."""

    def __init__(self, start: Callable[[Sequence[str]], Any], limits: Limits, clock: Any) -> None:
        self.job = Job(COMMAND, start)
        seen = Seen(3600, clock=clock)
        trigger = Trigger(self.job, ["ModelDrift"], "our-model", seen)
        self.server = Receiver(("127.0.0.1", 0), Token(SECRET), trigger, limits)
        self.address: tuple[str, int] = ("127.0.0.1", self.server.server_address[1])
        self.url = f"http://127.0.0.1:{self.address[1]}"
        self._client = httpx.Client(verify=False, trust_env=False, timeout=60)
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self._thread.start()

    def get(self, path: str) -> httpx.Response:
        return self._client.get(self.url + path)

    def post(
        self, content: Any, headers: dict[str, str] | None = None, path: str = "/alerts"
    ) -> httpx.Response:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        wanted = ALLOWED if headers is None else headers
        return self._client.post(f"{self.url}{path}", content=body, headers=wanted)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()
        self._client.close()
        self.job.stop(grace=60)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


Made = Callable[..., tuple[Running, Recorder]]


@pytest.fixture
def make() -> Iterator[Made]:
    made: list[Running] = []

    def build(
        seconds: float = 60, limits: Limits = LIMITS, clock: Any = time.monotonic
    ) -> tuple[Running, Recorder]:
        recorder = Recorder(seconds)
        made.append(Running(recorder, limits, clock))
        return made[-1], recorder

    yield build
    for one in made:
        one.close()


def _notification(**alert: Any) -> dict[str, Any]:
    labels = {"alertname": "ModelDrift", "model": "our-model"} | alert.pop("labels", {})
    fixed = {
        "status": "firing",
        "startsAt": "2026-11-21T10:00:00.000Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": "c0ffee",
        "generatorURL": "http://prometheus/graph",
        "annotations": {"summary": "The input drifted."},
        "labels": labels,
    }
    return {
        "version": "4",
        "groupKey": "group",
        "status": "firing",
        "receiver": "retraining",
        "alerts": [fixed | alert],
    }


def test_our_firing_alert_starts_the_fixed_command(make: Made) -> None:
    receiver, recorder = make()
    answer = receiver.post(_notification())
    assert (answer.status_code, answer.json()) == (202, {"status": "started"})
    assert recorder.commands == [COMMAND]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong-horse-battery-staple"},
        {"Authorization": f"Bearer {SECRET}x"},
        {"Authorization": f"Bearer {SECRET[:-1]}"},
        {"Authorization": f"Basic {SECRET}"},
        {"Authorization": SECRET},
    ],
)
def test_no_token_or_a_wrong_one_is_refused(make: Made, headers: dict[str, str]) -> None:
    receiver, recorder = make()
    answer = receiver.post(_notification(), headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert SECRET not in answer.text
    assert recorder.commands == []


def test_a_replay_is_dropped_also_after_the_job_ended(make: Made) -> None:
    receiver, recorder = make(seconds=0)
    assert receiver.post(_notification()).status_code == 202
    recorder.processes[0].wait()
    answer = receiver.post(_notification())
    assert (answer.status_code, answer.json()["status"][:7]) == (200, "dropped")
    assert len(recorder.commands) == 1


def test_an_alert_that_still_fires_after_the_remembered_time_starts_again(make: Made) -> None:
    clock = Clock()
    receiver, recorder = make(seconds=0, clock=clock)
    receiver.post(_notification())
    recorder.processes[0].wait()
    clock.now = 3599.0
    assert receiver.post(_notification()).status_code == 200
    clock.now = 3600.0
    assert receiver.post(_notification()).status_code == 202


def test_a_new_alert_starts_again_when_the_job_ended(make: Made) -> None:
    receiver, recorder = make(seconds=0)
    receiver.post(_notification())
    recorder.processes[0].wait()
    later = _notification(startsAt="2026-11-22T10:00:00.000Z")
    assert receiver.post(later).status_code == 202
    assert recorder.commands == [COMMAND, COMMAND]


def test_a_flood_of_one_notification_starts_one_job(make: Made) -> None:
    receiver, recorder = make()
    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(lambda _: receiver.post(_notification()), range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [202]
    assert len(recorder.commands) == 1


def test_a_flood_of_different_alerts_starts_one_job_and_asks_to_come_again(make: Made) -> None:
    receiver, recorder = make()
    alerts = [_notification(fingerprint=str(number)) for number in range(50)]
    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(receiver.post, alerts))
    busy = [answer for answer in answers if answer.status_code == 429]
    assert len(busy) == 49
    assert all(answer.headers["Retry-After"] == "60" for answer in busy)
    assert len(recorder.commands) == 1


def test_an_alert_refused_while_busy_is_not_forgotten(make: Made) -> None:
    receiver, recorder = make(seconds=60)
    receiver.post(_notification())
    other = _notification(fingerprint="other")
    assert receiver.post(other).status_code == 429
    recorder.processes[0].kill()
    recorder.processes[0].wait()
    assert receiver.post(other).status_code == 202


@pytest.mark.parametrize(
    "alert",
    [
        {"status": "resolved"},
        {"labels": {"alertname": "NodeDown"}},
        {"labels": {"alertname": "modeldrift"}},
        {"labels": {"model": "another-model"}},
    ],
)
def test_other_alerts_are_ignored(make: Made, alert: dict[str, Any]) -> None:
    receiver, recorder = make()
    answer = receiver.post(_notification(**alert))
    assert (answer.status_code, answer.json()["status"][:7]) == (200, "ignored")
    assert recorder.commands == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"alerts"',
        b"\xff\xfe",
        b"[" * 10_000,
        b"{}",
        b'{"groupKey": 1, "alerts": []}',
        b'{"groupKey": "g", "alerts": {}}',
        b'{"groupKey": "g", "alerts": [1]}',
        b'{"groupKey": "g", "alerts": [{"status": "firing"}]}',
        b'{"groupKey": "g", "alerts": [{"status": "firing", "labels": {"alertname": ["x"]}, '
        b'"startsAt": "x", "fingerprint": "y"}]}',
    ],
)
def test_a_malformed_body_is_refused_without_repeating_it(make: Made, body: bytes) -> None:
    receiver, recorder = make()
    answer = receiver.post(body)
    assert answer.status_code == 400
    assert answer.json()["status"].startswith("not a notification of Alertmanager")
    assert recorder.commands == []


def test_an_oversized_body_is_refused(make: Made) -> None:
    receiver, recorder = make()
    big = _notification(annotations={"text": "x" * LIMITS.body_bytes})
    assert receiver.post(big).status_code == 413
    assert recorder.commands == []


def _raw(address: tuple[str, int], *parts: bytes) -> bytes:
    with socket.create_connection(address, timeout=60) as connection:
        for part in parts:
            connection.sendall(part)
        answer = b""
        while chunk := connection.recv(4096):
            answer += chunk
    return answer


HEAD = b"POST /alerts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + SECRET.encode() + b"\r\n"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (b"", b"411"),
        (b"Transfer-Encoding: chunked\r\n", b"411"),
        (b"Content-Length: -1\r\n", b"400"),
        (b"Content-Length: 1e3\r\n", b"400"),
        (b"Content-Length: 0\r\nContent-Length: 3\r\n", b"400"),
    ],
)
def test_a_body_without_one_plain_length_is_refused(
    make: Made, headers: bytes, status: bytes
) -> None:
    receiver, recorder = make()
    assert _raw(receiver.address, HEAD + headers + b"\r\n").split()[1] == status
    assert recorder.commands == []


def test_a_huge_declared_length_is_refused_before_it_is_read(make: Made) -> None:
    receiver, _ = make(limits=Limits(body_bytes=1000, request_seconds=2.0))
    answer = _raw(receiver.address, HEAD + b"Content-Length: 99999999999999999\r\n\r\n")
    assert answer.split()[1] == b"413"


def test_a_slow_body_is_cut_off_though_each_byte_is_in_time(make: Made) -> None:
    receiver, recorder = make(limits=Limits(body_bytes=1000, request_seconds=2.0))
    with socket.create_connection(receiver.address, timeout=60) as connection:
        connection.sendall(HEAD + b"Content-Length: 900\r\n\r\n")
        connection.settimeout(0.1)
        answer = b""
        for _ in range(600):
            try:
                answer = connection.recv(4096)
                break
            except TimeoutError:
                connection.sendall(b"x")
    assert answer.split()[1] == b"408"
    assert recorder.commands == []


def test_slow_clients_do_not_take_every_connection_for_long(make: Made) -> None:
    limits = Limits(body_bytes=1000, request_seconds=2.0, connections=2)
    receiver, _ = make(limits=limits)
    slow = [socket.create_connection(receiver.address, timeout=60) for _ in range(2)]
    try:
        for connection in slow:
            connection.sendall(b"POST /alerts HTTP/1.1\r\n")
        assert _health_within(receiver, 503, 60)
        assert _health_within(receiver, 200, 60)
    finally:
        for connection in slow:
            connection.close()


def _health_within(receiver: Running, status: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if receiver.get("/healthz").status_code == status:
            return True
        time.sleep(0.02)
    return False


def test_a_poisoned_payload_starts_only_the_fixed_command(make: Made) -> None:
    receiver, recorder = make()
    poison = "$(touch /tmp/poisoned); `id` && --force\n-e production"
    labels = {"environment": poison, "PATH": poison, "-e": "production", "command": poison}
    answer = receiver.post(_notification(labels=labels, annotations={"summary": poison}))
    assert answer.status_code == 202
    assert recorder.commands == [COMMAND]


def test_nothing_of_a_poisoned_payload_reaches_a_real_process(tmp_path: Path) -> None:
    target = tmp_path / "seen.json"
    code = (
        "import json, os, pathlib, sys; "
        f"pathlib.Path({str(target)!r}).write_text("
        "json.dumps([sys.argv, dict(os.environ), sys.stdin.read()]))"
    )
    command = (sys.executable, "-I", "-S", "-c", code, "retrain")
    job = Job(command, process_starter(tmp_path, {"KEPT": "yes"}))
    server = Receiver(
        ("127.0.0.1", 0),
        Token(SECRET),
        Trigger(job, ["ModelDrift"], "our-model", Seen(3600)),
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        poison = "; touch poisoned"
        url = f"http://127.0.0.1:{server.server_address[1]}/alerts"
        body = _notification(labels={"LD_PRELOAD": poison}, fingerprint=poison)
        headers = ALLOWED | {"X-Environment": "production"}
        assert httpx.post(url, json=body, headers=headers).status_code == 202
        end = time.monotonic() + 60
        while job.running and time.monotonic() < end:
            time.sleep(0.02)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        job.stop(60)
    arguments, environment, given = json.loads(target.read_text())
    assert arguments == ["-c", "retrain"]
    assert environment.pop("LC_CTYPE", "C.UTF-8") == "C.UTF-8"
    assert environment == {"KEPT": "yes"}
    assert given == ""
    assert [file.name for file in tmp_path.iterdir()] == ["seen.json"]


def test_a_command_that_cannot_start_is_an_error_and_can_be_tried_again() -> None:
    def missing(command: Sequence[str]) -> subprocess.Popen[bytes]:
        raise FileNotFoundError(2, "No such file or directory")

    receiver = Running(missing, LIMITS, time.monotonic)
    try:
        assert receiver.post(_notification()).status_code == 500
        assert receiver.post(_notification()).status_code == 500
    finally:
        receiver.close()


def test_health_needs_no_token_and_other_paths_do_not_exist(make: Made) -> None:
    receiver, _ = make()
    assert receiver.get("/healthz").json() == {"status": "ok"}
    assert receiver.get("/alerts").status_code == 405
    assert receiver.get("/other").status_code == 404
    assert receiver.post(_notification(), path="/other").status_code == 404
    assert _raw(receiver.address, b"PUT /alerts HTTP/1.1\r\n\r\n").split()[1] == b"501"


def test_stopping_ends_the_job_and_starts_no_other(make: Made) -> None:
    receiver, recorder = make(seconds=60)
    receiver.post(_notification())
    receiver.job.stop(grace=60)
    assert recorder.processes[0].returncode == -15
    assert not receiver.job.start()


def test_a_job_that_ignores_the_request_to_end_is_killed() -> None:
    code = (
        "import signal, time, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", code],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    with process.stdout as stream:
        assert stream.readline() == b"ready\n"
    job = Job(("x",), lambda _: process)
    assert job.start()
    job.stop(grace=0.1)
    assert process.returncode == -9
