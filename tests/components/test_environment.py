from __future__ import annotations

from pathlib import Path

import pytest

from stackwright.blueprint.model import blueprint_model
from stackwright.blueprint.reader import parse
from stackwright.blueprint.validation import validate
from stackwright.claims import Layer
from stackwright.environment import Environment, check, load_environment, scope_of
from stackwright.errors import BlueprintError, UnknownName


def environment(text: str) -> Environment:
    (found,) = check(parse(text, "blueprint.yaml")).values()
    return found


def problems(text: str) -> list[str]:
    with pytest.raises(BlueprintError) as caught:
        check(parse(text, "blueprint.yaml"))
    return [str(item).removeprefix("blueprint.yaml:") for item in caught.value.problems]


def test_every_environment_is_resolved(planted: str) -> None:
    text = f"{planted}storage: {{kind: store}}\nenvironments: {{prod: {{}}, dev: {{}}}}\n"
    found = check(parse(text, "blueprint.yaml"))
    assert {name: item.scope["environment"] for name, item in found.items()} == {
        "prod": "prod",
        "dev": "dev",
    }


def test_a_file_is_read_and_one_environment_returned(planted: str, tmp_path: Path) -> None:
    path = tmp_path / "blueprint.yaml"
    path.write_text(f"{planted}environments: {{prod: {{}}, dev: {{profile: development}}}}\n")
    assert load_environment(path, "dev").blueprint.profile == "development"
    with pytest.raises(UnknownName):
        load_environment(path)


def test_a_problem_anywhere_in_the_file_refuses_every_environment(
    planted: str, tmp_path: Path
) -> None:
    path = tmp_path / "blueprint.yaml"
    path.write_text(f"{planted}environments: {{prod: {{}}, dev: {{profile: x}}}}\n")
    with pytest.raises(BlueprintError):
        load_environment(path, "prod")


def test_problems_of_all_environments_come_once_and_in_the_order_of_the_file(planted: str) -> None:
    text = planted + (
        "environments:\n"
        "  prod: {tracking: {kind: trakcer}}\n"
        "  dev: {profile: x}\n"
        "storage: {kind: store, copies: 10}\n"
        "labels: {a: b c}\n"
    )
    assert [line.split(": ")[0] + " " + line.split(": ")[1] for line in problems(text)] == [
        "5:27 environments.prod.tracking.kind",
        "6:18 environments.dev.profile",
        "7:32 storage.copies",
        "8:13 labels.a",
    ]


def test_what_tools_need_of_each_other_is_judged_beside_other_problems(planted: str) -> None:
    text = planted + (
        "storage: {kind: store, uses: {backup: x}}\n"
        "tracking: {kind: tracker, replicas: 0}\n"
        "environments: {prod: {serving: {kind: guard}}}\n"
    )
    assert problems(text) == [
        "4:31: storage.uses.backup: store needs no other tool; leave `uses` out.",
        "5:37: tracking.replicas: 0 is below 1; a whole number from 1 to 9 is expected.",
        "6:23: environments.prod.serving: guard needs certificates, and the blueprint has none."
        " Add `certificates:` with kind mirror.",
    ]


def test_a_claim_on_a_broken_capability_says_nothing_more(planted: str) -> None:
    text = planted + (
        "storage: {kind: store, copies: 0}\ntracking: {kind: tracker, uses: {artifacts: storage}}\n"
    )
    assert problems(text) == [
        "4:32: storage.copies: 0 is below 1; a whole number from 1 to 9 is expected."
    ]


def test_parts_stand_in_the_order_in_which_they_are_made(planted: str) -> None:
    found = environment(f"{planted}tracking: {{kind: tracker}}\n")
    assert [part.instance for part in found.parts(Layer.FOUNDATION)] == ["storage", "database"]
    assert [part.instance for part in found.parts(Layer.PLATFORM)] == ["tracking"]


def test_uses_and_consumers_are_two_sides_of_a_claim(planted: str) -> None:
    found = environment(f"{planted}tracking: {{kind: tracker}}\n")
    (tracking,) = found.parts(Layer.PLATFORM)
    storage = found.parts(Layer.FOUNDATION)[0]
    assert [(use.name, use.provider.instance) for use in found.uses(tracking)] == [
        ("artifacts", "storage"),
        ("backend", "database"),
    ]
    assert [use.key for use in found.consumers(storage)] == [
        "database-backups",
        "tracking-artifacts",
    ]


def test_the_scope_holds_what_names_are_made_of(planted: str) -> None:
    text = planted + (
        "labels: {team: research}\n"
        "mirrors: {charts: oci://registry.example.com/charts, images: registry.example.com}\n"
    )
    blueprint = validate(blueprint_model(), parse(text, "b.yaml").root, "b.yaml")
    assert scope_of(blueprint, "prod") == {
        "name": "acme",
        "environment": "prod",
        "labels": {"team": "research"},
        "account": "111122223333",
        "region": "eu-west-1",
        "chart_mirror": "oci://registry.example.com/charts",
        "image_mirror": "registry.example.com",
    }


def test_outside_aws_the_scope_has_no_account(planted: str) -> None:
    text = "apiVersion: stackwright/v1\nname: acme\ntarget: {kind: existing-cluster}\n"
    assert environment(text).scope == {"name": "acme", "environment": "default", "labels": {}}


def test_what_does_not_fit_the_environment_is_told_at_its_place() -> None:
    text = """\
apiVersion: stackwright/v1
name: acme
target: {kind: aws, region: eu-west-1, account: "111122223333"}
network: {kind: vpc, zones: [eu-west-1a, eu-west-1b]}
environments:
  near: {}
  far: {target: {region: us-east-1}, network: {zones: [a, us-east-2b]}}
"""
    assert problems(text) == [
        "7:59: environments.far.network.zones[1]: us-east-2b is no zone of us-east-1;"
        " write us-east-1b."
    ]


OVERRIDDEN = """\
apiVersion: stackwright/v1
name: acme
target: {kind: aws, region: eu-west-1, account: "111122223333"}
"""


def test_a_wrong_value_is_told_though_every_environment_overrides_it() -> None:
    text = OVERRIDDEN + (
        "profile: 2.5\n"
        "storage: {kind: s33, log_retention_days: 400}\n"
        "network: {kind: vpc, cidr: 10.0.0.0/33}\n"
        "environments:\n"
        "  dev: {profile: development, storage: {kind: s3}, network: {cidr: 10.1.0.0/16}}\n"
        "  prod: {profile: production, storage: {kind: s3}, network: {cidr: 10.2.0.0/16}}\n"
    )
    assert [line.split(": ")[:2] for line in problems(text)] == [
        ["4:10", "profile"],
        ["5:17", "storage.kind"],
        ["6:28", "network.cidr"],
    ]


def test_what_the_base_leaves_to_its_environments_is_no_problem() -> None:
    text = OVERRIDDEN.replace("eu-west-1, ", "eu-west-2, ") + (
        "storage: {log_retention_days: 400}\n"
        "network: {kind: vpc, nat: none}\n"
        "environments:\n"
        "  dev: {target: {region: eu-west-1}, storage: {kind: s3}, network: {nat: one}}\n"
        "  prod:\n"
        "    target: {region: eu-west-1}\n"
        "    storage: {kind: s3, log_retention_days: 500}\n"
        "    network: {nat: per-zone}\n"
    )
    assert len(check(parse(text, "blueprint.yaml"))) == 2


def test_problems_of_the_yaml_and_of_the_model_come_in_one_run(tmp_path: Path) -> None:
    path = tmp_path / "blueprint.yaml"
    path.write_text(
        OVERRIDDEN
        + (
            "storage: {kind: s3, log_retention_days: 1, log_retention_days: 400}\n"
            "labels: {on: call}\n"
            "off: {}\n"
            "network: {kind: vpc, flow_log_retention_days: .inf}\n"
            "profile: developmnt\n"
        )
    )
    with pytest.raises(BlueprintError) as caught:
        load_environment(path)
    told = [(item.line, item.path, item.message.split(" ")[0]) for item in caught.value.problems]
    assert told == [
        (4, "storage.log_retention_days", "1"),
        (4, "storage.log_retention_days", "the"),
        (5, "labels.on", "the"),
        (6, "off", "the"),
        (7, "network.flow_log_retention_days", ".inf"),
        (8, "profile", '"developmnt"'),
    ]


def test_an_alias_stops_before_the_model(tmp_path: Path) -> None:
    path = tmp_path / "blueprint.yaml"
    path.write_text(f"{OVERRIDDEN}storage: &a {{kind: s33}}\nlabels: {{a: b, a: c}}\n")
    with pytest.raises(BlueprintError) as caught:
        load_environment(path)
    assert [item.message.split(" ")[0] for item in caught.value.problems] == ["anchors", "the"]
