"""The surroundings of the real engine, as far as they can be tested without it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.engine import real_engine
from tests.engine.real_engine import Engine, registrations, require_pulumi
from tests.servers.process import eventually
from tests.servers.test_process import is_alive

METHOD = "/pulumirpc.ResourceMonitor/RegisterResource"


@pytest.fixture
def echo(tmp_path: Path) -> Engine:
    """A program in the place of the engine that prints its arguments and variables."""
    program = tmp_path / "pulumi"
    program.write_text("#!/bin/sh\necho $*\nenv\nexit ${CODE:-0}\n", encoding="utf-8")
    program.chmod(0o700)
    return Engine(program, tmp_path / "engine", {"aws": 1, "kubernetes": 2})


def test_without_the_program_a_test_skips_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="no program `pulumi` on PATH"):
        require_pulumi()


def test_the_engine_sees_no_credential_and_reaches_nothing_but_loopback(
    echo: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    monkeypatch.setenv("KUBECONFIG", "canary")
    told = echo.run(tmp_path, "preview").splitlines()
    assert told[0] == "preview --non-interactive"
    assert not [line for line in told if "canary" in line]
    assert "HTTPS_PROXY=http://127.0.0.1:9" in told
    assert "PULUMI_DEBUG_PROVIDERS=aws:1,kubernetes:2" in told
    assert f"PULUMI_HOME={tmp_path}/engine/home" in told


def test_a_command_that_fails_shows_what_it_wrote(echo: Engine, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="pulumi preview ended with 3\npreview"):
        echo.run(tmp_path, "preview", CODE="3")


def test_a_command_that_hangs_ends_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child, program = tmp_path / "child", tmp_path / "pulumi"
    program.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {child}\nwait\n", encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(real_engine, "SECONDS", 1.0)
    with pytest.raises(subprocess.TimeoutExpired):
        Engine(program, tmp_path / "engine").run(tmp_path, "up")
    eventually(lambda: not is_alive(int(child.read_text(encoding="utf-8"))), "the child stays")


def test_registrations_are_what_the_engine_answered_with_a_urn(tmp_path: Path) -> None:
    log = tmp_path / "log"
    lines = [
        {"method": METHOD, "request": {"name": "begun"}},
        {"method": METHOD, "request": {"name": "made"}, "response": {"urn": "urn:a"}},
        {"method": "/pulumirpc.ResourceProvider/Create", "request": {}, "response": {"urn": "b"}},
        {"method": METHOD, "request": {"name": "failed"}, "response": None},
    ]
    log.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    assert registrations(log) == {"urn:a": {"name": "made"}}
