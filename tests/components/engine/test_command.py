"""Tests of the Pulumi CLI as a process, on a stub of it."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from pulumi.automation import CommandError
from tests.engine_stub.bench import CANARY, PASSPHRASE, Bench, bench, left_of
from tests.engine_stub.control import Effect, Fault, Target
from tests.engine_stub.points import Moment
from tests.engine_stub.stub import stub_engine

from stackwright.engine import command as module
from stackwright.engine.command import EngineCommand, EngineMissing, EngineStopped
from stackwright.engine.operations import Action
from stackwright.engine.output import KEPT
from stackwright.engine.redaction import HIDDEN

MEGABYTES_200 = 200 * 1024 * 1024


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A project on the stub engine."""
    return bench(tmp_path, monkeypatch)


def executable(folder: Path, text: str) -> Path:
    """Write a program called `pulumi`."""
    folder.mkdir(exist_ok=True)
    program = folder / "pulumi"
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)
    return program


def test_an_engine_that_is_not_there_is_told_with_where_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EngineMissing, match=r"is not on PATH\. Install it: https://"):
        EngineCommand()


def test_a_file_that_cannot_be_executed_is_no_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable(tmp_path, "#!/bin/sh\n").chmod(0o644)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EngineMissing, match="is not on PATH"):
        EngineCommand()


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("#!/no/such/interpreter\n", "cannot be run: No such file or directory"),
        ("#!/bin/sh\nexit 3\n", "failed with exit code 3"),
        ("#!/bin/sh\nkill -9 $$\n", "failed with exit code -9"),
        ("#!/bin/sh\n", "does not say its version, but ''"),
        ("#!/bin/sh\necho not a version\n", "but 'not a version'"),
        ("#!/bin/sh\necho v3.0.0\n", "is Pulumi 3.0.0; Stackwright needs"),
        ("#!/bin/sh\necho v4.1.0\n", "is Pulumi 4.1.0; Stackwright needs"),
        ("#!/bin/sh\nhead -c 100000000 /dev/zero\n", "does not say its version"),
    ],
)
def test_an_engine_that_does_not_fit_is_refused_with_the_reason(
    script: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable(tmp_path / "bin", script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    with pytest.raises(EngineMissing, match=message) as raised:
        EngineCommand()

    assert len(str(raised.value)) < 1000


def test_an_engine_that_prints_a_secret_as_its_version_does_not_make_us_print_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable(tmp_path / "bin", '#!/bin/sh\necho "v$PULUMI_CONFIG_PASSPHRASE"\n')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)

    with pytest.raises(EngineMissing) as raised:
        EngineCommand()

    assert HIDDEN in str(raised.value)
    assert CANARY[:8] not in str(raised.value)


def test_an_engine_that_never_says_its_version_is_not_waited_for_and_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = '#!/bin/sh\necho $$ > "$(dirname "$0")/pid"\nsleep 1000 &\nsleep 1000\n'
    executable(tmp_path / "bin", script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(module, "VERSION_WITHIN", 2.0)

    with pytest.raises(EngineMissing, match=r"did not answer within 2 s"):
        EngineCommand()

    leader = int((tmp_path / "bin" / "pid").read_text())
    wait_for(lambda: in_session(leader) == [])


def test_an_engine_that_vanishes_between_two_commands_is_told(ready: Bench) -> None:
    layer = ready.layer()
    (ready.stub.bin / "pulumi").unlink()

    with pytest.raises(EngineMissing, match="cannot be run: No such file or directory"):
        layer.command.run(["whoami"], str(ready.project), {})


def test_what_the_engine_prints_is_returned_with_its_secrets_hidden(ready: Bench) -> None:
    encoded = base64.b64encode(PASSPHRASE.encode()).decode()
    ready.stub.plan(faults=(Fault(Effect.SAY, "whoami", message=f"{PASSPHRASE} and {encoded}\n"),))

    result = ready.layer().command.run(["whoami"], str(ready.project), {})

    assert result.stdout.startswith(f"{HIDDEN} and {HIDDEN}")
    assert CANARY not in result.stdout


def test_a_command_that_fails_says_its_code_and_hides_its_secrets(ready: Bench) -> None:
    said = Fault(Effect.SAY, "whoami", message=f"error: {PASSPHRASE}\n", stream="stderr")
    ready.stub.plan(faults=(said, Fault(Effect.EXIT, "whoami", code=7)))

    with pytest.raises(CommandError) as raised:
        ready.layer().command.run(["whoami"], str(ready.project), {})

    assert "code: 7" in str(raised.value)
    assert f"stderr: error: {HIDDEN}" in str(raised.value)


@pytest.mark.parametrize("line", [1024, MEGABYTES_200], ids=["many-lines", "one-line"])
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_of_200_megabytes_the_end_is_kept_and_no_more(stream: str, line: int, ready: Bench) -> None:
    text = "x" * (min(line, 1 << 20) - (1 if line == 1024 else 0))
    text += "\n" if line == 1024 else ""
    times = MEGABYTES_200 // len(text)
    ready.stub.plan(
        faults=(Fault(Effect.SAY, "whoami", message=text, stream=stream, times_said=times),)
    )
    layer = ready.layer()
    before = psutil.Process().memory_info().rss

    result = layer.command.run(["whoami"], str(ready.project), {})

    kept = result.stdout if stream == "stdout" else result.stderr
    assert KEPT // 2 < len(kept) <= KEPT
    assert psutil.Process().memory_info().rss - before < 50 * 1024 * 1024


@pytest.mark.parametrize("shift", [0, 7, 13])
def test_a_secret_that_the_cut_divides_does_not_show_its_end(shift: int, ready: Bench) -> None:
    # Nothing but the secret, over and over: wherever the cut falls, it falls into one.
    ready.stub.plan(
        faults=(
            Fault(Effect.SAY, "whoami", message="y" * shift),
            Fault(Effect.SAY, "whoami", message=PASSPHRASE + "\n", times_said=40_000),
        )
    )

    result = ready.layer().command.run(["whoami"], str(ready.project), {})

    left = set(result.stdout.replace(HIDDEN, "").replace("y", "").split("\n")[:-1])
    assert not any(line and line in PASSPHRASE for line in left if len(line) > 3)


def test_bytes_that_are_no_text_are_shown_as_what_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = '#!/bin/sh\n[ "$1" = version ] && echo v3.260.0 || printf "a\\377b\\n"\n'
    executable(tmp_path / "bin", script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    result = EngineCommand().run(["whoami"], str(tmp_path), {})

    assert result.stdout == r"a\xffb"


def test_each_line_is_told_when_it_comes(ready: Bench) -> None:
    said = Fault(Effect.SAY, "whoami", message=f"one\n{PASSPHRASE}\nno end")
    ready.stub.plan(faults=(said, Fault(Effect.EXIT, "whoami")))
    lines: list[str] = []

    ready.layer().command.run(["whoami"], str(ready.project), {}, on_output=lines.append)

    assert lines == ["one", HIDDEN, "no end"]


def test_an_engine_that_is_killed_leaves_no_plugin_behind(ready: Bench) -> None:
    ready.run(Action.PREVIEW)
    ready.stub.plan(faults=(Fault(Effect.SIGNAL, moment=Moment.STARTED, signals=("SIGKILL",)),))

    outcome = ready.run(Action.UP)

    assert not outcome.succeeded
    assert sleeping_here(ready) == []


def test_an_engine_over_its_time_is_asked_to_stop_and_saves_its_state(ready: Bench) -> None:
    ready.run(Action.PREVIEW)
    ready.stub.plan(
        faults=(Fault(Effect.HANG, moment=Moment.INTENDED, urn="*thing-2", seconds=3.5),)
    )
    told: list[str] = []
    layer = ready.layer(told=told.append, timeout=3.0)

    with pytest.raises(EngineStopped, match=r"stopped by the limit of 0\.05 minutes"):
        ready.run(Action.UP, layer)

    assert told == ["Stopping: the limit of 0.05 minutes is over."]
    assert ready.locks == []
    assert '"pending_operations":[]' in ready.state_file.read_text(encoding="utf-8")


def test_an_engine_that_does_not_stop_is_killed_when_its_grace_is_over(
    ready: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GRACE", 0.3)
    ready.run(Action.PREVIEW)
    ready.stub.plan(faults=(Fault(Effect.HANG, moment=Moment.STARTED, deaf=True),))

    with pytest.raises(EngineStopped):
        ready.run(Action.UP, ready.layer(timeout=0.5))

    assert sleeping_here(ready) == []


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_to_us_stops_the_engine_in_good_order(name: str, code: int, ready: Bench) -> None:
    ready.run(Action.PREVIEW)
    fault = Fault(
        Effect.SIGNAL,
        moment=Moment.INTENDED,
        urn="*thing-2",
        signals=(name,),
        target=Target.COMMAND,
    )
    ready.stub.plan(faults=(fault,))
    told: list[str] = []

    with pytest.raises(EngineStopped) as raised:
        ready.run(Action.UP, ready.layer(told=told.append))

    assert raised.value.exit_code == code
    assert len(told) == 1
    assert "finishes what is in flight" in told[0]
    assert len(raised.value.events) > 3
    assert ready.locks == []
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_second_ctrl_c_stops_it_at_once(ready: Bench) -> None:
    ready.run(Action.PREVIEW)
    fault = Fault(
        Effect.SIGNAL,
        moment=Moment.INTENDED,
        urn="*thing-2",
        signals=("SIGINT", "SIGINT"),
        target=Target.COMMAND,
    )
    ready.stub.plan(faults=(fault,))

    with pytest.raises(EngineStopped, match="stopped by Ctrl-C"):
        ready.run(Action.UP)

    assert ready.locks == []
    assert '"type":"creating"' in ready.state_file.read_text(encoding="utf-8")


def test_a_third_ctrl_c_kills_it(ready: Bench) -> None:
    ready.run(Action.PREVIEW)
    ready.stub.plan(faults=(Fault(Effect.HANG, moment=Moment.STARTED, deaf=True),))
    pressing = threading.Thread(target=press, args=(ready, 3))
    pressing.start()

    with pytest.raises(EngineStopped, match="stopped by Ctrl-C"):
        ready.run(Action.UP)

    pressing.join()
    assert sleeping_here(ready) == []


def press(ready: Bench, times: int) -> None:
    """Press Ctrl-C when the engine hangs."""
    wait_for(ready.stub.struck)
    for _ in range(times):
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_is_not_forgotten_when_the_engine_comes_to_its_end_all_the_same(
    ready: Bench,
) -> None:
    # Else `up` would go on to deploy after a preview in which a person has said stop.
    layer, pressed = ready.layer(), ready.stub.folder / "pressed"
    wait = f"while [ ! -e '{pressed}' ]; do sleep 0.02; done"
    executable(ready.stub.bin, f"#!/bin/sh\ntrap '' INT\n{wait}\nexit 0\n")

    def press_once() -> None:
        # Before the command listens for it, Ctrl-C is for whoever has called it.
        wait_for(lambda: signal.getsignal(signal.SIGINT) is not signal.default_int_handler)
        os.kill(os.getpid(), signal.SIGINT)
        pressed.touch()

    pressing = threading.Thread(target=press_once)
    pressing.start()
    with pytest.raises(EngineStopped, match="stopped by Ctrl-C"):
        layer.command.run(["whoami"], str(ready.project), {})
    pressing.join()


def test_the_engine_is_told_to_stop_when_we_are_killed(ready: Bench) -> None:
    ready.run(Action.PREVIEW)
    ready.stub.plan(faults=(Fault(Effect.HANG, moment=Moment.INTENDED, seconds=1.0),))
    program = (
        "import sys\nfrom stackwright.engine.command import EngineCommand\n"
        "EngineCommand().run(['up', '--stack', 'dev'], sys.argv[1], {})\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(ready.project)]) as process:
        wait_for(ready.stub.struck)
        process.kill()

    wait_for(lambda: sleeping_here(ready) == [] and ready.locks == [])


def test_the_engine_runs_our_programs_by_the_interpreter_that_runs_us() -> None:
    found = module.interpreter_first({"PATH": "/bin"})

    assert found["PATH"] == f"{Path(sys.executable).parent}{os.pathsep}/bin"
    assert found.get("VIRTUAL_ENV", sys.prefix) == sys.prefix


def test_the_stub_itself_starts_without_the_packages_of_this_environment(tmp_path: Path) -> None:
    stub = stub_engine(tmp_path / "stub")

    done = subprocess.run(
        [stub.bin / "pulumi", "version"], capture_output=True, text=True, check=True, env={}
    )

    assert done.stdout == "v3.260.0\n"


def in_session(leader: int) -> list[int]:
    """Return the processes of a session that live."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except (OSError, psutil.NoSuchProcess):
            continue
    return found


def sleeping_here(ready: Bench) -> list[str]:
    """Return what the engine of a bench has left behind."""
    return left_of(ready.stub)


def wait_for(ready: Callable[[], bool]) -> None:
    """Wait until something is true."""
    end = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < end, "nothing happened within 60 s"
        time.sleep(0.02)
