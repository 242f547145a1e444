"""Every valid blueprint is accepted; whatever single thing is wrong is named at its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from stackwright import catalog
from stackwright.blueprint.document import Document, Location
from stackwright.blueprint.reader import parse
from stackwright.blueprint.shown import dotted
from stackwright.data.aws_regions import REGIONS
from stackwright.environment import check
from stackwright.errors import BlueprintError, Problem

WORDS = st.from_regex(r"[a-z][a-z0-9]{1,8}", fullmatch=True).filter(
    lambda word: (
        word not in {"aws", "amzn", "kube", "sthree", "con", "prn", "aux", "nul"}
        and not word.startswith(("com", "lpt"))
    )
)
LABELS = st.dictionaries(WORDS, WORDS, max_size=20)
DAYS = st.integers(1, 3650)

STORES = st.fixed_dictionaries(
    {"kind": st.just("s3")},
    optional={
        "noncurrent_version_days": DAYS,
        "log_retention_days": st.integers(184, 3650),
        "tags": st.dictionaries(WORDS, WORDS, max_size=4),
    },
)
NETWORKS = st.fixed_dictionaries(
    {"kind": st.just("vpc")},
    optional={
        "cidr": st.integers(0, 255).map(lambda octet: f"10.{octet}.0.0/16"),
        "zones": st.permutations("abc"),
        "nat": st.sampled_from(["per-zone", "one"]),
    },
)
OVERRIDES = st.fixed_dictionaries(
    {},
    optional={
        "profile": st.sampled_from(["development", "production"]),
        "network": st.fixed_dictionaries({}, optional={"nat": st.just("one")}),
    },
)
INSTANCES = WORDS.filter(lambda word: word not in catalog.capabilities())
BLUEPRINTS = st.fixed_dictionaries(
    {
        "apiVersion": st.just("stackwright/v1"),
        "name": WORDS,
        "target": st.fixed_dictionaries(
            {
                "kind": st.just("aws"),
                "region": st.sampled_from([name for names in REGIONS.values() for name in names]),
                "account": st.from_regex("[0-9]{12}", fullmatch=True),
            }
        ),
        "network": NETWORKS,
        "storage": STORES | st.dictionaries(INSTANCES, STORES, min_size=1, max_size=3),
    },
    optional={
        "profile": st.sampled_from(["development", "production"]),
        "labels": LABELS,
        "projects": st.just("projects/*.yaml"),
        "environments": st.dictionaries(WORDS, OVERRIDES, min_size=1, max_size=3),
    },
)

BOUNDED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def written(data: Mapping[str, Any], depth: int = 0) -> str:
    """Return data as YAML with one key on each line."""
    lines = []
    for key, value in data.items():
        nested = isinstance(value, dict) and value
        text = f"\n{written(value, depth + 1)}" if nested else f" {json.dumps(value)}\n"
        lines.append(f"{'  ' * depth}{json.dumps(key)}:{text}")
    return "".join(lines)


def problems(data: Mapping[str, Any]) -> tuple[Document, tuple[Problem, ...]]:
    document = parse(written(data), "blueprint.yaml")
    try:
        check(document)
    except BlueprintError as error:
        return document, error.problems
    return document, ()


def places(data: Mapping[str, Any], at: Location = ()) -> Iterator[Location]:
    for key, value in data.items():
        yield (*at, key)
        if isinstance(value, dict):
            yield from places(value, (*at, key))


def replaced(data: Any, place: Location, value: Any) -> Any:
    if not place:
        return value
    key, *rest = place
    return {**data, key: replaced(data.get(key), tuple(rest), value)}


@BOUNDED
@given(BLUEPRINTS)
def test_every_valid_blueprint_is_accepted_for_each_environment(data: dict[str, Any]) -> None:
    document = parse(written(data), "blueprint.yaml")
    found = check(document)
    assert list(found) == list(data.get("environments") or {"default": {}})
    for environment in found.values():
        assert environment.scope["name"] == data["name"]


@BOUNDED
@given(BLUEPRINTS, st.data())
def test_the_order_of_keys_changes_nothing(data: dict[str, Any], draw: st.DataObject) -> None:
    keys = draw.draw(st.permutations(list(data)))
    one = check(parse(written(data), "b.yaml"))
    other = check(parse(written({key: data[key] for key in keys}), "b.yaml"))
    for name, environment in one.items():
        assert environment.scope == other[name].scope
        assert environment.assumptions == other[name].assumptions
        assert environment.resolution.uses == other[name].resolution.uses


@BOUNDED
@given(BLUEPRINTS, st.data())
def test_an_unknown_key_is_named_where_it_stands(data: dict[str, Any], draw: st.DataObject) -> None:
    closed = [(), ("target",), ("network",)] + [
        ("environments", name) for name in data.get("environments", {})
    ]
    place = (*draw.draw(st.sampled_from(closed)), "unknown_key")
    document, found = problems(replaced(data, place, 1))
    assert {(problem.path, problem.line, problem.column) for problem in found} == {
        (dotted(place), *document.mark(place, key=True))
    }


@BOUNDED
@given(BLUEPRINTS, st.data(), st.sampled_from([2.5, [True], {"unknown_key": [1]}, True]))
def test_a_value_of_a_wrong_type_is_named_where_it_stands(
    data: dict[str, Any], draw: st.DataObject, wrong: Any
) -> None:
    # An environment may replace a wrong value, so there is only the base here.
    data = {key: value for key, value in data.items() if key != "environments"}
    place = draw.draw(st.sampled_from(sorted(places(data), key=str)))
    # A storage that holds no mapping is one tool, so its instances are unknown keys of it.
    assume(not (place[0] == "storage" and len(place) == 2 and "kind" not in data["storage"]))
    # A capability and a table of labels may hold a mapping of any key.
    assume(not (isinstance(wrong, dict) and place[-1] in ("storage", "labels", "tags")))
    document, found = problems(replaced(data, place, wrong))
    assert found
    line = document.mark(place, key=True).line
    path = dotted(place)
    assert all(problem.path.startswith(path) or problem.line >= line for problem in found)
    assert any(problem.path.startswith(path) and problem.line >= line for problem in found)


REQUIRED: list[Location] = [
    ("apiVersion",),
    ("name",),
    ("target",),
    ("target", "kind"),
    ("target", "region"),
    ("target", "account"),
    ("network", "kind"),
]


@pytest.mark.parametrize("place", REQUIRED, ids=dotted)
@settings(max_examples=10, deadline=None)
@given(BLUEPRINTS)
def test_a_missing_key_is_named(place: Location, data: dict[str, Any]) -> None:
    def without(tree: dict[str, Any], keys: Location) -> dict[str, Any]:
        first, *rest = (str(key) for key in keys)
        if not rest:
            return {key: value for key, value in tree.items() if key != first}
        return {**tree, first: without(tree[first], tuple(rest))}

    _, found = problems(without(data, place))
    assert dotted(place) in {problem.path for problem in found}
    assert all("missing" in problem.message for problem in found)
