"""Tests of processes that must not outlive their purpose."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from stackwright.engine.processes import kill_session, started, stopped_with_us

FAMILY = """\
import subprocess, sys, time
own = subprocess.Popen(["sleep", "1000"], process_group=0)
same = subprocess.Popen(["sleep", "1000"])
print(own.pid, same.pid, flush=True)
{then}
"""


def family(then: str = "time.sleep(1000)") -> tuple[subprocess.Popen[str], list[int]]:
    """Start a process in a session of its own, with two children; one has its own group."""
    process = subprocess.Popen(
        [sys.executable, "-c", FAMILY.format(then=then)],
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        return process, [int(pid) for pid in process.stdout.readline().split()]


def lives(pid: int) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for_end(*pids: int) -> None:
    """Wait until processes are gone."""
    end = time.monotonic() + 60
    while any(map(lives, pids)):
        assert time.monotonic() < end, "a process is still there after 60 s"
        time.sleep(0.02)


def test_a_whole_session_is_killed_whatever_the_group() -> None:
    process, children = family()

    killed = kill_session(process.pid)

    process.wait()
    wait_for_end(*children)
    assert killed == 3


def test_what_is_left_of_a_session_without_its_leader_is_killed() -> None:
    process, children = family(then="")
    process.wait()

    assert kill_session(process.pid) == 2

    wait_for_end(*children)


def test_a_session_that_is_gone_has_nothing_to_kill() -> None:
    process = subprocess.Popen(["true"], start_new_session=True)
    process.wait()

    assert kill_session(process.pid) == 0


def test_our_own_session_is_left_alone() -> None:
    process, children = family()

    kill_session(process.pid)

    process.wait()
    wait_for_end(*children)
    assert lives(os.getpid())


on_linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="Linux has the signal alone"
)

CHILD = """\
import pathlib, signal, sys, time
def asked(*_):
    time.sleep(0.2)
    for _ in range(100):
        print("saving its state", flush=True)
    pathlib.Path(sys.argv[1]).write_text("saved")
    sys.exit()
signal.signal(signal.SIGINT, asked)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
pathlib.Path(sys.argv[1]).write_text("ready")
time.sleep(1000)
"""

PARENT = """\
import os, sys
from stackwright.engine.processes import kill_session, started, stopped_with_us
started([sys.executable, *sys.argv[1:]], None, os.environ).wait()
"""


@on_linux
def test_a_child_is_asked_to_stop_when_its_parent_is_killed_and_can_still_write(
    tmp_path: Path,
) -> None:
    # A pipe that nobody reads would end an engine at once, with its lock in place.
    told = tmp_path / "told"
    with subprocess.Popen([sys.executable, "-c", PARENT, "-c", CHILD, str(told)]) as process:
        wait_for_text(told, "ready")
        process.send_signal(signal.SIGKILL)

    wait_for_text(told, "saved")


def test_what_a_process_writes_is_read_to_its_end() -> None:
    program = "import sys; sys.stdout.write('out'); sys.stderr.write('err')"

    process = started([sys.executable, "-c", program], None, os.environ)

    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        assert (process.stdout.read(), process.stderr.read()) == (b"out", b"err")
    assert process.wait() == 0


def test_a_process_that_cannot_be_started_leaves_no_pipe_open_simulated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[int] = []
    closed: list[int] = []
    pipe, close = os.pipe, os.close

    def refuse(*_: object, **__: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    def noted_pipe() -> tuple[int, int]:
        made.extend(ends := pipe())
        return ends

    def noted_close(descriptor: int) -> None:
        close(descriptor)
        closed.append(descriptor)

    monkeypatch.setattr(subprocess, "Popen", refuse)
    # What this process has open in all is changed by threads that earlier tests have left.
    monkeypatch.setattr(os, "pipe", noted_pipe)
    monkeypatch.setattr(os, "close", noted_close)

    with pytest.raises(OSError, match="Cannot allocate memory"):
        started(["true"], None, os.environ)

    assert len(made) == 4
    assert set(made) <= set(closed)


def test_elsewhere_than_on_linux_a_command_is_itself_simulated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    assert stopped_with_us(["pulumi", "up"]) == ["pulumi", "up"]


def wait_for_text(file: Path, text: str) -> None:
    """Wait until a file has a text."""
    end = time.monotonic() + 60
    while not file.is_file() or file.read_text(encoding="utf-8") != text:
        assert time.monotonic() < end, f"{text!r} was not written within 60 s"
        time.sleep(0.02)
