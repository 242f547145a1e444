"""A project takes from an environment the keys that it needs, and no others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stackwright.errors import InputError
from stackwright.plan.graph import Assumption, Plan, symbol
from stackwright_cli.projects.manifest import Needs
from stackwright_cli.projects.wiring import (
    missing_keys,
    pending_keys,
    wired,
    wiring_file_text,
)
from stackwright_cli.projects.wiring_file import ProjectWiring
from stackwright_cli.projects.wiring_source import read_offer

NEEDS: Needs = {
    "ObjectStore": {"data_url": "required", "region": "required", "endpoint": "optional"},
    "ExperimentTracker": {"uri": "required"},
    "ModelServer": {"namespace": "required", "mode": "required"},
    "Monitoring": {"label": "optional"},
}

WIRING: dict[str, Any] = {
    "schema": "stackwright.wiring/v1",
    "platform": "acme",
    "environment": "prod",
    "target": "aws",
    "profile": "production",
    "tools": {
        "storage": {
            "data_url": "s3://acme-data",
            "artifacts_url": "s3://acme-artifacts",
            "region": "eu-west-1",
        },
        "tracking": {"uri": "http://mlflow:5000", "artifact_root": "s3://acme-artifacts/runs"},
        "online": {"namespace": "online", "service_account": "model", "mode": "InferenceService"},
    },
    "contracts": {
        "storage": "ObjectStore",
        "tracking": "ExperimentTracker",
        "online": "ModelServer",
    },
}

SIMPLE = {"namespace": "simple", "service_account": "model", "mode": "Deployment"}

TWO_SERVERS = {
    **WIRING,
    "tools": {**WIRING["tools"], "simple": SIMPLE},
    "contracts": {**WIRING["contracts"], "simple": "ModelServer"},
}

Wire = Callable[..., ProjectWiring]


@pytest.fixture
def wire(tmp_path: Path) -> Wire:
    """Return what wires the project in `tmp_path` from JSON data."""

    def run(data: Any, environment: str | None = "prod", needs: Needs = NEEDS, **use: str) -> Any:
        file = tmp_path / "outputs.json"
        file.write_text(json.dumps(data), encoding="utf-8")
        return wired(read_offer(file, environment), "churn", needs, tmp_path, use)

    return run


def without(*instances: str) -> dict[str, Any]:
    return {
        **WIRING,
        "tools": {name: tool for name, tool in WIRING["tools"].items() if name not in instances},
        "contracts": {
            name: tool for name, tool in WIRING["contracts"].items() if name not in instances
        },
    }


def problems(wire: Wire, *args: Any, **use: Any) -> list[str]:
    with pytest.raises(InputError) as raised:
        wire(*args, **use)
    return [str(problem) for problem in raised.value.problems]


def known(wiring: ProjectWiring) -> dict[str, Any]:
    return json.loads(wiring.text())["values"]  # type: ignore[no-any-return]


def test_the_keys_that_are_needed_are_taken_and_no_others(wire: Wire) -> None:
    assert known(wire(WIRING)) == {
        "ObjectStore.data_url": {"state": "known", "value": "s3://acme-data"},
        "ObjectStore.region": {"state": "known", "value": "eu-west-1"},
        "ExperimentTracker.uri": {"state": "known", "value": "http://mlflow:5000"},
        "ModelServer.namespace": {"state": "known", "value": "online"},
        "ModelServer.mode": {"state": "known", "value": "InferenceService"},
    }


def test_the_file_says_what_it_is_of_and_was_made_from(wire: Wire, tmp_path: Path) -> None:
    document = json.loads(wire(WIRING).text())
    del document["values"]
    assert document == {
        "schema": "stackwright.project-wiring/v1",
        "platform": "acme",
        "environment": "prod",
        "project": "churn",
        "production": True,
        "instances": {},
        "source": {
            "kind": "outputs",
            "sha256": hashlib.sha256((tmp_path / "outputs.json").read_bytes()).hexdigest(),
        },
    }


def test_the_order_of_the_outputs_changes_nothing(wire: Wire) -> None:
    backwards = {key: WIRING[key] for key in reversed(WIRING)}
    first, second = (
        wire(WIRING),
        wire({**backwards, "tools": dict(reversed(WIRING["tools"].items()))}),
    )
    assert first.values == second.values
    assert list(json.loads(first.text())["values"]) == sorted(first.values)


@pytest.mark.parametrize("shape", ["outputs", "plan"])
def test_outputs_and_stored_plans_say_the_same(wire: Wire, shape: str) -> None:
    data: Any = {"wiring": WIRING, "storage/tracking/bucket": "acme"}
    if shape == "plan":
        plan = Plan(name="acme", environment="prod", target="aws", layers=(), wiring=WIRING)
        data = json.loads(plan.to_json())
    assert wire(data).values == wire(WIRING).values
    assert wire(data).source.kind == shape


@pytest.mark.parametrize(
    ("profile", "production"), [("production", True), ("development", False), (None, True)]
)
def test_an_environment_is_production_unless_it_says_otherwise(
    wire: Wire, profile: str | None, production: bool
) -> None:
    data = {key: value for key, value in WIRING.items() if key != "profile"}
    assert wire(data if profile is None else {**data, "profile": profile}).production is production


def test_an_environment_that_is_not_named_is_that_of_the_file(wire: Wire) -> None:
    assert wire(WIRING, None).environment == "prod"


def test_every_missing_tool_is_named_with_the_key_that_brings_it(wire: Wire) -> None:
    assert problems(wire, without("tracking", "online")) == [
        "the platform has no ExperimentTracker: add `tracking:` to the blueprint."
        " `stackwright catalog` lists the tools.",
        "the platform has no ModelServer: add `serving:` to the blueprint."
        " `stackwright catalog` lists the tools.",
    ]


def test_a_key_that_is_optional_may_lack(wire: Wire) -> None:
    wiring = wire(WIRING)
    assert "Monitoring.label" not in wiring.values
    assert "ObjectStore.endpoint" not in wiring.values
    assert missing_keys(wiring, NEEDS) == []


def test_a_required_key_that_no_tool_gives_is_named(wire: Wire) -> None:
    needs: Needs = {"ObjectStore": {"endpoint": "required"}}
    assert problems(wire, WIRING, needs=needs) == [
        "no ObjectStore of the platform gives endpoint. There is storage."
    ]


def test_of_several_tools_the_user_chooses_one(wire: Wire) -> None:
    assert problems(wire, TWO_SERVERS) == [
        "several tools of the platform are a ModelServer, and one is used."
        " Give --use ModelServer=online or --use ModelServer=simple."
    ]
    wiring = wire(TWO_SERVERS, ModelServer="simple")
    assert known(wiring)["ModelServer.mode"]["value"] == "Deployment"
    assert wiring.instances == {"ModelServer": "simple"}


def test_the_only_tool_that_has_what_is_needed_is_taken_unasked(wire: Wire) -> None:
    near = {**WIRING["tools"]["storage"], "endpoint": "http://127.0.0.1:9000"}
    data = {
        **WIRING,
        "tools": {**WIRING["tools"], "near": near},
        "contracts": {**WIRING["contracts"], "near": "ObjectStore"},
    }
    needs: Needs = {"ObjectStore": {"endpoint": "required"}}
    assert known(wire(data, needs=needs))["ObjectStore.endpoint"]["value"] == near["endpoint"]


def test_a_choice_is_remembered_until_another_is_made(wire: Wire, tmp_path: Path) -> None:
    (tmp_path / "wiring").mkdir()
    file = tmp_path / "wiring/prod.json"
    file.write_text(wire(TWO_SERVERS, ModelServer="simple").text(), encoding="utf-8")
    assert wire(TWO_SERVERS).instances == {"ModelServer": "simple"}
    assert wire(TWO_SERVERS, ModelServer="online").instances == {"ModelServer": "online"}


def test_a_choice_of_another_environment_is_not_this_ones(wire: Wire, tmp_path: Path) -> None:
    (tmp_path / "wiring").mkdir()
    of_dev = wire({**TWO_SERVERS, "environment": "dev"}, "dev", ModelServer="simple")
    (tmp_path / "wiring/dev.json").write_text(of_dev.text(), encoding="utf-8")
    assert "several tools" in problems(wire, TWO_SERVERS)[0]


def test_a_remembered_tool_that_is_gone_is_named(wire: Wire, tmp_path: Path) -> None:
    (tmp_path / "wiring").mkdir()
    file = tmp_path / "wiring/prod.json"
    file.write_text(wire(TWO_SERVERS, ModelServer="simple").text(), encoding="utf-8")
    assert problems(wire, WIRING) == [
        '"simple" is no ModelServer of the platform that the project could use.'
        " Give --use ModelServer=online."
    ]


@pytest.mark.parametrize(
    ("use", "said"),
    [
        ({"ModelServer": "onlin"}, '"onlin" is no ModelServer of the platform that the project'),
        ({"ModelServers": "online"}, 'uses no "ModelServers". Did you mean ModelServer?'),
        ({"Rocket": "ci"}, '--use: the project uses no "Rocket". It uses ObjectStore, '),
    ],
)
def test_a_choice_that_is_none_is_refused(wire: Wire, use: dict[str, str], said: str) -> None:
    assert said in problems(wire, WIRING, **use)[0]


def test_what_is_known_after_deployment_is_pending_with_where_it_comes_from(wire: Wire) -> None:
    stack = "urn:pulumi:prod::acme-foundation::pulumi:pulumi:Stack::acme-foundation-prod"
    bucket = "urn:pulumi:prod::acme-foundation::stackwright:index:S3$aws:s3/bucket:Bucket::data"
    storage = {
        "data_url": f"s3://{symbol(bucket, 'bucket')}",
        "artifacts_url": symbol(stack, "storage/wiring/artifacts_url"),
        "region": {"$unknown": [f"{bucket}#region"]},
    }
    needs: Needs = {"ObjectStore": dict.fromkeys(storage, "required")}
    wiring = wire({**WIRING, "tools": {**WIRING["tools"], "storage": storage}}, needs=needs)
    assert pending_keys(wiring) == {
        "ObjectStore.data_url": "output bucket of Bucket data",
        "ObjectStore.artifacts_url": (
            "output storage/wiring/artifacts_url of stack prod of acme-foundation"
        ),
        "ObjectStore.region": "output region of Bucket data",
    }
    assert missing_keys(wiring, needs) == []


def test_what_is_made_from_an_example_value_is_pending(wire: Wire) -> None:
    account = Assumption("target.account", "123456789012", "example", "")
    default = Assumption("storage.region", "eu-west-1", "default", "")
    data = json.loads(json.dumps(WIRING).replace("s3://acme-data", "s3://data-123456789012"))
    plan = Plan("acme", "prod", "aws", (), wiring=data, assumptions=(account, default))
    wiring = wire(json.loads(plan.to_json()))
    assert pending_keys(wiring) == {
        "ObjectStore.data_url": "example value target.account of the blueprint"
    }


def test_what_outputs_prints_offline_is_a_plan_and_its_example_values_are_pending(
    wire: Wire,
) -> None:
    account = {"path": "target.account", "value": "123456789012", "source": "example"}
    data = json.loads(json.dumps(WIRING).replace("s3://acme-data", "s3://data-123456789012"))
    wiring = wire({**data, "assumptions": [account]})
    assert wiring.source.kind == "plan"
    assert list(pending_keys(wiring)) == ["ObjectStore.data_url"]


def test_a_secret_is_handed_on_as_where_it_is_kept(wire: Wire) -> None:
    reference = {"from": "kubernetes", "namespace": "vault", "name": "s3", "key": "secret-key"}
    storage = {**WIRING["tools"]["storage"], "secret_access_key": reference}
    needs: Needs = {"ObjectStore": {"secret_access_key": "required"}}
    wiring = wire({**WIRING, "tools": {**WIRING["tools"], "storage": storage}}, needs=needs)
    assert known(wiring) == {
        "ObjectStore.secret_access_key": {"state": "secret-reference", "reference": reference}
    }


BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme
target: {kind: existing-cluster}
cluster: {kind: existing, context: acme, uid: 6b0ee0e2-6a0b-4a3c-8b7e-0b7d2a0a3c11}
storage:
  kind: s3-compatible
  endpoint: https://s3.acme.example
  buckets: {data: acme-data, artifacts: acme-artifacts, logs: acme-logs}
  credentials:
    access_key_id: {from: kubernetes, namespace: vault, name: s3, key: id}
    secret_access_key: {from: kubernetes, namespace: vault, name: s3, key: secret}
environments:
  dev: {profile: development}
  prod: {}
"""


def test_a_blueprint_is_planned_and_remembered_by_its_path_from_the_project(
    tmp_path: Path,
) -> None:
    (tmp_path / "platform").mkdir()
    blueprint = tmp_path / "platform/blueprint.yaml"
    blueprint.write_text(BLUEPRINT, encoding="utf-8")
    needs: Needs = {"ObjectStore": {"data_url": "required", "access_key_id": "required"}}
    text = wiring_file_text(blueprint, "dev", "churn", needs, tmp_path / "churn")
    document = json.loads(text)
    assert document["values"] == {
        "ObjectStore.data_url": {"state": "known", "value": "s3://acme-data"},
        "ObjectStore.access_key_id": {
            "state": "secret-reference",
            "reference": {"from": "kubernetes", "namespace": "vault", "name": "s3", "key": "id"},
        },
    }
    assert document["production"] is False
    assert document["source"] == {
        "kind": "blueprint",
        "path": "../platform/blueprint.yaml",
        "sha256": hashlib.sha256(BLUEPRINT.encode()).hexdigest(),
    }


def test_a_path_that_only_this_machine_has_is_not_remembered(tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text(json.dumps(WIRING), encoding="utf-8")
    offer = read_offer(tmp_path / "o.json", "prod")
    far = replace(offer.source, kind="blueprint", file=Path("/elsewhere/acme/blueprint.yaml"))
    wiring = wired(replace(offer, source=far), "churn", NEEDS, tmp_path)
    assert wiring.source.path is None
    assert "elsewhere" not in wiring.text()


@pytest.mark.parametrize("name", ["a\nb", "a\u202eb", "a\udcff", "long/" * 250])
def test_a_path_that_the_file_cannot_hold_is_not_remembered(tmp_path: Path, name: str) -> None:
    (tmp_path / "o.json").write_text(json.dumps(WIRING), encoding="utf-8")
    offer = read_offer(tmp_path / "o.json", "prod")
    odd = replace(offer.source, kind="blueprint", file=tmp_path / name / "blueprint.yaml")
    wiring = wired(replace(offer, source=odd), "churn", NEEDS, tmp_path / "churn")
    assert wiring.source.path is None


def test_a_blueprint_without_tools_for_projects_is_named(tmp_path: Path) -> None:
    blueprint = tmp_path / "blueprint.yaml"
    text = BLUEPRINT.partition("storage:")[0] + "environments: {dev: {}}\n"
    blueprint.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="ObjectStore"):
        wiring_file_text(blueprint, "dev", "churn", {"ObjectStore": NEEDS["ObjectStore"]}, tmp_path)
