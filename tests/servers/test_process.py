from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

import pytest
from tests.servers.process import Server, eventually, free_port, running
from tests.servers.programs import REQUIRED, program, server_command

LISTENS = """
import signal, socket, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
listener = socket.create_server(("127.0.0.1", {port}))
child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
print("child", child.pid, flush=True)
listener.accept()
"""


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def is_alive(process: int) -> bool:
    state = Path(f"/proc/{process}/stat")
    if not Path("/proc/self/stat").exists():
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        return True
    try:
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_server_that_ends_before_it_is_ready_shows_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-S", "-c", "raise SystemExit('no such bucket')"]

    with (
        pytest.raises(AssertionError, match="shop ended with 1 before it was ready") as caught,
        running("shop", command, folder=tmp_path, ready=lambda _: False),
    ):
        raise AssertionError

    assert caught.value.__notes__ == ["--- the end of the log of shop:\nno such bucket"]


def test_a_server_that_is_not_ready_in_time_is_stopped(tmp_path: Path) -> None:
    seen: list[Server] = []

    def ready(server: Server) -> bool:
        seen.append(server)
        return False

    with (
        pytest.raises(AssertionError, match="shop is not ready after"),
        running(
            "shop",
            [sys.executable, "-S", "-c", "import time; time.sleep(60)"],
            folder=tmp_path,
            ready=ready,
            within=0.2,
        ),
    ):
        raise AssertionError

    assert seen[0].ended()


def test_a_failure_shows_the_log_and_leaves_no_process_of_the_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.servers.process.STOPPED_WITHIN", 0.1)
    command = [sys.executable, "-c", LISTENS.format(port=free_port())]
    seen: list[Server] = []
    child = 0

    def fail() -> None:
        nonlocal child
        with running(
            "shop", command, folder=tmp_path, ready=lambda s: s.text().endswith("\n")
        ) as server:
            seen.append(server)
            child = int(server.text().split()[1])
            assert is_alive(child)
            raise ValueError("no bucket")

    with pytest.raises(ValueError, match="no bucket") as caught:
        fail()

    assert f"child {child}" in caught.value.__notes__[0]
    assert seen[0].process.returncode == -signal.SIGKILL
    eventually(lambda: not is_alive(child), "the child lives")


def test_a_free_port_is_one_that_nobody_listens_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert listens(taken.getsockname()[1])
    assert not listens(free_port())


@pytest.mark.parametrize("find", [program, server_command])
def test_a_missing_program_skips_by_name_and_fails_where_it_is_required(
    find: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(find)
    monkeypatch.delenv(REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-program"):
        find("no-such-program")

    monkeypatch.setenv(REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-program"):
        find("no-such-program")
