"""The forecast of a destruction, told from states."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stackwright.certificates.cert_manager.settings import CertManagerSettings
from stackwright.claims import Layer
from stackwright.cluster.eks.settings import ReclaimPolicy
from stackwright.engine.endings import deletion_protection, endings
from stackwright.engine.forecast import LayerForecast, as_json, forecast, left_behind
from stackwright.engine.state import Resource, State
from stackwright.environment import Environment, load_environment

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
network: {kind: vpc, zones: [a, b]}
cluster:
  kind: eks
  access: {endpoint: private, via: vpn}
  administrators: [arn:aws:iam::210987654321:role/platform]
database:
  main: {kind: rds}
storage: {kind: s3}
"""

DATABASE = "aws:rds/instance:Instance"
BUCKET = "aws:s3/bucket:Bucket"
ROLE = "aws:iam/role:Role"


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    path = tmp_path / "blueprint.yaml"
    path.write_text(f"{BLUEPRINT}environments: {{prod: {{}}}}\n", encoding="utf-8")
    return load_environment(path, "prod")


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:prod::acme-ml-foundation::{type_}::{name}"


def component(name: str, kind: str) -> Resource:
    return Resource(urn(f"stackwright:index:{kind}", name), f"stackwright:index:{kind}")


def made(type_: str, name: str, above: Resource | None = None, **others: object) -> Resource:
    parent = above.urn if above else ""
    return Resource(urn(type_, name), type_, True, parent=parent, **others)  # type: ignore[arg-type]  # a test names the fields


def foretold(
    environment: Environment, *resources: Resource, keep_data: bool = False
) -> LayerForecast:
    state = State(resources=resources)
    return forecast(environment, Layer.FOUNDATION, state, keep_data=keep_data)


def test_every_resource_goes_and_is_counted_by_tool(environment: Environment) -> None:
    storage = component("storage", "S3")
    provider = Resource(urn("pulumi:providers:aws", "aws"), "pulumi:providers:aws", custom=True)
    found = foretold(
        environment, provider, storage, made(BUCKET, "storage-data", storage), made(ROLE, "mine")
    )
    assert found.counts == {"storage": 1, "": 1}
    assert [fact.key for fact in found.deleted] == [f"{BUCKET}::storage-data", f"{ROLE}::mine"]
    assert (found.kept, found.keeping.every) == ((), frozenset())


def test_what_holds_data_is_lost_and_said_to_be(environment: Environment) -> None:
    found = foretold(
        environment, made(BUCKET, "data"), made(ROLE, "role"), made(ROLE, "kept", protect=True)
    )
    assert [(fact.key, fact.text) for fact in found.lost] == [
        (f"{BUCKET}::data", "objects"),
        (f"{ROLE}::kept", "what the program protects"),
    ]
    assert found.protected == (urn(ROLE, "kept"),)


def test_nothing_is_lost_when_data_is_kept(environment: Environment) -> None:
    found = foretold(
        environment,
        made(BUCKET, "data", protect=True),
        made(ROLE, "role"),
        keep_data=True,
    )
    assert [fact.key for fact in found.deleted] == [f"{ROLE}::role"]
    assert [(fact.key, fact.text) for fact in found.kept] == [
        (f"{BUCKET}::data", "holds data, or may")
    ]
    assert (found.lost, found.lingering, found.protected) == ((), (), ())


def test_what_the_program_retains_stays(environment: Environment) -> None:
    found = foretold(environment, made(ROLE, "linked", retain_on_delete=True))
    assert [(fact.key, fact.text) for fact in found.kept] == [
        (f"{ROLE}::linked", "the program retains it")
    ]
    assert found.deleted == ()


def test_what_its_service_refuses_to_delete_is_an_obstacle_with_the_key_to_set(
    environment: Environment,
) -> None:
    main, mine = component("main", "Rds"), {"deletionProtection": True}
    found = foretold(
        environment,
        main,
        made(DATABASE, "main", main, inputs=mine),
        made(DATABASE, "x", inputs=mine),
    )
    assert [(fact.tool, fact.text) for fact in found.obstacles] == [
        ("main", "set database.main.deletion_protection: false"),
        ("", "set deletionProtection to false in the program"),
    ]


def test_an_obstacle_is_none_for_what_is_kept(environment: Environment) -> None:
    database = made(DATABASE, "main", inputs={"deletionProtection": True})
    assert foretold(environment, database, keep_data=True).obstacles == ()


@pytest.mark.parametrize(
    ("inputs", "found"),
    [
        ({"deletionProtection": True}, "deletionProtection"),
        ({"deletionProtectionEnabled": True}, "deletionProtectionEnabled"),
        ({"enableDeletionProtection": True}, "enableDeletionProtection"),
        ({"deletionProtection": "ACTIVE"}, "deletionProtection"),
        ({"deletionProtection": False}, ""),
        ({"deletionProtection": "INACTIVE"}, ""),
        ({}, ""),
    ],
)
def test_deletion_protection_is_seen_by_each_of_its_names(
    inputs: dict[str, object], found: str
) -> None:
    assert deletion_protection(made(DATABASE, "x", inputs=inputs)) == found


@pytest.mark.parametrize(
    ("type_", "inputs", "said"),
    [
        ("aws:kms/key:Key", {"deletionWindowInDays": 7.0}, "after 7 days"),
        ("aws:kms/key:Key", {}, "after 30 days"),
        ("aws:secretsmanager/secret:Secret", {"recoveryWindowInDays": 14}, "after 14 days"),
        (DATABASE, {"finalSnapshotIdentifier": "main-final"}, "final snapshot main-final"),
        (BUCKET, {"forceDestroy": False}, "refuses to delete it while it holds an object"),
        ("aws:ecr/repository:Repository", {}, "refuses to delete it while it holds an image"),
    ],
)
def test_what_is_no_simple_end_is_told(type_: str, inputs: dict[str, object], said: str) -> None:
    (text,) = endings(made(type_, "x", inputs=inputs))
    assert said in text


@pytest.mark.parametrize(
    ("type_", "inputs"),
    [
        (ROLE, {}),
        (BUCKET, {"forceDestroy": True}),
        (DATABASE, {"skipFinalSnapshot": True, "finalSnapshotIdentifier": "x"}),
        ("aws:ecr/repository:Repository", {"forceDelete": True}),
        ("aws:secretsmanager/secret:Secret", {"recoveryWindowInDays": 0}),
    ],
)
def test_what_simply_ends_needs_no_word(type_: str, inputs: dict[str, object]) -> None:
    assert list(endings(made(type_, "x", inputs=inputs))) == []


def test_what_no_state_knows_is_told_for_the_tools_that_go(environment: Environment) -> None:
    cluster = component("cluster", "Eks")
    found = foretold(environment, cluster, made(ROLE, "cluster-role", cluster))
    assert {fact.tool for fact in left_behind(environment, [found])} == {"cluster"}
    assert list(left_behind(environment, [foretold(environment)])) == []


def test_the_json_is_versioned_and_holds_no_value_of_a_property(environment: Environment) -> None:
    inputs = {"bucket": "canary-value"}
    found = foretold(environment, made(BUCKET, "data", inputs=inputs))
    text = json.dumps(as_json("prod", [found], []))
    assert json.loads(text)["schema"] == "stackwright.forecast/v1"
    assert "canary" not in text


def test_volumes_are_left_behind_where_they_are_retained(environment: Environment) -> None:
    settings = environment.instances["cluster"].settings
    kept = settings.model_copy(update={"volume_reclaim_policy": ReclaimPolicy.RETAIN})
    given_back = settings.model_copy(update={"volume_reclaim_policy": ReclaimPolicy.DELETE})
    assert any("describe-volumes" in text for text in kept.leaves_behind())
    assert not any("describe-volumes" in text for text in given_back.leaves_behind())


def test_definitions_of_custom_resources_are_left_behind_by_who_installed_them() -> None:
    installed = CertManagerSettings(kind="cert-manager")
    assert "certificates.cert-manager.io" in "".join(installed.leaves_behind())
    assert not list(installed.model_copy(update={"install": False}).leaves_behind())


def test_a_cluster_that_does_not_say_may_hold_data_in_every_namespace(
    environment: Environment,
) -> None:
    home = made("kubernetes:core/v1:Namespace", "home", inputs={"metadata": {"name": "home"}})
    state = State(resources=(home,))
    lost = {
        claimed: forecast(environment, Layer.PLATFORM, state, keep_data=False, claimed=claimed).lost
        for claimed in ((), ("home",), None)
    }
    assert [len(found) for found in lost.values()] == [0, 1, 1]
