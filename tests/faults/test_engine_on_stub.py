"""Whatever happens to the engine, our commands tell the truth and everything can be mended.

The engine is a stub, at whose points the faults strike exactly; the commands are the real ones.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.engine_stub.control import Effect, Fault
from tests.engine_stub.points import Moment
from tests.faults.engine_bench import WHOLE, Bench, destroy, driver, engine_bench, plan, up
from tests.faults.engine_cases import POINTS, Case, every, sample, slow_ones
from tests.faults.engine_truth import problems

LEAST_CASES = 300

CASES = slow_ones(every())


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """An environment, a stub engine and the command with everything imported."""
    with engine_bench(tmp_path_factory.mktemp("faults").resolve()) as ready:
        yield ready


def test_there_are_enough_cases_and_each_has_a_name_of_its_own() -> None:
    assert len(CASES) >= LEAST_CASES
    assert len({case.name for case in CASES}) == len(CASES)


def test_a_run_has_the_points_at_which_it_is_disturbed(bench: Bench) -> None:
    bench.begin(deployed=False)
    plan(bench, WHOLE)

    assert up(bench).code == 0
    assert destroy(bench).code == 0

    assert len(POINTS) == len(set(POINTS)) == 40
    assert max(POINTS) <= len(bench.stub.points("up"))
    assert max(POINTS) <= len(bench.stub.points("destroy"))


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (("up", "--yes"), "is working on this environment: process"),
        (("destroy", "--confirm", "prod"), "is working on this environment: process"),
        (("recover", "--yes"), "somebody is at work on the foundation layer"),
    ],
    ids=["up", "destroy", "recover"],
)
def test_of_two_at_once_the_second_says_who_is_at_work_and_touches_nothing(
    second: tuple[str, ...], says: str, bench: Bench
) -> None:
    bench.begin(deployed=False)
    plan(bench, WHOLE, [Fault(Effect.HANG, moment=Moment.INTENDED, urn="*bucket-4")])
    other = bench.folder / "other"
    other.mkdir(exist_ok=True)

    with driver(other) as running, ThreadPoolExecutor() as pool:
        first = pool.submit(up, bench)
        wait_until_struck(bench)
        arguments = [second[0], "-e", "prod", *second[1:]]
        refused = running.run(arguments, bench.platform, bench.environment())
        bench.stub.release()
        ended = first.result()

    assert refused.code == 1, refused.output
    assert says in refused.output
    assert ended.code == 0, ended.output
    assert bench.stub.cloud.creates() == dict.fromkeys(bench.stub.cloud.alive(), 1)
    assert bench.locks == []


def wait_until_struck(bench: Bench) -> None:
    """Wait until the planned fault has happened."""
    end = time.monotonic() + 60
    while not bench.stub.struck():
        assert time.monotonic() < end, "nothing happened within 60 s"
        time.sleep(0.02)


@pytest.mark.parametrize("case", sample(CASES), ids=str)
def test_a_sample_of_faults_leaves_nothing_untrue_and_nothing_that_cannot_be_mended(
    case: Case, bench: Bench
) -> None:
    assert list(problems(bench, case)) == []


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_fault_leaves_nothing_untrue_and_nothing_that_cannot_be_mended(
    case: Case, bench: Bench
) -> None:
    assert list(problems(bench, case)) == []
