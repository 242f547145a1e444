from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from stackwright.plan.graph import Resource
from stackwright.scope import Scope
from stackwright.storage.seaweedfs import identities
from stackwright.storage.seaweedfs.component import Seaweedfs
from stackwright.storage.seaweedfs.settings import SeaweedfsSettings
from stackwright.wiring import check_promise

InCluster = Callable[[Callable[[pulumi.ResourceOptions], object]], Mapping[str, Resource]]

TRACKING = {"purpose": "artifacts", "access": "read-write", "namespace": "acme-ml-prod-tracking"}
SERVING = {"purpose": "artifacts", "access": "read", "namespace": "acme-ml-prod-serving"}
DATA = {"purpose": "data", "access": "read-write-all", "namespace": "acme-ml-prod-serving"}
CONSUMERS = {"tracking-artifacts": TRACKING, "serving-artifacts": SERVING}

BUCKETS = [f"acme-ml-prod-storage-{purpose}" for purpose in ("data", "artifacts", "logs")]
ARTIFACTS = "acme-ml-prod-storage-artifacts"


def arguments(scope: Scope, given: Any = None, **more: Any) -> Any:
    secrets = {"store": "acme-ml-prod-secrets"}
    return {"scope": scope, "settings": given or {}, "secrets": secrets, **more}


def made(
    in_cluster: InCluster, scope: Scope, given: Any = None, **more: Any
) -> Mapping[str, Resource]:
    args = arguments(scope, given, **{"consumers": CONSUMERS, **more})
    found = in_cluster(lambda options: Seaweedfs("storage", args, options))
    return {name: resource for name, resource in found.items() if name != "cluster"}


def release_values(found: Mapping[str, Resource]) -> dict[str, Any]:
    values: dict[str, Any] = found["storage-release"].inputs["values"]
    return values


def file_of(found: Mapping[str, Resource]) -> dict[str, dict[str, Any]]:
    """Return the identities that the file holds, by name."""
    template = found["storage-identities"].inputs["spec"]["target"]["template"]
    listed = json.loads(template["data"]["seaweedfs_s3_config"])["identities"]
    return {identity["name"]: identity for identity in listed}


def test_without_consumers_it_is_a_release_and_an_administrator(
    in_cluster: InCluster, scope: Scope
) -> None:
    assert sorted(made(in_cluster, scope, consumers={})) == [
        "storage-administrator-key",
        "storage-administrator-key-generator",
        "storage-deny-all",
        "storage-identities",
        "storage-identities-account",
        "storage-identities-role",
        "storage-identities-role-binding",
        "storage-identities-store",
        "storage-namespace",
        "storage-network-policy",
        "storage-release",
    ]


def test_a_consumer_adds_a_key_and_a_store_that_only_it_may_read(
    in_cluster: InCluster, scope: Scope
) -> None:
    found = made(in_cluster, scope)
    assert {name for name in found if "-tracking-artifacts-" in name} == {
        "storage-tracking-artifacts-key",
        "storage-tracking-artifacts-key-generator",
        "storage-tracking-artifacts-account",
        "storage-tracking-artifacts-role",
        "storage-tracking-artifacts-role-binding",
        "storage-tracking-artifacts-store",
    }
    conditions = found["storage-tracking-artifacts-store"].inputs["spec"]["conditions"]
    assert conditions == [{"namespaces": ["acme-ml-prod-tracking"]}]
    (read, _) = found["storage-tracking-artifacts-role"].inputs["rules"]
    assert (read["resourceNames"], read["verbs"]) == (["tracking-artifacts"], ["get"])


def test_consumers_come_and_go_without_moving_others(in_cluster: InCluster, scope: Scope) -> None:
    both = made(in_cluster, scope)
    one = made(in_cluster, scope, consumers={"tracking-artifacts": TRACKING})
    assert {name: found.urn for name, found in one.items()} == {
        name: found.urn for name, found in both.items() if "serving-artifacts" not in name
    }
    assert len(both) - len(one) == 6


def test_a_writer_sees_its_own_prefix_and_a_reader_changes_nothing(
    in_cluster: InCluster, scope: Scope
) -> None:
    found = file_of(made(in_cluster, scope))
    own = f"{ARTIFACTS}/tracking-artifacts/*"
    assert found["tracking-artifacts"]["actions"] == [
        f"Read:{own}",
        f"Write:{own}",
        f"List:{own}",
        f"Tagging:{own}",
    ]
    assert found["serving-artifacts"]["actions"] == [f"Read:{ARTIFACTS}", f"List:{ARTIFACTS}"]


def test_who_works_beside_others_writes_anywhere_in_its_bucket_and_in_no_other(
    in_cluster: InCluster, scope: Scope
) -> None:
    found = made(in_cluster, scope, consumers={**CONSUMERS, "serving-data": DATA})
    bucket = "acme-ml-prod-storage-data"
    actions = file_of(found)["serving-data"]["actions"]
    assert actions == [f"{act}:{bucket}" for act in ("Read", "Write", "List", "Tagging")]
    conditions = found["storage-serving-data-store"].inputs["spec"]["conditions"]
    assert conditions == [{"namespaces": ["acme-ml-prod-serving"]}]


def test_there_is_always_an_identity_so_that_nobody_gets_in_without_one(
    in_cluster: InCluster, scope: Scope
) -> None:
    assert list(file_of(made(in_cluster, scope, consumers={}))) == ["administrator"]
    for mode, part in (("single", "allInOne"), ("distributed", "s3")):
        values = release_values(made(in_cluster, scope, {"mode": mode}, consumers={}))
        s3 = values[part]["s3"] if part == "allInOne" else values[part]
        assert (s3["enabled"], s3["enableAuth"]) == (True, True)


def test_no_key_is_in_the_plan(in_cluster: InCluster, scope: Scope) -> None:
    for identity in file_of(made(in_cluster, scope)).values():
        (key,) = identity["credentials"]
        assert key["secretKey"] == f"{{{{ .{identity['name'].replace('-', '_')} }}}}"


def test_another_consumer_makes_another_file_so_that_pods_start_anew(
    in_cluster: InCluster, scope: Scope
) -> None:
    names = []
    for consumers in ({}, CONSUMERS):
        found = made(in_cluster, scope, {"mode": "single"}, consumers=consumers)
        secret = found["storage-identities"].inputs["spec"]["target"]["name"]
        assert release_values(found)["allInOne"]["s3"]["existingConfigSecret"] == secret
        names.append(secret)
    assert names[0] != names[1]


def test_the_file_is_the_same_whatever_the_order_of_consumers(
    in_cluster: InCluster, scope: Scope
) -> None:
    turned = dict(reversed(list(CONSUMERS.items())))
    given = [made(in_cluster, scope, consumers=order) for order in (CONSUMERS, turned)]
    assert file_of(given[0]) == file_of(given[1])
    assert list(given[0]) == list(given[1])


@pytest.mark.parametrize("mode", ["single", "distributed"])
def test_nothing_is_kept_on_a_node(in_cluster: InCluster, scope: Scope, mode: str) -> None:
    cluster = {"cluster": {"cluster_name": "a", "cluster_identifier": "b", "storage_class": "ssd"}}
    values = release_values(made(in_cluster, scope, {"mode": mode}, **cluster))
    text = json.dumps(values)
    assert "hostPath" not in text
    assert text.count('"storageClass": "ssd"') == {"single": 1, "distributed": 3}[mode]
    for part in ("master", "filer", "s3"):
        assert mode == "single" or values[part]["logs"] == {"type": ""}


def test_a_single_pod_keeps_its_volume_when_the_release_goes(
    in_cluster: InCluster, scope: Scope
) -> None:
    data = release_values(made(in_cluster, scope, {"mode": "single", "size": "20Gi"}))["allInOne"][
        "data"
    ]
    assert data == {
        "type": "persistentVolumeClaim",
        "size": "20Gi",
        "annotations": {"helm.sh/resource-policy": "keep"},
    }


def test_distributed_objects_are_on_two_servers(in_cluster: InCluster, scope: Scope) -> None:
    values = release_values(made(in_cluster, scope, {"volume_servers": 5}))
    replication = values["global"]["seaweedfs"]
    assert (replication["enableReplication"], replication["replicationPlacement"]) == (True, "001")
    replicas = {part: values[part]["replicas"] for part in ("master", "volume", "filer", "s3")}
    assert replicas == {"master": 3, "volume": 5, "filer": 1, "s3": 2}


@pytest.mark.parametrize(
    ("mode", "parts"), [("single", ["allInOne"]), ("distributed", ["master", "volume", "filer"])]
)
def test_every_pod_fits_a_restricted_namespace(
    in_cluster: InCluster, scope: Scope, mode: str, parts: list[str]
) -> None:
    values = release_values(made(in_cluster, scope, {"mode": mode}))
    # The Job that makes the buckets has the filer's context in both modes.
    for part in {*parts, "filer"}:
        pod, container = (
            values[part][key] for key in ("podSecurityContext", "containerSecurityContext")
        )
        assert pod["enabled"] is container["enabled"] is pod["runAsNonRoot"] is True
        assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["capabilities"] == {"drop": ["ALL"]}
        assert container["allowPrivilegeEscalation"] is False


def test_the_release_is_protected_and_has_no_rights_in_the_cluster(
    in_cluster: InCluster, scope: Scope
) -> None:
    found = made(in_cluster, scope)
    assert found["storage-release"].options.protect is True
    chart = release_values(found)["global"]["seaweedfs"]
    assert chart["createClusterRole"] is chart["automountServiceAccountToken"] is False


@pytest.mark.parametrize("mode", ["single", "distributed"])
def test_another_mode_begins_with_an_empty_release_and_nothing_else_does(
    in_cluster: InCluster, scope: Scope, mode: str
) -> None:
    larger = {"mode": mode, "size": "300Gi", "volume_servers": 9, "memory": "4Gi"}
    for given in ({"mode": mode}, {**larger, "helm_values": {"global": {"loggingLevel": 2}}}):
        options = made(in_cluster, scope, given)["storage-release"].options
        assert options.replacement_trigger == mode
        assert options.delete_before_replace is True


def test_three_buckets_are_made_when_the_file_and_the_policy_are_there(
    in_cluster: InCluster, scope: Scope
) -> None:
    found = made(in_cluster, scope)
    assert [item["name"] for item in release_values(found)["s3"]["createBuckets"]] == BUCKETS
    assert set(found["storage-release"].dependencies) == {
        found["storage-identities"].urn,
        found["storage-network-policy"].urn,
    }


def test_only_the_platform_reaches_it_and_it_reaches_nobody(
    in_cluster: InCluster, scope: Scope
) -> None:
    spec = made(in_cluster, scope)["storage-network-policy"].inputs["spec"]
    within, platform = spec["ingress"]
    assert within == {"from": [{"podSelector": {}}]}
    assert [port["port"] for port in platform["ports"]] == [8333]
    labels = platform["from"][0]["namespaceSelector"]["matchLabels"]
    assert labels["stackwright.dev/environment"] == "prod"
    assert spec["egress"] == [{"to": [{"podSelector": {}}]}]


def test_monitoring_gets_monitors_and_a_way_in(in_cluster: InCluster, scope: Scope) -> None:
    monitoring = {"label": "prometheus", "namespace": "acme-ml-prod-monitoring"}
    found = made(in_cluster, scope, monitoring=monitoring)
    monitors = release_values(found)["global"]["seaweedfs"]["monitoring"]
    assert monitors == {"enabled": True, "additionalLabels": {"release": "prometheus"}}
    assert len(found["storage-network-policy"].inputs["spec"]["ingress"]) == 3


def test_placement_is_text_as_the_chart_wants_it(in_cluster: InCluster, scope: Scope) -> None:
    given = {"mode": "single", "scheduling": {"node_selector": {"disk": "fast"}}}
    pod = release_values(made(in_cluster, scope, given))["allInOne"]
    assert pod["nodeSelector"] == '{"disk": "fast"}'
    assert "tolerations" not in pod


@pytest.mark.parametrize(
    ("mode", "host"), [("single", "seaweedfs-all-in-one"), ("distributed", "seaweedfs-s3")]
)
def test_a_consumer_is_told_where_its_key_is_kept(
    in_cluster: InCluster, scope: Scope, mode: str, host: str
) -> None:
    seen: dict[str, Any] = {}

    def program(options: pulumi.ResourceOptions) -> None:
        args = arguments(scope, {"mode": mode}, consumers=CONSUMERS)
        component = Seaweedfs("storage", args, options)
        seen.update(writer=component.binding("tracking-artifacts"), wiring=component.wiring())
        seen["url"] = component.binding("serving-artifacts")["url"]
        component.endpoint.apply(lambda endpoint: seen.update(endpoint=endpoint))

    in_cluster(program)
    writer = seen["writer"]
    assert writer["url"] == f"s3://{ARTIFACTS}/tracking-artifacts"
    assert seen["url"] == f"s3://{ARTIFACTS}"
    assert seen["endpoint"] == f"http://{host}.acme-ml-prod-storage.svc:8333"
    halves = {half: source["property"] for half, source in writer["credentials"].items()}
    assert halves == {"access_key_id": "username", "secret_access_key": "password"}
    check_promise(SeaweedfsSettings.contract, frozenset(seen["wiring"]))


def test_names_of_variables_differ_as_identities_do() -> None:
    found = [identities.writer(name, "bucket").variable for name in ("a-b", "a-b-c", "ab")]
    assert found == ["a_b", "a_b_c", "ab"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"install": False}, "kind s3-compatible"),
        ({"mode": "cluster"}, "single"),
        ({"volume_servers": 1}, "greater than or equal to 2"),
        ({"size": "0Gi"}, "pattern"),
        ({"size": "20G"}, "pattern"),
        ({"version": "1.0.0"}, "not verified"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        SeaweedfsSettings.model_validate_json(json.dumps({"kind": "seaweedfs", **settings}))
