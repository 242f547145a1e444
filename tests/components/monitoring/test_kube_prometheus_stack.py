from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from stackwright.monitoring.kube_prometheus_stack.component import KubePrometheusStack
from stackwright.monitoring.kube_prometheus_stack.dashboard import PANELS, overview
from stackwright.monitoring.kube_prometheus_stack.rules import ALERTS, Severity, groups
from stackwright.monitoring.kube_prometheus_stack.settings import KubePrometheusStackSettings
from stackwright.monitoring.kube_prometheus_stack.values import retention_size
from stackwright.plan.graph import Resource, origins
from stackwright.scope import Scope

InCluster = Callable[[Callable[[pulumi.ResourceOptions], object]], Mapping[str, Resource]]

CLUSTER = {"cluster_name": "acme", "cluster_identifier": "1", "storage_class": "encrypted"}
RECEIVER = {
    "type": "slack",
    "url": {"from": "aws-secrets-manager", "name": "acme-ml/prod/alerts", "key": "url"},
}


def monitored(in_cluster: InCluster, scope: Scope, given: Any = None) -> Mapping[str, Resource]:
    args: Any = {
        "scope": scope,
        "settings": given or {},
        "cluster": CLUSTER,
        "secrets": {"store": "acme"},
    }
    return in_cluster(lambda options: KubePrometheusStack("monitoring", args, options))


def chart(made: Mapping[str, Resource]) -> dict[str, Any]:
    result: dict[str, Any] = made["monitoring-release"].inputs["values"]
    return result


def test_it_is_these_objects(in_cluster: InCluster, scope: Scope) -> None:
    assert set(monitored(in_cluster, scope)) - {"cluster"} == {
        "monitoring-namespace",
        "monitoring-deny-all",
        "monitoring-inside-network-policy",
        "monitoring-scrape-network-policy",
        "monitoring-nodes-namespace",
        "monitoring-nodes-deny-all",
        "monitoring-grafana-admin",
        "monitoring-grafana-admin-generator",
        "monitoring-release",
        "monitoring-alerts",
        "monitoring-dashboard",
    }


def test_prometheus_finds_what_carries_no_label_of_the_release(
    in_cluster: InCluster, scope: Scope
) -> None:
    spec = chart(monitored(in_cluster, scope))["prometheus"]["prometheusSpec"]
    switches = {key: value for key, value in spec.items() if key.endswith("NilUsesHelmValues")}
    assert switches == {
        "serviceMonitorSelectorNilUsesHelmValues": False,
        "podMonitorSelectorNilUsesHelmValues": False,
        "ruleSelectorNilUsesHelmValues": False,
        "probeSelectorNilUsesHelmValues": False,
    }


def test_metrics_are_kept_on_an_encrypted_volume_that_never_fills_up(
    in_cluster: InCluster, scope: Scope
) -> None:
    spec = chart(monitored(in_cluster, scope, {"storage_size": "100Gi", "retention_days": 14}))[
        "prometheus"
    ]["prometheusSpec"]
    claim = spec["storageSpec"]["volumeClaimTemplate"]["spec"]
    assert claim["storageClassName"] == "encrypted"
    assert claim["resources"] == {"requests": {"storage": "100Gi"}}
    assert (spec["retention"], spec["retentionSize"]) == ("14d", "87040MiB")


@pytest.mark.parametrize(
    ("volume", "kept"), [("100Mi", "85MiB"), ("1Gi", "870MiB"), ("1Ti", "891289MiB")]
)
def test_retention_is_85_percent_of_the_volume(volume: str, kept: str) -> None:
    assert retention_size(volume) == kept


def test_a_managed_control_plane_is_not_scraped(in_cluster: InCluster, scope: Scope) -> None:
    given = chart(monitored(in_cluster, scope))
    scrapers = ("kubeControllerManager", "kubeScheduler", "kubeEtcd", "kubeProxy")
    assert [given[scraper] for scraper in scrapers] == [{"enabled": False}] * 4


def test_definitions_are_upgraded_by_images_that_stand_still(
    in_cluster: InCluster, scope: Scope
) -> None:
    crds = chart(monitored(in_cluster, scope))["crds"]
    assert crds["upgradeJob"]["enabled"] is True
    assert crds["upgradeJob"]["image"]["busybox"]["tag"] != "latest"


def test_grafanas_password_is_generated_in_the_cluster(in_cluster: InCluster, scope: Scope) -> None:
    made = monitored(in_cluster, scope)
    admin = chart(made)["grafana"]["admin"]
    assert admin == {
        "existingSecret": "grafana-admin",
        "userKey": "username",
        "passwordKey": "password",
    }
    assert made["monitoring-grafana-admin"].inputs["spec"]["refreshPolicy"] == "CreatedOnce"
    assert made["monitoring-grafana-admin"].urn in made["monitoring-release"].dependencies


def test_only_the_node_exporters_namespace_is_privileged(
    in_cluster: InCluster, scope: Scope
) -> None:
    made = monitored(in_cluster, scope)
    levels = {
        name: r.inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        for name, r in made.items()
        if r.type == "kubernetes:core/v1:Namespace"
    }
    assert levels == {
        "monitoring-namespace": "restricted",
        "monitoring-nodes-namespace": "privileged",
    }
    exporter = chart(made)["prometheus-node-exporter"]
    assert exporter == {"namespaceOverride": "acme-ml-prod-monitoring-nodes"}


def test_without_a_node_exporter_no_namespace_is_privileged(
    in_cluster: InCluster, scope: Scope
) -> None:
    made = monitored(in_cluster, scope, {"node_exporter": False})
    assert "monitoring-nodes-namespace" not in made
    assert chart(made)["nodeExporter"] == {"enabled": False}


def test_a_receivers_url_is_read_from_a_file(in_cluster: InCluster, scope: Scope) -> None:
    made = monitored(in_cluster, scope, {"alert_receiver": RECEIVER})
    alertmanager = chart(made)["alertmanager"]
    assert alertmanager["alertmanagerSpec"]["secrets"] == ["alert-receiver"]
    slack = alertmanager["config"]["receivers"][1]["slack_configs"]
    assert slack == [
        {"api_url_file": "/etc/alertmanager/secrets/alert-receiver/url", "send_resolved": True}
    ]
    assert alertmanager["config"]["route"]["receiver"] == "platform"
    assert "monitoring-alert-receiver" in made


def test_without_a_receiver_alerts_are_sent_nowhere(in_cluster: InCluster, scope: Scope) -> None:
    config = chart(monitored(in_cluster, scope))["alertmanager"]["config"]
    assert config["route"]["receiver"] == "null"
    assert config["receivers"] == [{"name": "null"}]


def test_alerts_and_dashboard_come_after_the_release(in_cluster: InCluster, scope: Scope) -> None:
    made = monitored(in_cluster, scope)
    for name in ("monitoring-alerts", "monitoring-dashboard"):
        assert made["monitoring-release"].urn in made[name].dependencies


def test_an_operator_that_is_there_gets_our_alerts_only(
    in_cluster: InCluster, scope: Scope
) -> None:
    made = monitored(in_cluster, scope, {"install": False, "label": "cluster-prometheus"})
    assert set(made) - {"cluster"} == {
        "monitoring-namespace",
        "monitoring-deny-all",
        "monitoring-alerts",
        "monitoring-dashboard",
    }
    labels = made["monitoring-alerts"].inputs["metadata"]["labels"]
    assert labels["release"] == "cluster-prometheus"
    assert list(origins(labels)) == []


def test_every_alert_says_how_bad_it_is_and_what_to_do() -> None:
    (group,) = groups("acme-ml-prod-.*")
    assert len(group["rules"]) == len(ALERTS) == len({alert.name for alert in ALERTS})
    for rule in group["rules"]:
        assert rule["labels"]["severity"] in set(Severity)
        assert rule["annotations"]["summary"].endswith(".")
        assert len(rule["annotations"]["runbook"].split()) > 10
        assert "{namespaces}" not in rule["expr"]
        assert rule["expr"].count("(") == rule["expr"].count(")")
        assert re.fullmatch(r"[0-9]+m", rule["for"])


def test_the_dashboard_shows_each_panel_in_a_place_of_its_own() -> None:
    dashboard = json.loads(overview("Platform", "acme-ml-prod-platform", "acme-ml-prod-.*"))
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in dashboard["panels"]]
    assert len(places) == len(set(places)) == len(PANELS)
    assert all("{namespaces}" not in p["targets"][0]["expr"] for p in dashboard["panels"])
    assert len(dashboard["uid"]) <= 40


@pytest.mark.parametrize(
    "given",
    [
        {"alert_receiver": {"type": "slack", "url": "https://hooks.example.com/T1"}},
        {"install": False, "alert_receiver": RECEIVER},
        {"alert_receiver": {**RECEIVER, "type": "webhook", "channel": "#alerts"}},
        {"label": "a-label-that-is-longer-than-it-may-be"},
        {"storage_size": "50"},
        {"version": "1.0.0"},
        {"prometheus_url": "http://me:hunter2@prometheus"},
    ],
)
def test_settings_refuse_what_does_not_fit(given: dict[str, Any]) -> None:
    text = json.dumps({"kind": "kube-prometheus-stack", **given})
    with pytest.raises(ValidationError):
        KubePrometheusStackSettings.model_validate_json(text)


def test_a_long_label_is_taken_from_an_operator_that_is_there() -> None:
    given = {"install": False, "label": "a-label-that-is-longer-than-it-may-be"}
    text = json.dumps({"kind": "kube-prometheus-stack", **given})
    assert KubePrometheusStackSettings.model_validate_json(text).label == given["label"]
