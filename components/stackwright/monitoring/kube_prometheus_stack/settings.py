"""What a user writes about kube-prometheus-stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from stackwright.blueprint.base import BlueprintModel, DnsLabel, Wording, clash
from stackwright.checks import Check, ObjectExists
from stackwright.claims import Claim, Layer, SecretStoreClaim
from stackwright.kubernetes.fields import Cpu, Memory
from stackwright.scope import Scope
from stackwright.secret_reference import SecretReference
from stackwright.tool import ReleaseSettings

LABEL_LIMIT = 26
"""The chart cuts longer names of its objects here (its templates, `_helpers.tpl`)."""

VolumeSize = Annotated[
    str,
    Field(pattern=r"^[1-9][0-9]{0,5}(Mi|Gi|Ti)$"),
    Wording("a size such as 50Gi"),
]


class ReceiverType(StrEnum):
    """What is told of an alert."""

    SLACK = "slack"
    """A Slack incoming webhook; the secret is its URL."""
    WEBHOOK = "webhook"
    """Anything that takes Alertmanager's JSON by HTTP POST; the secret is its URL."""


class AlertReceiver(BlueprintModel):
    """Where alerts are sent."""

    type: ReceiverType
    """What is told of an alert: `slack` or `webhook`."""
    url: SecretReference = Field(
        examples=[{"from": "aws-secrets-manager", "name": "acme-ml/prod/alerts", "key": "url"}]
    )
    """Where the receiver's URL is kept; whoever has the URL can post, so it is a secret."""
    channel: str = Field(default="", max_length=80, examples=["#ml-platform-alerts"])
    """Slack channel; empty for the one that the incoming webhook was made for."""

    @clash("type", "channel")
    def _channel_is_for_slack(self) -> str | None:
        if self.channel and self.type is not ReceiverType.SLACK:
            return "channel is only for type slack; leave channel out."
        return None


class KubePrometheusStackSettings(ReleaseSettings):
    """kube-prometheus-stack: Prometheus, Alertmanager and Grafana by one operator."""

    title: ClassVar[str] = "kube-prometheus-stack"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.PLATFORM: "KubePrometheusStack"}
    contract: ClassVar[str] = "Monitoring"
    verified_versions: ClassVar[tuple[str, ...]] = ("88.5.3",)
    once_per_cluster: ClassVar[bool] = True
    custom_resources: ClassVar[tuple[str, ...]] = (
        "servicemonitors.monitoring.coreos.com/v1",
        "podmonitors.monitoring.coreos.com/v1",
        "prometheusrules.monitoring.coreos.com/v1",
    )
    profiles: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "production": {"replicas": 2, "alertmanager_replicas": 3, "retention_days": 30},
        "development": {"replicas": 1, "alertmanager_replicas": 1, "retention_days": 7},
    }

    kind: Literal["kube-prometheus-stack"]
    replicas: int = Field(default=1, ge=1, le=5)
    """How many Prometheus servers scrape, each on its own; two survive the loss of a node."""
    alertmanager_replicas: int = Field(default=1, ge=1, le=5)
    """How many Alertmanagers share their state; three survive the loss of one."""
    retention_days: int = Field(default=30, ge=1, le=730)
    """Days that metrics are kept."""
    storage_size: VolumeSize = Field(default="50Gi", examples=["50Gi"])
    """Volume of each Prometheus server, as a Kubernetes quantity."""
    alertmanager_storage_size: VolumeSize = Field(default="2Gi", examples=["2Gi"])
    """Volume of each Alertmanager for silences, as a Kubernetes quantity."""
    cpu: Cpu = Field(default="500m", examples=["500m"])
    """CPU that each Prometheus server requests, as a Kubernetes quantity."""
    memory: Memory = Field(default="2Gi", examples=["2Gi"])
    """Memory that each Prometheus server requests and is limited to, as a Kubernetes quantity."""
    node_exporter: bool = True
    """Whether each node is measured; the exporter needs the node's own network and files, and so
    gets a namespace apart that allows it."""
    alert_receiver: AlertReceiver | None = None
    """Where alerts are sent; absent to see them in Alertmanager and Grafana only."""
    label: DnsLabel = Field(default="kube-prometheus-stack", examples=["kube-prometheus-stack"])
    """Name of the release, and value of the label `release` on all that Prometheus looks for.
    With `install: false` the value that the Prometheus of the cluster selects."""
    prometheus_namespace: DnsLabel = Field(default="monitoring", examples=["monitoring"])
    """With `install: false` the namespace that the Prometheus of the cluster runs in."""
    prometheus_url: str = Field(
        default="http://prometheus-operated.monitoring.svc:9090",
        pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9/._~%!&'()*,;=:+-]*)?$",
        examples=["http://prometheus-operated.monitoring.svc:9090"],
    )
    """With `install: false` the URL of the Prometheus of the cluster."""

    @clash("install", "label")
    def _label_fits_object_names(self) -> str | None:
        if self.install and len(self.label) > LABEL_LIMIT:
            return f"label names the release, so it has at most {LABEL_LIMIT} characters."
        return None

    @clash("install", "alert_receiver")
    def _receiver_needs_our_alertmanager(self) -> str | None:
        if not self.install and self.alert_receiver is not None:
            return (
                "alert_receiver configures the Alertmanager that is installed; "
                "with install: false set the receiver where the cluster's own is configured."
            )
        return None

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return the cluster, and the secret store for Grafana's and the receiver's secrets."""
        if not self.install:
            return super().claims(layer)
        references = (self.alert_receiver.url,) if self.alert_receiver else ()
        return {**super().claims(layer), "secrets": SecretStoreClaim(references=references)}

    def checks(self, scope: Scope, instance: str) -> Iterator[Check]:
        """Yield that the namespace of the cluster's Prometheus is there, where it is used."""
        yield from super().checks(scope, instance)
        if not self.install:
            yield ObjectExists(
                kind="Namespace",
                name=self.prometheus_namespace,
                path=f"/api/v1/namespaces/{self.prometheus_namespace}",
                verifies=("prometheus_namespace",),
            )
