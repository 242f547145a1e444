"""The `listen` command: a real process that takes an alert, retrains, and stops when told."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from {= cookiecutter.package_name =} import PROJECT
from {= cookiecutter.package_name =}.command import main
from {= cookiecutter.package_name =}.commands import listen
from {= cookiecutter.package_name =}.monitoring.rules import FILE
from {= cookiecutter.package_name =}.project import Project

SECRET = "correct-horse-battery-staple"
RULES = Path(__file__).parents[2] / FILE


@pytest.fixture
def watched(project: Project) -> Project:
    (project.root / FILE).parent.mkdir()
    shutil.copy(RULES, project.root / FILE)
    return project


def _alert(name: str = "ModelDrift") -> dict[str, Any]:
    alert = {
        "status": "firing",
        "labels": {"alertname": name, "model": PROJECT, "action": "retrain"},
        "annotations": {},
        "startsAt": "2026-11-21T10:00:00Z",
        "fingerprint": "c0ffee",
    }
    return {"version": "4", "groupKey": "group", "status": "firing", "alerts": [alert]}


@contextmanager
def _listening(project: Project, *arguments: str, **variables: str) -> Iterator[Any]:
    command = [sys.executable, "-m", "{= cookiecutter.package_name =}"]
    process = subprocess.Popen(
        [*command, "listen", "--port", "0", *arguments],
        env=os.environ | {"PROJECT_ROOT": str(project.root)} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:"), process.stderr.read()
        yield process, line.split()[-1]
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def test_an_alert_starts_the_real_retraining_and_sigterm_stops_cleanly(watched: Project) -> None:
    file = watched.root / "token"
    file.write_text(SECRET)
    allowed = {"Authorization": f"Bearer {SECRET}"}
    with _listening(watched, "--token-file", str(file)) as (process, url):
        assert httpx.post(f"{url}/alerts", json=_alert()).status_code == 401
        answer = httpx.post(f"{url}/alerts", json=_alert(), headers=allowed)
        assert answer.status_code == 202
        seen = ""
        while "exit code" not in seen:
            seen += process.stderr.readline()
        # There is no traffic: the retraining's own answer is that rows are missing.
        assert "no: 0 labelled valid rows, 100 more are needed" in seen
        assert "retraining ended with exit code 3" in seen
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert SECRET not in seen + process.stderr.read()


def test_the_token_of_a_variable_is_on_no_command_line(watched: Project) -> None:
    with _listening(watched, "--token-variable", "TOKEN", TOKEN=SECRET) as (process, url):
        assert httpx.get(f"{url}/healthz").status_code == 200
        assert SECRET not in " ".join(process.args)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def test_the_command_that_alerts_start_is_fixed() -> None:
    package = listen.__name__.partition(".")[0]
    expected = (sys.executable, "-m", package, "-e", "dev", "retrain")
    assert listen.retraining_command("dev") == expected


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "give either --token-file or --token-variable"),
        (["--token-variable", "MISSING_TOKEN"], "MISSING_TOKEN: the variable is not set"),
        (["--token", SECRET], "No such option"),
    ],
)
def test_a_wrong_token_argument_is_refused(
    watched: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Any,
    arguments: list[str],
    problem: str,
) -> None:
    monkeypatch.setenv("PROJECT_ROOT", str(watched.root))
    assert main(["listen", *arguments]) == 2
    assert problem in capsys.readouterr().err


def test_rules_without_an_alert_that_asks_for_retraining_are_refused(
    watched: Project, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    (watched.root / FILE).write_text("groups: []")
    monkeypatch.setenv("PROJECT_ROOT", str(watched.root))
    monkeypatch.setenv("TOKEN", SECRET)
    assert main(["listen", "--token-variable", "TOKEN"]) == 2
    assert "action: retrain" in capsys.readouterr().err


def test_a_port_that_is_taken_is_an_error_in_words(
    watched: Project, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    import socket

    monkeypatch.setenv("PROJECT_ROOT", str(watched.root))
    monkeypatch.setenv("TOKEN", SECRET)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["listen", "--token-variable", "TOKEN", "--port", port]) == 1
    assert f"port {port}: cannot listen" in capsys.readouterr().err
