from __future__ import annotations

import math
import os
import sys
import time
from pathlib import Path

import pytest
from benchmarks.processes import ROOT
from benchmarks.service import PACKAGE, PYTHON, Load, Project, cpu_seconds, measured
from tests.servers.programs import missing

NAMES = [
    "one row, p50 milliseconds",
    "one row, p99 milliseconds",
    "one row, CPU milliseconds",
    "100 rows, rows a second",
    "CPU seconds from start to ready",
    "peak MiB",
]


def test_the_cpu_time_of_a_running_process_is_read() -> None:
    if sys.platform != "linux":
        assert math.isnan(cpu_seconds(os.getpid()))
        return
    assert cpu_seconds(os.getpid()) == pytest.approx(time.process_time(), abs=0.2)


def test_a_process_that_is_not_there_has_no_cpu_time() -> None:
    assert math.isnan(cpu_seconds(2**31 - 2))


def test_a_project_s_commands_see_no_other_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROJECT_ENVIRONMENT", "prod")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://tracking.example.com")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    variables = Project(tmp_path / "churn", Path(sys.executable)).variables()
    assert not {"PROJECT_ENVIRONMENT", "MLFLOW_TRACKING_URI"} & set(variables)
    assert variables["PYTHONPATH"] == str(tmp_path / "churn" / "src")


def fake(tmp_path: Path, program: str) -> Project:
    """Return a project whose service is a short program."""
    source = tmp_path / "churn" / "src" / PACKAGE
    source.mkdir(parents=True)
    (source / "__init__.py").touch()
    (source / "__main__.py").write_text(program, encoding="utf-8")
    return Project(tmp_path / "churn", Path(sys.executable))


READY = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response({status})
        self.send_header("content-length", "0")
        self.end_headers()
server = HTTPServer(("127.0.0.1", 0), Answers)
print(f"listening on http://127.0.0.1:{{server.server_port}}", flush=True)
{then}
"""
STOPS_WELL = "import signal; signal.signal(signal.SIGTERM, lambda *_: sys.exit({code}))"


def test_a_service_that_does_not_start_says_why(tmp_path: Path) -> None:
    project = fake(tmp_path, "raise SystemExit('the model is missing')")
    with pytest.raises(RuntimeError, match="the model is missing"), project.service():
        raise AssertionError("it did not start")


def test_a_service_that_does_not_get_ready_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.service.PATIENCE_SECONDS", 0.0)
    project = fake(tmp_path, READY.format(status=503, then="server.serve_forever()"))
    with pytest.raises(RuntimeError, match="does not get ready"), project.service():
        raise AssertionError("it was not ready")


@pytest.mark.parametrize("code", [0, 3])
def test_a_service_must_end_well(tmp_path: Path, code: int) -> None:
    then = f"{STOPS_WELL.format(code=code)}\nserver.serve_forever()"
    project = fake(tmp_path, READY.format(status=200, then=then))
    if code:
        with pytest.raises(RuntimeError, match="ended with 3"), project.service():
            pass
        return
    with project.service() as running:
        assert running.peak_mebibytes == 0
    assert 1 < running.peak_mebibytes < 500


def test_a_command_that_fails_is_told_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="the data are not there"):
        fake(tmp_path, "raise SystemExit('the data are not there')").run("prepare")


@pytest.mark.slow
def test_a_real_project_is_measured_and_every_row_is_logged() -> None:
    if not PYTHON.is_file():
        missing("the environment of tabular-service")
    figures = measured(PYTHON, Load(requests=20, rounds=2, warm_up=10))
    assert [figure.name for figure in figures] == NAMES
    assert all(figure.best > 0 for figure in figures if figure.values)
    assert [len(figure.values) for figure in figures if "row" in figure.name] == [2, 2, 2, 2]


def test_the_page_shows_every_figure_of_the_service() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert all(f"| {name} | " in page for name in NAMES)
