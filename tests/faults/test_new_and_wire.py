"""Whatever stops `new` or `wire`, the destination is absent, as before, or complete.

The calls that change a file or folder are listed by a traced run. Then each is disturbed in a run
of its own: by kill -9, SIGINT, or an error of the system. The trace of that run must say that the
fault was injected into that very call.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.faults.command import Command, Ended, command
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.faults.tracing import FAULTS, Call, Fault, changes, strace_options
from tests.servers.programs import missing, program

from stackwright_cli.staging_place import PREFIX

LEAST_CASES = 300

_BUG = ("Traceback", "this is a bug")

State = Mapping[str, tuple[int, bytes | None]]
"""Mode and content of every path below a folder; None is the content of a folder."""


@dataclass(frozen=True)
class Bench:
    """A command that can be disturbed, and the folder where that happens."""

    command: Command
    folder: Path
    trace: Path

    def begin(self, scenario: Scenario) -> State:
        """Make what is there when a scenario begins, and nothing else."""
        prepared = self.folder.with_name(scenario.name)
        if not prepared.exists():
            prepared.mkdir()
            scenario.prepare(self.command, prepared)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(prepared, self.folder, symlinks=True)
        return state(self.folder)

    def calls(self, scenario: Scenario) -> tuple[State, State, list[Call]]:
        """Return what is there before and after an undisturbed run, and its calls."""
        before = self.begin(scenario)
        ended = self.run(scenario, strace_options(self.trace))
        assert ended.code == 0, ended.output
        return before, state(self.folder), changes(self.trace, self.folder, self.folder)

    def run(self, scenario: Scenario, options: Sequence[str] = ()) -> Ended:
        return self.command.run(scenario.arguments, self.folder, options)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The driver with everything imported; without strace, skip by name."""
    strace = program("strace")
    folder = tmp_path_factory.mktemp("faults").resolve()
    with command(strace, folder) as ready:
        made = Bench(ready, folder / "work", folder / "trace")
        for scenario in SCENARIOS:
            # Once in the driver itself, so that no disturbed run opens a module's file.
            made.begin(scenario)
            ended = ready.run(scenario.arguments, made.folder, here=True)
            assert ended.code == 0, ended.output
        if not ready.can_trace(made.folder):
            missing("the permission to trace a process (ptrace)")
        yield made


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_every_call_can_fail_and_nothing_is_left_half_done(
    scenario: Scenario, fault: Fault, bench: Bench
) -> None:
    before, complete, calls = bench.calls(scenario)

    broken = [
        f"{fault} at {call}: {problem}"
        for call in calls
        for problem in problems(bench, scenario, call, fault, before, complete)
    ]

    assert not broken, "\n".join([f"{len(broken)} problems", *broken])


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_sample_of_calls_can_fail_and_nothing_is_left_half_done(
    fault: Fault, bench: Bench
) -> None:
    sample = {"new": ("fchmod", "rename", "unlinkat"), "wire": ("write",)}

    for scenario in SCENARIOS:
        wanted = sample.get(scenario.name, ())
        before, complete, calls = bench.calls(scenario) if wanted else ({}, {}, [])
        for name in wanted:
            call = next(call for call in calls if call.name == name)
            found = list(problems(bench, scenario, call, fault, before, complete))
            assert not found, f"{fault} at {call}: {found}"


def test_there_are_enough_cases_of_each_kind_of_call(bench: Bench) -> None:
    calls = [call for scenario in SCENARIOS for call in bench.calls(scenario)[2]]

    assert len(calls) * len(FAULTS) >= LEAST_CASES
    for kind in ("open", "write", "mkdir", "chmod", "rename", "unlink", "rmdir"):
        assert any(kind in call.name for call in calls), kind


def problems(
    bench: Bench,
    scenario: Scenario,
    call: Call,
    fault: Fault,
    before: State,
    complete: State,
) -> Iterator[str]:
    """Run a scenario with a fault, then again without; yield everything that is wrong."""
    ended = disturbed(bench, scenario, call, fault)
    if ended is None:
        yield "no trace says that it was injected"
        return
    after = state(bench.folder)
    yield from _wrong_end(ended, fault, is_complete=without_staging(after) == complete)
    yield from _wrong_state(after, before, complete)
    again = bench.run(scenario)
    is_refused = scenario.once and without_staging(after) == complete
    if again.code != (2 if is_refused else 0):
        yield f"the next run ends with {again.code}: {again.output}"
    if state(bench.folder) != complete:
        yield f"the next run leaves {_difference(state(bench.folder), complete)}"


def disturbed(bench: Bench, scenario: Scenario, call: Call, fault: Fault) -> Ended | None:
    """Run a scenario with a fault; return how it ended, or None when no trace proves the fault.

    Calls are counted, and one that only reads may come or not, so the wrong call may be hit.
    """
    for _ in range(3):
        bench.begin(scenario)
        ended = bench.run(scenario, strace_options(bench.trace, call, fault))
        seen = changes(bench.trace, bench.folder, bench.folder)
        hit = [found for found in seen if (found.name, found.number) == (call.name, call.number)]
        if len(hit) == 1 and hit[0].path == call.path and fault.happened(hit[0]):
            return ended
    return None


def _wrong_end(ended: Ended, fault: Fault, *, is_complete: bool) -> Iterator[str]:
    expected = {"SIGKILL": {-9}, "SIGINT": {130}}.get(fault.signal, {1})
    if ended.code not in expected and not (ended.code == 0 and is_complete):
        yield f"it ends with {ended.code}: {ended.output}"
    yield from (f"it prints {bug!r}: {ended.output}" for bug in _BUG if bug in ended.output)


def _wrong_state(after: State, before: State, complete: State) -> Iterator[str]:
    if without_staging(after) not in (without_staging(before), complete):
        yield f"it leaves {_difference(without_staging(after), complete)}"
    for path, (mode, _) in after.items():
        if Path(path).name.startswith(PREFIX) and stat.S_IMODE(mode) & 0o077:
            yield f"{path} is open to others: {mode:o}"


def state(folder: Path) -> State:
    """Return the state of a folder; links are not followed."""
    return {
        path.relative_to(folder).as_posix(): (
            path.lstat().st_mode,
            path.read_bytes() if path.is_file() and not path.is_symlink() else None,
        )
        for path in sorted(folder.rglob("*"))
    }


def without_staging(found: State) -> State:
    """Return a state without the staging places."""
    return {
        path: what
        for path, what in found.items()
        if not any(part.startswith(PREFIX) for part in Path(path).parts)
    }


def _difference(found: State, wanted: State) -> str:
    paths = sorted(found.keys() | wanted.keys())
    return ", ".join(path for path in paths if found.get(path) != wanted.get(path))
