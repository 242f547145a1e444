"""The platform's overview in Grafana as data: panels in rows, two in a row."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

SCHEMA_VERSION = 39
"""Version of the dashboard format; Grafana migrates older ones by itself (Grafana 11)."""

_WIDTH, _HEIGHT = 12, 8
"""A dashboard is 24 units wide (Grafana documentation, dashboard JSON model)."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One graph over time."""

    title: str
    expression: str
    """PromQL; `{namespaces}` stands for a regular expression of the environment's namespaces."""
    legend: str
    unit: str
    """Unit in Grafana's words, such as `percentunit` or `bytes`."""


PANELS = (
    Panel(
        "Pods that are ready",
        'sum by (namespace) (kube_pod_status_ready{namespace=~"{namespaces}", condition="true"})',
        "{{namespace}}",
        "short",
    ),
    Panel(
        "Container restarts per hour",
        "sum by (namespace) (increase("
        'kube_pod_container_status_restarts_total{namespace=~"{namespaces}"}[1h]))',
        "{{namespace}}",
        "short",
    ),
    Panel(
        "CPU in use",
        "sum by (namespace) (rate("
        'container_cpu_usage_seconds_total{namespace=~"{namespaces}", container!=""}[5m]))',
        "{{namespace}}",
        "short",
    ),
    Panel(
        "Memory in use",
        "sum by (namespace) "
        '(container_memory_working_set_bytes{namespace=~"{namespaces}", container!=""})',
        "{{namespace}}",
        "bytes",
    ),
    Panel(
        "Requests per second to the tracking server",
        'sum by (status) (rate(mlflow_http_request_total{namespace=~"{namespaces}"}[5m]))',
        "{{status}}",
        "reqps",
    ),
    Panel(
        "Slowest of twenty requests to the tracking server",
        "histogram_quantile(0.95, sum by (le) (rate("
        'mlflow_http_request_duration_seconds_bucket{namespace=~"{namespaces}"}[5m])))',
        "95 %",
        "s",
    ),
    Panel(
        "Volumes in use",
        '1 - kubelet_volume_stats_available_bytes{namespace=~"{namespaces}"}'
        ' / kubelet_volume_stats_capacity_bytes{namespace=~"{namespaces}"}',
        "{{persistentvolumeclaim}}",
        "percentunit",
    ),
    Panel(
        "GPUs requested",
        'sum by (namespace) (kube_pod_container_resource_requests{resource="nvidia_com_gpu"})',
        "{{namespace}}",
        "short",
    ),
)


def overview(title: str, uid: str, namespaces: str) -> str:
    """Return the dashboard as the JSON that Grafana loads.

    Args:
        title: Title of the dashboard.
        uid: Identifier of the dashboard, of at most 40 characters; links to it keep working.
        namespaces: Regular expression of the environment's namespaces.
    """
    document = {
        "title": title,
        "uid": uid,
        "tags": ["stackwright"],
        "schemaVersion": SCHEMA_VERSION,
        "timezone": "browser",
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [_DATA_SOURCE]},
        "panels": [_panel(place, panel, namespaces) for place, panel in enumerate(PANELS)],
    }
    return json.dumps(document, indent=1, sort_keys=True)


_DATA_SOURCE = {
    "name": "source",
    "label": "Prometheus",
    "type": "datasource",
    "query": "prometheus",
}


def _panel(place: int, panel: Panel, namespaces: str) -> dict[str, Any]:
    row, column = divmod(place, 2)
    source = {"type": "prometheus", "uid": "${source}"}
    return {
        "id": place + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": source,
        "gridPos": {"x": column * _WIDTH, "y": row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit}, "overrides": []},
        "targets": [
            {
                "refId": "A",
                "datasource": source,
                "expr": panel.expression.replace("{namespaces}", namespaces),
                "legendFormat": panel.legend,
            }
        ],
    }
