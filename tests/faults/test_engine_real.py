"""Whatever happens to the real engine, our commands tell the truth and everything can be mended.

The provider is a stand-in that waits at a chosen call, so that a signal strikes at that moment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from tests.engine.real_engine import require_pulumi
from tests.faults.engine_bench import Ended
from tests.faults.engine_real import COUNT, Case, RealBench, cases, real_bench
from tests.faults.engine_truth import canary_forms

LEAST_CASES = 60

CASES = cases()

_BUG = ("Traceback", "this is a bug", "Failed to parse", "Exception in thread")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealBench]:
    """An environment on the real engine, the command with everything imported; else skip."""
    program = require_pulumi()
    with real_bench(tmp_path_factory.mktemp("faults").resolve(), program) as ready:
        yield ready


def test_there_are_enough_cases_and_each_has_a_name_of_its_own() -> None:
    assert len(CASES) >= LEAST_CASES
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_fault_leaves_nothing_untrue_and_nothing_that_cannot_be_mended(
    case: Case, bench: RealBench
) -> None:
    assert list(problems(bench, case)) == []


def problems(bench: RealBench, case: Case) -> Iterator[str]:
    """Run a case and yield what does not hold."""
    bench.begin(deployed=case.command == "destroy" or case.method == "Update")
    created, deleted = bench.calls("Create"), bench.calls("Delete")
    bench.plan(case.fault)
    ended = command(bench, case)(meanwhile=case.disturb(bench), **case.variables)
    if case.signals:
        bench.wait_for_provider(case)
    if left := bench.left():
        yield f"left behind: {left}"
    yield from said(case, ended)
    if bench.locks and not (case.to_engine and "SIGKILL" in case.signals):
        yield f"the lock is still there: {bench.locks}"
    made = (bench.calls("Create") - created) + (bench.calls("Delete") - deleted)
    yield from counted(case, ended, sum(made.values()))
    yield from leaks(bench, ended)
    yield from mended(bench, case)


def command(bench: RealBench, case: Case) -> Callable[..., Ended]:
    """Return the command of a case."""
    return bench.up if case.command == "up" else bench.destroy


def said(case: Case, ended: Ended) -> Iterator[str]:
    """Yield what is wrong with what was said."""
    if ended.code not in case.codes:
        yield f"exit code {ended.code}, not one of {case.codes}: {ended.output[-800:]}"
    if any(word in ended.output for word in _BUG):
        yield f"a bug or a trace is shown: {ended.output[-1500:]}"
    if case.message and case.message not in ended.output:
        yield f"what the provider said is not told: {ended.output[-800:]}"
    if ended.code != -9 and ended.last_line.startswith(("Deployed", "Destroyed", "prod is")):
        yield f"the last line is not true of exit code {ended.code}: {ended.last_line}"


def counted(case: Case, ended: Ended, real: int) -> Iterator[str]:
    """Hold the count of the last line against what was really made or deleted."""
    if ended.code == -9 or case.method == "Update":
        return
    verb = "created" if case.command == "up" else "deleted"
    found = re.search(rf"(\d+) {verb}", ended.last_line)
    told = int(found[1]) if found else 0
    # One may be under way of which nobody was told; an engine that is killed takes along all
    # that it had not sent yet.
    unheard = COUNT if case.to_engine and "SIGKILL" in case.signals else 1
    if not 0 <= real - told <= unheard:
        yield f"{real} were {verb}, and the last line says: {ended.last_line}"


def mended(bench: RealBench, case: Case) -> Iterator[str]:
    """Recover, go on, and yield what is not there once in the end."""
    bench.plan()
    recovered = bench.recover()
    if recovered.code != 0:
        yield f"recover ends with {recovered.code}: {recovered.output[-1200:]}"
    yield from leaks(bench, recovered)
    if bench.locks:
        yield "recover leaves a lock"
    ended = command(bench, case)(**case.variables)
    if ended.code != 0:
        yield f"afterwards {case.command} ends with {ended.code}: {ended.output[-1200:]}"
    twice = {name: times for name, times in bench.calls("Create").items() if times > 1}
    if twice:
        yield f"created twice: {twice}"
    state = json.loads(bench.state_file.read_text(encoding="utf-8"))["checkpoint"]["latest"]
    known = [one for one in state.get("resources") or [] if "::bucket-" in one["urn"]]
    wanted = 0 if case.command == "destroy" else COUNT
    if len(known) != wanted:
        yield f"in the end the state knows {len(known)} buckets, not {wanted}"
    if state.get("pending_operations"):
        yield f"in the end operations are pending: {state['pending_operations']}"


def leaks(bench: RealBench, ended: Ended) -> Iterator[str]:
    """Yield where the secret came out."""
    forms = canary_forms()
    if any(form in ended.output.encode() for form in forms):
        yield "the secret is in the output"
    for name in ("platform", "state", "home", "tmp"):
        for path in (bench.folder / name).rglob("*"):
            if path.is_file() and any(form in path.read_bytes() for form in forms):
                yield f"the secret is in {path}"
