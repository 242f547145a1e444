from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stackwright.checks import AwsZones
from stackwright.engine.preflight import Result, State, coverage
from stackwright.plan.graph import Assumption


def assumed(*paths: str) -> list[Assumption]:
    return [Assumption(path, 1, "default", "") for path in paths]


def result(state: State, *keys: str) -> Result:
    return Result(AwsZones(zones=("a",), verifies=keys), state, "")


def test_assumptions_are_verified_or_choices() -> None:
    found = coverage(
        assumed("cluster.version", "network.zones", "tracking.replicas"),
        [result(State.OK, "cluster.version"), result(State.SKIPPED, "network.zones")],
    )
    assert [item.path for item in found.verified] == ["cluster.version"]
    assert [item.path for item in found.not_verified] == ["network.zones"]
    assert [item.path for item in found.choices] == ["tracking.replicas"]
    assert str(found) == (
        "3 assumptions: 1 verified, 1 not verified, 1 are sizes and choices of ours"
    )


def test_a_key_stands_for_all_below_it_and_for_nothing_beside_it() -> None:
    found = coverage(
        assumed("cluster.access", "cluster.access.endpoint", "cluster.accessories"),
        [result(State.OK, "cluster.access")],
    )
    assert [item.path for item in found.choices] == ["cluster.accessories"]


def test_what_two_checks_are_about_is_verified_by_both() -> None:
    results = [result(State.OK, "a"), result(State.UNKNOWN, "a", "b")]
    assert coverage(assumed("a", "b"), results).verified == ()


def test_nothing_assumed_is_said_so() -> None:
    assert str(coverage([], [])) == "0 assumptions: 0 verified, 0 are sizes and choices of ours"


PATHS = st.lists(st.sampled_from(["a", "a.b", "a.b.c", "ab", "b"]), unique=True)
RESULTS = st.lists(
    st.builds(lambda state, keys: result(state, *keys), st.sampled_from(State), PATHS), max_size=4
)


@given(PATHS, RESULTS)
def test_every_assumption_is_in_one_group(paths: list[str], results: list[Result]) -> None:
    given_ = assumed(*paths)
    found = coverage(given_, results)
    groups = [*found.verified, *found.not_verified, *found.choices]
    assert sorted(groups, key=given_.index) == given_


@given(PATHS, RESULTS)
def test_nothing_is_verified_by_a_check_that_is_not_true(
    paths: list[str], results: list[Result]
) -> None:
    untrue = [one for one in results if one.state is not State.OK]
    verified = coverage(assumed(*paths), results).verified
    assert set(verified).isdisjoint(coverage(assumed(*paths), untrue).not_verified)
