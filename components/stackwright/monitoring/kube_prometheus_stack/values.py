"""Values of the chart kube-prometheus-stack, as far as they follow from the settings alone.

Keys were verified in the values and templates of chart 88.5.3.
"""

from __future__ import annotations

import re
from typing import Any

from stackwright.kubernetes.releases import chart_placement
from stackwright.monitoring.kube_prometheus_stack.settings import (
    AlertReceiver,
    KubePrometheusStackSettings,
    ReceiverType,
)
from stackwright.scope import Scope

BUSYBOX_TAG = "1.37.0"
"""The chart's own default is `latest`."""

RECEIVER_SECRET = "alert-receiver"  # noqa: S105 - the name of a Secret, not a secret
RECEIVER_URL_FILE = f"/etc/alertmanager/secrets/{RECEIVER_SECRET}/url"

_MEBIBYTES = {"Mi": 1, "Gi": 1024, "Ti": 1024 * 1024}


def common(scope: Scope, settings: KubePrometheusStackSettings) -> dict[str, Any]:
    """Return the values for the whole release: names, labels, mirror, definitions."""
    values: dict[str, Any] = {
        "fullnameOverride": settings.label,
        "commonLabels": {**scope.get("labels", {}), **settings.labels},
        # Helm never upgrades custom resource definitions; a job of the chart does.
        "crds": {
            "enabled": True,
            "upgradeJob": {"enabled": True, "image": {"busybox": {"tag": BUSYBOX_TAG}}},
        },
        # A managed control plane shows these to nobody.
        **{
            scraper: {"enabled": False}
            for scraper in ("kubeControllerManager", "kubeScheduler", "kubeEtcd", "kubeProxy")
        },
        "prometheusOperator": chart_placement(settings),
        "kube-state-metrics": chart_placement(settings),
    }
    if "image_mirror" in scope:
        values["global"] = {"imageRegistry": scope["image_mirror"]}
    return values


def prometheus(settings: KubePrometheusStackSettings, storage: dict[str, Any]) -> dict[str, Any]:
    """Return the values of Prometheus, which looks for monitors and rules everywhere."""
    selectors = ("serviceMonitor", "podMonitor", "rule", "probe")
    return {
        "podDisruptionBudget": {"enabled": settings.replicas > 1},
        "prometheusSpec": {
            **{f"{kind}SelectorNilUsesHelmValues": False for kind in selectors},
            "replicas": settings.replicas,
            "retention": f"{settings.retention_days}d",
            "retentionSize": retention_size(settings.storage_size),
            "storageSpec": storage,
            "resources": {
                "requests": {"cpu": settings.cpu, "memory": settings.memory},
                "limits": {"memory": settings.memory},
            },
            **chart_placement(settings),
        },
    }


def alertmanager(settings: KubePrometheusStackSettings, storage: dict[str, Any]) -> dict[str, Any]:
    """Return the values of Alertmanager, with the receiver's URL read from a file."""
    receiver = settings.alert_receiver
    return {
        "podDisruptionBudget": {"enabled": settings.alertmanager_replicas > 1},
        "config": _routing(receiver),
        "alertmanagerSpec": {
            "replicas": settings.alertmanager_replicas,
            "storage": storage,
            "secrets": [RECEIVER_SECRET] if receiver else [],
            **chart_placement(settings),
        },
    }


def grafana(settings: KubePrometheusStackSettings, admin_secret: str) -> dict[str, Any]:
    """Return the values of Grafana: no password of the chart's, nothing told to its maker."""
    return {
        "admin": {"existingSecret": admin_secret, "userKey": "username", "passwordKey": "password"},
        "grafana.ini": {"analytics": {"reporting_enabled": False, "check_for_updates": False}},
        **chart_placement(settings),
    }


def retention_size(volume: str) -> str:
    """Return 85 % of a volume, so that Prometheus deletes old metrics before it is full.

    Prometheus' documentation on storage advises 80 to 85 %.
    """
    match = re.fullmatch(r"(\d+)(Mi|Gi|Ti)", volume)
    assert match is not None
    return f"{int(match[1]) * _MEBIBYTES[match[2]] * 85 // 100}MiB"


def _routing(receiver: AlertReceiver | None) -> dict[str, Any]:
    nobody = {"name": "null"}
    route = {
        "group_by": ["namespace", "alertname"],
        "group_wait": "30s",
        "group_interval": "5m",
        "repeat_interval": "12h",
        "receiver": "platform" if receiver else "null",
        # Watchdog fires always, to show that alerting works.
        "routes": [
            {"receiver": "null", "matchers": ['alertname =~ "Watchdog|InfoInhibitor"']},
        ],
    }
    named = [nobody, {"name": "platform", **_receiver(receiver)}] if receiver else [nobody]
    return {"route": route, "receivers": named}


def _receiver(receiver: AlertReceiver) -> dict[str, Any]:
    if receiver.type is ReceiverType.SLACK:
        slack: dict[str, Any] = {"api_url_file": RECEIVER_URL_FILE, "send_resolved": True}
        if receiver.channel:
            slack["channel"] = receiver.channel
        return {"slack_configs": [slack]}
    return {"webhook_configs": [{"url_file": RECEIVER_URL_FILE, "send_resolved": True}]}
