"""The list of inputs holds all that the rules and the examples speak of, and nothing newer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.components.diff.two_sides import example

from stackwright.data import known_inputs
from stackwright.data.known_inputs import PLAIN, is_known
from stackwright.data.replacement import rules_of
from stackwright.diff.properties.steps import ELEMENT, steps
from stackwright.plan.graph import JsonValue
from stackwright.report.words import is_mark

FOLDER = Path(known_inputs.__file__).parent
LIST: dict[str, Any] = json.loads((FOLDER / "known_inputs.json").read_text("utf-8"))
RULES: dict[str, Any] = json.loads((FOLDER / "replacement_rules.json").read_text("utf-8"))

INSTANCE, CLUSTER, NODES = (
    "aws:rds/instance:Instance",
    "aws:eks/cluster:Cluster",
    "aws:eks/nodeGroup:NodeGroup",
)
ROLE, FUNCTION = "aws:iam/role:Role", "aws:lambda/function:Function"
BUCKET, OLD_BUCKET = "aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"
FIREWALL = "aws:wafv2/webAcl:WebAcl"

NEW = "addedByANewerProvider"


def names(path: str) -> tuple[str, ...]:
    return tuple(step for step in steps(path) if step != ELEMENT)


def test_the_list_is_of_the_version_that_the_rules_were_checked_against() -> None:
    package, version = LIST["package"].split()
    assert any(f"{package} Python SDK {version}" in source for source in RULES["sources"])


def test_every_aws_type_with_rules_is_listed() -> None:
    assert {type_ for type_ in RULES["types"] if type_.startswith("aws:")} <= LIST["types"].keys()


def test_every_input_that_a_rule_names_is_listed() -> None:
    wrong = [
        (type_, path)
        for type_ in RULES["types"]
        for rules in [rules_of(type_)]
        if rules is not None
        for path in (*rules.replaces, *rules.sometimes, *rules.unknown, *rules.in_place)
        if not is_known(type_, names(path))
    ]
    assert wrong == []


def test_the_list_stays_small() -> None:
    assert (FOLDER / "known_inputs.json").stat().st_size < 150_000


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        (INSTANCE, "instanceClass"),
        (INSTANCE, "tags.team"),
        (INSTANCE, f"tags.{NEW}"),
        (INSTANCE, 'tags["example.com/team"]'),
        (CLUSTER, "vpcConfig.subnetIds[0]"),
        (CLUSTER, "encryptionConfig.provider.keyArn"),
        (NODES, "taints[key=gpu].effect"),
        (ROLE, "assumeRolePolicy.Statement[Sid=Read].Principal.AWS"),
        (FUNCTION, f"environment.variables.{NEW}"),
        (BUCKET, "versioning.mfaDelete"),
        (OLD_BUCKET, "versionings[0].mfaDelete"),
        ("aws:alb/listener:Listener", "defaultActions[0].type"),
        (FIREWALL, "rules[name=a].statement.notStatement.statement.geoMatchStatement"),
        (
            FIREWALL,
            "rules[name=a].statement.andStatement.statements[0].orStatement.statements[1]"
            ".notStatement.statement.geoMatchStatement.countryCodes[0]",
        ),
        ("kubernetes:apps/v1:Deployment", f"spec.{NEW}"),
        ("aws:nobody/measured:This", NEW),
    ],
)
def test_what_was_there_is_known(type_: str, path: str) -> None:
    assert is_known(type_, names(path))


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        (INSTANCE, NEW),
        (INSTANCE, f"{NEW}.inside"),
        (INSTANCE, '[""]'),
        (CLUSTER, f"vpcConfig.{NEW}"),
        (CLUSTER, f"encryptionConfig.provider.{NEW}"),
        (NODES, f"taints[key=gpu].{NEW}"),
        (FUNCTION, f"environment.{NEW}"),
        (BUCKET, "versionings[0].mfaDelete"),
        (OLD_BUCKET, f"versionings[0].{NEW}"),
        ("aws:alb/listener:Listener", f"defaultActions[0].{NEW}"),
        (FIREWALL, f"rules[name=a].statement.notStatement.statement.{NEW}"),
        (
            FIREWALL,
            "rules[name=a].statement.andStatement.statements[0].orStatement.statements[1]"
            f".notStatement.statement.geoMatchStatement.{NEW}",
        ),
    ],
)
def test_what_a_newer_provider_added_is_not_known(type_: str, path: str) -> None:
    assert not is_known(type_, names(path))


def test_a_block_inside_itself_leads_on_to_the_blocks_around_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    down = {"": "c", "outer": 3}
    inner = {"": "b", "again": 1, "down": down}
    listed = {"aws:planted:Type": {"": "", "first": {"": "a", "inner": inner}}}
    monkeypatch.setattr(known_inputs, "_facts", lambda: {"types": listed})
    assert is_known("aws:planted:Type", names("first.inner.down.outer.a"))
    assert is_known("aws:planted:Type", names("first.inner.again.again.down.outer.a"))
    assert not is_known("aws:planted:Type", names("first.inner.again.again.down.outer.b"))


@given(st.data(), st.sampled_from(sorted(LIST["types"])))
def test_a_listed_field_is_known_at_any_depth_and_no_other_beside_it(
    data: st.DataObject, type_: str
) -> None:
    above: list[Mapping[str, Any]] = [LIST["types"][type_]]
    path: tuple[str, ...] = ()
    for _ in range(data.draw(st.integers(0, 12))):
        assert not is_known(type_, (*path, NEW))
        assert all(is_known(type_, (*path, name)) for name in above[-1][PLAIN].split())
        blocks = sorted(above[-1].keys() - {PLAIN})
        if not blocks:
            break
        path = (*path, data.draw(st.sampled_from(blocks)))
        assert is_known(type_, path)
        inner = above[-1][path[-1]]
        above = [*above, inner] if isinstance(inner, dict) else above[: len(above) - inner + 1]


@pytest.mark.parametrize(
    ("name", "environment"),
    [("aws-starter", "dev"), ("aws-production", "dev"), ("aws-production", "prod")],
)
def test_every_input_of_an_examples_plan_is_known(name: str, environment: str) -> None:
    resources = [one for _, one in example(name, environment).resources() if rules_of(one.type)]
    newer = {
        (one.type, path)
        for one in resources
        for path in fields(one.inputs)
        if not is_known(one.type, path)
    }
    assert len(resources) > 40
    assert newer == set()


def fields(value: JsonValue, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of everything inside a value."""
    if isinstance(value, Mapping) and not is_mark(value):
        for key, one in value.items():
            yield (*path, key)
            yield from fields(one, (*path, key))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from fields(one, path)
