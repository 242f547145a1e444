"""`explain` answers for every key of the blueprint."""

from __future__ import annotations

import json

import pytest

from stackwright.blueprint import explain
from stackwright.blueprint.keys import NAME, Key, keys
from stackwright.errors import UnknownName


def identity(key: Key) -> str:
    return f"{key.dotted}[{','.join(key.kinds)}]"


@pytest.mark.parametrize("key", keys(), ids=identity)
def test_every_key_has_a_meaning_a_type_and_an_example(key: Key) -> None:
    assert key.meaning.endswith((".", ")"))
    assert key.type
    assert key.example is not None


@pytest.mark.parametrize("key", keys(), ids=identity)
def test_every_key_is_found_by_its_path_and_kinds(key: Key) -> None:
    path = ".".join((key.path[0], *key.kinds[:1], *key.path[1:])).replace(NAME, "any")
    assert key in explain.find(path)


def test_a_key_is_explained_in_words() -> None:
    assert explain.text(explain.find("storage.noncurrent_version_days")) == (
        "storage.noncurrent_version_days  (with s3)\n"
        "  Days that an overwritten or deleted object can still be brought back.\n"
        "  Type:     a whole number from 1 to 3650, in days\n"
        "  Default:  by profile\n"
        "            production: 90\n"
        "            development: 7\n"
        "  Example:  noncurrent_version_days: 90"
    )


def test_the_profile_lists_every_default_that_differs_by_it() -> None:
    lines = explain.text(explain.find("profile")).splitlines()
    at = lines.index("    storage.noncurrent_version_days  (with s3)")
    assert lines[at + 1 : at + 3] == ["      production: 90", "      development: 7"]
    told = [line.split()[0] for line in lines if line.startswith("    ") and "(with " in line]
    assert told == [key.dotted for key in keys() if key.profiles]
    sets = explain.data(explain.find("profile"))["keys"][0]["sets"]
    assert [item["path"] for item in sets] == told


def test_a_tool_that_is_no_key_is_found_in_the_catalog() -> None:
    with pytest.raises(UnknownName) as caught:
        explain.find("storage.s3-compatible")
    assert caught.value.problems[0].hint == (
        "`stackwright catalog storage/s3-compatible` lists its settings."
    )


def test_other_keys_set_no_defaults() -> None:
    assert explain.data(explain.find("name"))["keys"][0]["sets"] == []


def test_a_value_to_replace_is_marked() -> None:
    assert explain.text(explain.find("target.account")).endswith(
        '  Example:  account: "123456789012", which must be replaced before anything is deployed'
    )


def test_each_choice_is_explained() -> None:
    lines = explain.text(explain.find("network.nat")).splitlines()
    assert (
        "  Allowed:  per-zone  A gateway in each zone: the loss of a zone cuts off no other."
        in (lines)
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("tracking.replicas", [("tracking.replicas", ("mlflow",))]),
        ("tracking.mlflow.replicas", [("tracking.replicas", ("mlflow",))]),
        ("tracking.experiments.replicas", [("tracking.replicas", ("mlflow",))]),
        ("environments.prod.tracking.replicas", [("tracking.replicas", ("mlflow",))]),
        ("environments.prod", [("environments", ())]),
        ("cluster.node_pools.gpu.disk_gib", [("cluster.node_pools.<name>.disk_gib", ("eks",))]),
        ("cluster.node_pools.disk_gib", [("cluster.node_pools.<name>.disk_gib", ("eks",))]),
        (
            "cluster.access.public.allowed_cidrs",
            [("cluster.access.allowed_cidrs", ("eks", "public"))],
        ),
        (
            "tracking.scheduling.tolerations[0].key",
            [("tracking.scheduling.tolerations.key", ("mlflow",))],
        ),
    ],
)
def test_a_path_is_found_as_it_is_written(
    asked: str, found: list[tuple[str, tuple[str, ...]]]
) -> None:
    matching = [(key.dotted, key.kinds) for key in explain.find(asked)]
    assert set(found) <= set(matching)


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("traking.replicas", "Did you mean tracking.replicas?"),
        ("network.cird", "Did you mean network.cidr?"),
        ("tracking.mlflow.replcas", "Did you mean tracking.mlflow.replicas?"),
        ("zzz", "`stackwright explain` lists the keys."),
        ("", "`stackwright explain` lists the keys."),
    ],
)
def test_an_unknown_key_names_the_nearest(asked: str, hint: str) -> None:
    with pytest.raises(UnknownName) as caught:
        explain.find(asked)
    assert caught.value.problems[0].hint == hint


def test_the_overview_has_a_line_for_each_top_key() -> None:
    lines = explain.overview().splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["apiVersion", "requires", "name"]
    assert len(lines) == len(explain.top_keys()) + 2


def test_the_data_is_json_of_its_schema() -> None:
    data = json.loads(json.dumps(explain.data(explain.find("storage.noncurrent_version_days"))))
    assert data["schema"] == "stackwright.keys/v1"
    (key,) = data["keys"]
    assert (key["path"], key["unit"], key["profiles"]) == (
        "storage.noncurrent_version_days",
        "days",
        {"production": 90, "development": 7},
    )
