"""A key is made from the models: nothing about it is written twice."""

from __future__ import annotations

from enum import StrEnum

import pytest
from pydantic import BaseModel

from stackwright import catalog
from stackwright.blueprint.keys import NAME, Key, differing, keys, plain
from stackwright.tool import ReleaseSettings


class Colour(StrEnum):
    RED = "red"


class Box(BaseModel):
    colours: tuple[Colour, ...] = ()
    size: int = 1


def key(path: str, *kinds: str) -> Key:
    return next(found for found in keys() if found.dotted == path and found.kinds == kinds)


def test_each_key_stands_once_and_below_the_one_that_it_belongs_to() -> None:
    places = [(found.path, found.kinds) for found in keys()]
    assert len(set(places)) == len(places)
    seen: set[tuple[str, ...]] = {()}
    for path, _ in places:
        above = path[:-1]
        while above[-1:] == (NAME,):
            above = above[:-1]
        assert above in seen
        seen.add(path)


def test_a_name_that_the_user_chooses_is_a_step_of_the_path() -> None:
    assert key(f"cluster.node_pools.{NAME}.max_size", "eks").default == 6


@pytest.mark.parametrize(
    ("path", "kinds", "unit"),
    [
        ("storage.noncurrent_version_days", ("s3",), "days"),
        ("database.allocated_gib", ("rds",), "GiB"),
        ("tracking.replicas", ("mlflow",), ""),
    ],
)
def test_the_unit_of_a_number_follows_from_its_name(
    path: str, kinds: tuple[str, ...], unit: str
) -> None:
    assert key(path, *kinds).unit == unit


def test_what_differs_by_profile_names_both_profiles() -> None:
    assert key("network.nat", "vpc") in differing()
    assert all(set(found.profiles) == {"production", "development"} for found in differing())


def test_the_example_of_a_chart_version_is_one_that_is_verified() -> None:
    found = key("storage.version", "seaweedfs")
    tool = catalog.capabilities()["storage"]["seaweedfs"]
    assert issubclass(tool, ReleaseSettings)
    assert found.example == tool.verified_versions[0]


def test_values_of_a_model_become_plain_data() -> None:
    box = Box(colours=(Colour.RED,))
    assert plain({"box": box, "more": [box]}) == {
        "box": {"colours": ["red"]},
        "more": [{"colours": ["red"]}],
    }
