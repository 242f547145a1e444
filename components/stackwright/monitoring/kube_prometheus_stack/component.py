"""kube-prometheus-stack as a component: one Helm release, our alerts and a dashboard."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi import Output
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core.v1 import ConfigMap, Namespace
from pulumi_kubernetes.helm.v3 import Release

from stackwright import naming
from stackwright.component import ToolComponent
from stackwright.contracts import KubernetesCluster, Monitoring, SecretStore
from stackwright.kubernetes.metrics import API_VERSION
from stackwright.kubernetes.namespace import (
    cluster_api_egress,
    from_namespaces,
    isolated_namespace,
    network_policy,
    outside_egress,
    platform_labels,
    to_namespaces,
    webhook_ingress,
    within_namespace,
)
from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.releases import Chart, helm_release
from stackwright.kubernetes.secrets import external_secret, generated_password, secret_source
from stackwright.monitoring.kube_prometheus_stack import values
from stackwright.monitoring.kube_prometheus_stack.dashboard import overview
from stackwright.monitoring.kube_prometheus_stack.rules import groups
from stackwright.monitoring.kube_prometheus_stack.settings import KubePrometheusStackSettings
from stackwright.scope import Scope

CHART = Chart("kube-prometheus-stack", "https://prometheus-community.github.io/helm-charts")

ADMIN_SECRET = "grafana-admin"  # noqa: S105 - the name of a Secret, not a secret
ADMIN_USER = "admin"

PROMETHEUS_PORT = 9090
OPERATOR_WEBHOOK_PORT = 10250


class KubePrometheusStackSettingsArgs(TypedDict):
    """Settings of kube-prometheus-stack."""

    replicas: NotRequired[int]
    """How many Prometheus servers scrape, each on its own. Default 1."""
    alertmanager_replicas: NotRequired[int]
    """How many Alertmanagers share their state. Default 1."""
    retention_days: NotRequired[int]
    """Days that metrics are kept. Default 30."""
    storage_size: NotRequired[str]
    """Volume of each Prometheus server, as a Kubernetes quantity. Default 50Gi."""
    alertmanager_storage_size: NotRequired[str]
    """Volume of each Alertmanager, as a Kubernetes quantity. Default 2Gi."""
    cpu: NotRequired[str]
    """CPU that each Prometheus server requests. Default 500m."""
    memory: NotRequired[str]
    """Memory that each Prometheus server requests and is limited to. Default 2Gi."""
    node_exporter: NotRequired[bool]
    """Whether each node is measured. Default true."""
    alert_receiver: NotRequired[dict[str, Any]]
    """Where alerts are sent: `type` (slack or webhook), `url` (a secret reference), `channel`."""
    label: NotRequired[str]
    """Name of the release, and value of the label `release`. Default kube-prometheus-stack."""
    prometheus_namespace: NotRequired[str]
    """Without installing, the namespace of the cluster's Prometheus. Default monitoring."""
    prometheus_url: NotRequired[str]
    """Without installing, the URL of the cluster's Prometheus."""
    install: NotRequired[bool]
    """False uses the Prometheus operator that is in the cluster. Default true."""
    version: NotRequired[str]
    """Chart version; empty for the verified one."""
    unverified: NotRequired[bool]
    """True accepts a chart version that Stackwright was not verified with."""
    helm_values: NotRequired[dict[str, Any]]
    """Values merged last over those that Stackwright gives the chart."""
    scheduling: NotRequired[dict[str, Any]]
    """Which nodes the pods run on: `node_selector`, `tolerations`, `priority_class`."""
    labels: NotRequired[dict[str, str]]
    """Labels for every object."""
    annotations: NotRequired[dict[str, str]]
    """Annotations for every object."""


class KubePrometheusStackArgs(TypedDict):
    """Arguments of KubePrometheusStack."""

    scope: Scope
    """Environment that is monitored."""
    settings: NotRequired[KubePrometheusStackSettingsArgs]
    """What is configured; defaults are secure."""
    cluster: NotRequired[KubernetesCluster]
    """Cluster that it runs in: its storage class is used for volumes."""
    secrets: NotRequired[SecretStore]
    """Makes Grafana's password and brings the receiver's URL; needed to install."""


class KubePrometheusStack(ToolComponent[KubePrometheusStackSettings]):
    """kube-prometheus-stack: Prometheus, Alertmanager and Grafana by one operator."""

    _settings_class = KubePrometheusStackSettings

    label: Output[str]
    """Value of the label `release` on what Prometheus looks for."""
    prometheus_url: Output[str]
    """URL of Prometheus inside the cluster."""
    namespace: Output[str]
    """Namespace that Prometheus runs in."""

    def __init__(
        self,
        name: str,
        args: KubePrometheusStackArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, args, opts)
        self._names = ObjectNames(self._scope, name, self._settings)
        self._args = args
        home = isolated_namespace(name, self._names, opts=self.child())
        if self._settings.install:
            self._install(home)
        else:
            self.label = Output.from_input(self._settings.label)
            self.namespace = Output.from_input(self._settings.prometheus_namespace)
            self.prometheus_url = Output.from_input(self._settings.prometheus_url)
        inside = self.child(depends_on=[home])
        self._alerts(inside)
        self._dashboard(inside)
        self.register()

    def binding(self, consumer: str) -> Monitoring:
        """Return what monitors are labelled with and where scrapes come from."""
        return Monitoring(label=self.label, namespace=self.namespace)

    def wiring(self) -> Mapping[str, pulumi.Input[str]]:
        """Return how metrics, alerts and dashboards of projects are found."""
        return {"label": self.label, "prometheus_url": self.prometheus_url}

    def _install(self, home: Namespace) -> None:
        inside = self.child(depends_on=[home])
        before: list[pulumi.Resource] = [*self._secrets(inside), *self._traffic(inside)]
        if self._settings.node_exporter:
            before.append(self._node_namespace())
        release = self._release(self.child(depends_on=[home, *before]))
        # The release's name as an output: what is labelled with it comes after the release.
        self.label = Output.format("{0}", release.name)
        self.namespace = home.metadata["name"]
        self.prometheus_url = Output.format(
            "http://{0}-prometheus.{1}.svc:{2}", self.label, self.namespace, PROMETHEUS_PORT
        )

    def _secrets(self, opts: pulumi.ResourceOptions) -> list[CustomResource]:
        name, secrets = self._instance, self._args["secrets"]
        made = [
            generated_password(
                f"{name}-grafana-admin",
                self._names,
                ADMIN_SECRET,
                username=ADMIN_USER,
                secrets=secrets,
                opts=opts,
            )
        ]
        if receiver := self._settings.alert_receiver:
            source = {"url": secret_source(receiver.url, secrets)}
            secret = values.RECEIVER_SECRET
            made.append(external_secret(f"{name}-{secret}", self._names, secret, source, opts=opts))
        return made

    def _node_namespace(self) -> Namespace:
        # Node exporter reads the node's network and files, which Pod Security allows only at its
        # level `privileged`; nothing else runs in this namespace.
        nodes = f"{self._instance}-nodes"
        names = ObjectNames(self._scope, nodes, self._settings)
        return isolated_namespace(nodes, names, opts=self.child(), pod_security="privileged")

    def _release(self, opts: pulumi.ResourceOptions) -> Release:
        settings = self._settings
        given = {
            **values.common(self._scope, settings),
            "prometheus": values.prometheus(
                settings, {"volumeClaimTemplate": self._volume(settings.storage_size)}
            ),
            "alertmanager": values.alertmanager(
                settings, {"volumeClaimTemplate": self._volume(settings.alertmanager_storage_size)}
            ),
            "grafana": values.grafana(settings, ADMIN_SECRET),
            "nodeExporter": {"enabled": settings.node_exporter},
            "prometheus-node-exporter": {
                "namespaceOverride": naming.stem(self._scope, self._instance, "nodes")
            },
        }
        return helm_release(
            f"{self._instance}-release",
            CHART,
            scope=self._scope,
            settings=settings,
            release_name=settings.label,
            namespace=self._names.namespace,
            values=given,
            opts=opts,
        )

    def _volume(self, size: str) -> dict[str, Any]:
        spec: dict[str, Any] = {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": size}},
        }
        cluster = self._args.get("cluster")
        if cluster is not None and "storage_class" in cluster:
            spec["storageClassName"] = cluster["storage_class"]
        return {"spec": spec}

    def _traffic(self, opts: pulumi.ResourceOptions) -> list[pulumi.Resource]:
        within = within_namespace()
        return [
            network_policy(
                f"{self._instance}-inside",
                self._names,
                component="inside",
                pods={},
                ingress=[within, webhook_ingress(OPERATOR_WEBHOOK_PORT)],
                # Alert receivers are at 443 too.
                egress=[{"to": within["from_"]}, cluster_api_egress()],
                opts=opts,
            ),
            network_policy(
                f"{self._instance}-scrape",
                self._names,
                component="scrape",
                pods={"app.kubernetes.io/name": "prometheus"},
                ingress=[from_namespaces(platform_labels(self._scope), PROMETHEUS_PORT)],
                # What is scraped stands in any namespace and on any port, and on the nodes.
                egress=[to_namespaces({}), outside_egress()],
                opts=opts,
            ),
        ]

    def _alerts(self, opts: pulumi.ResourceOptions) -> None:
        CustomResource(
            f"{self._instance}-alerts",
            api_version=API_VERSION,
            kind="PrometheusRule",
            metadata=self._names.metadata("platform-alerts", labels={"release": self.label}),
            spec={"groups": groups(self._namespaces())},
            opts=opts,
        )

    def _dashboard(self, opts: pulumi.ResourceOptions) -> None:
        title = f"Platform {self._scope['name']}, {self._scope['environment']}"
        uid = naming.stem(self._scope, "platform")
        labels = {"grafana_dashboard": "1", "release": self.label}
        ConfigMap(
            f"{self._instance}-dashboard",
            metadata=self._names.metadata("platform-dashboard", labels=labels),
            data={"platform.json": overview(title, uid, self._namespaces())},
            opts=opts,
        )

    def _namespaces(self) -> str:
        return f"{naming.stem(self._scope)}-.*"
