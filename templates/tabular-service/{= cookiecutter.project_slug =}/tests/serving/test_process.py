"""The `serve` command as processes: with a real model, real signals, and nothing left behind."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from {= cookiecutter.package_name =} import PROJECT
from {= cookiecutter.package_name =}.project import Project

PACKAGE = "{= cookiecutter.package_name =}"
ROW = {"bmi": 25, "bp": 90, "s1": 180, "s2": 100, "s3": 50, "s4": 4, "s5": 4.6, "s6": 90}
Started = tuple[subprocess.Popen[str], int]
Start = Callable[..., Started]
Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `serve` for a project; what still runs at the end is killed and fails the test."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    running: list[subprocess.Popen[str]] = []

    def started(project: Project, *options: str) -> Started:
        settings = project.root / "configuration" / "project.yaml"
        settings.write_text("serving: {poll_seconds: 0.1, request_seconds: 30}\n")
        process = subprocess.Popen(
            [sys.executable, "-m", PACKAGE, "serve", "--port", "0", *options],
            cwd=project.root,
            env=os.environ | {"TMPDIR": str(temporary)},
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:")
        return process, int(line.rpartition(":")[2])

    yield started
    left = [process.pid for process in running if process.poll() is None]
    for process in running:
        process.kill()
        process.communicate()
    assert left == []
    assert list(temporary.iterdir()) == []


def ask(port: int, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        data = answer.read()
    finally:
        connection.close()
    return answer.status, data.decode() if path == "/metrics" else json.loads(data)


def ready(port: int) -> bool:
    return ask(port, "GET", "/readyz")[0] == 200


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def workers_of(process: int) -> list[int]:
    """Return the children of a process that are no zombies."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[1] == str(process) and fields[0] != "Z":
            found.append(int(folder.name))
    return found


def test_a_tampered_model_is_not_served_and_a_mended_one_is(
    promoted_project: Project, start: Start, wait_until: Wait
) -> None:
    (model,) = promoted_project.root.glob("state/artifacts/*/artifacts/model/model.skops")
    good = model.read_bytes()
    model.write_bytes(good + b" ")
    process, port = start(promoted_project, "--drain-seconds", "0")
    wait_until(lambda: "SHA-256" in ask(port, "GET", "/readyz")[1]["error"])
    assert ask(port, "GET", "/healthz")[0] == 200
    assert ask(port, "POST", "/predict", {"rows": [ROW]})[0] == 503
    assert ask(port, "GET", "/version")[1]["refused_version"] == 1
    model.write_bytes(good)
    wait_until(lambda: ready(port))
    assert ask(port, "POST", "/predict", {"rows": [ROW]})[1]["model_version"] == 1
    # What is held was verified: what is done to the files later changes nothing.
    shutil.rmtree(model.parent)
    assert ask(port, "POST", "/predict", {"rows": [ROW]})[0] == 200
    process.terminate()
    assert process.wait(60) == 0


def test_sigterm_says_not_ready_answers_what_it_has_and_writes_the_log(
    promoted_project: Project, start: Start, wait_until: Wait
) -> None:
    process, port = start(promoted_project, "--drain-seconds", "3")
    wait_until(lambda: ready(port))
    body = json.dumps({"rows": [ROW]}).encode()
    head = (
        "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=60) as slow:
        slow.sendall(head.encode() + body[:10])
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: not ready(port))
        assert ask(port, "GET", "/readyz")[1]["error"] == "the service is stopping"
        assert ask(port, "GET", "/healthz")[0] == 200
        # Past the drain, when no new connection is taken, the one in flight is still answered.
        time.sleep(3.5)
        slow.sendall(body[10:])
        received = b""
        while block := slow.recv(65536):
            received += block
    assert received.startswith(b"HTTP/1.1 200 ")
    answered = json.loads(received.rpartition(b"\r\n")[2])["predictions"][0]["prediction_id"]
    assert process.wait(60) == 0
    storage = promoted_project.storage("predictions")
    logged = b"".join(storage.read(key) for key in storage.list(""))
    assert answered in logged.decode()


def test_several_workers_swap_are_replaced_add_up_and_end_together(
    promoted_project: Project, start: Start, wait_until: Wait
) -> None:
    process, port = start(promoted_project, "--workers", "2", "--drain-seconds", "0")
    label = f'model_version_workers{{model="{PROJECT}",version='

    def workers(version: int) -> str:
        lines = ask(port, "GET", "/metrics")[1].splitlines()
        return next((line for line in lines if line.startswith(f'{label}"{version}"')), "0").split(
            " "
        )[-1]

    wait_until(lambda: workers(1) == "2.0")
    for _ in range(10):
        assert ask(port, "POST", "/predict", {"rows": [ROW]})[0] == 200
    counted = 'http_requests_total{method="POST",route="/predict",status="200"} 10.0'
    assert counted in ask(port, "GET", "/metrics")[1]

    from {= cookiecutter.package_name =}.model.training import train
    from {= cookiecutter.package_name =}.registry.versions import Registry

    Registry(promoted_project).set_alias("champion", train(promoted_project).number)
    wait_until(lambda: (workers(1), workers(2)) == ("0.0", "2.0"))

    first, second = sorted(workers_of(process.pid))
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: len(set(workers_of(process.pid)) - {first}) == 2)
    wait_until(lambda: workers(2) == "2.0")
    assert counted in ask(port, "GET", "/metrics")[1]
    ended = [first, second, *workers_of(process.pid)]
    process.terminate()
    assert process.wait(60) == 0
    assert [worker for worker in ended if alive(worker)] == []


def test_workers_end_when_their_parent_is_killed(
    promoted_project: Project, start: Start, wait_until: Wait, tmp_path: Path
) -> None:
    process, port = start(promoted_project, "--workers", "2", "--drain-seconds", "0")
    wait_until(lambda: ready(port) and len(workers_of(process.pid)) == 2)
    workers = workers_of(process.pid)
    process.kill()
    process.wait()
    wait_until(lambda: not any(alive(worker) for worker in workers))
    # Nobody was left to remove the folder of the metrics.
    (folder,) = (tmp_path / "temporary").iterdir()
    shutil.rmtree(folder)


def test_a_port_in_use_is_named(promoted_project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", PACKAGE, "serve", "--port", str(port)],
            cwd=promoted_project.root,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr == f"error: 127.0.0.1 port {port}: Address already in use\n"


def test_wrong_settings_are_told_before_anything_starts(promoted_project: Project) -> None:
    settings = promoted_project.root / "configuration" / "project.yaml"
    settings.write_text("serving: {poll_seconds: 0, maximum_rows: many}\n")
    ended = subprocess.run(
        [sys.executable, "-m", PACKAGE, "serve", "--port", "0", "--workers", "2"],
        cwd=promoted_project.root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 2
