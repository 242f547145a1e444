"""cert-manager as a component: one Helm release, and an authority that signs for the platform."""

from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi import Output
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.helm.v3 import Release

from stackwright import naming
from stackwright.certificates.cert_manager.settings import CertManagerSettings
from stackwright.certificates.cert_manager.values import chart_values
from stackwright.component import ToolComponent
from stackwright.contracts import CertificateIssuer, KubernetesCluster, Monitoring
from stackwright.kubernetes.metrics import scrape_ingress
from stackwright.kubernetes.namespace import (
    cluster_api_egress,
    isolated_namespace,
    network_policy,
    webhook_ingress,
)
from stackwright.kubernetes.objects import ObjectNames, object_name
from stackwright.kubernetes.releases import Chart, helm_release
from stackwright.scope import Scope

CHART = Chart("cert-manager", "https://charts.jetstack.io")

API_VERSION = "cert-manager.io/v1"
AUTHORITY_SECRET = "platform-authority"  # noqa: S105 - the name of a Secret, not a secret

WEBHOOK_PORT = 10250
METRICS_PORT = 9402


class CertManagerSettingsArgs(TypedDict):
    """Settings of cert-manager."""

    replicas: NotRequired[int]
    """How many controllers and CA injectors run. Default 2."""
    webhook_replicas: NotRequired[int]
    """How many webhooks answer. Default 3."""
    issuer: NotRequired[str]
    """Without installing, the ClusterIssuer of the cluster that signs."""
    install: NotRequired[bool]
    """False uses the cert-manager that is in the cluster. Default true."""
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


class CertManagerArgs(TypedDict):
    """Arguments of CertManager."""

    scope: Scope
    """Environment that certificates are issued in."""
    settings: NotRequired[CertManagerSettingsArgs]
    """What is configured; defaults are secure."""
    cluster: NotRequired[KubernetesCluster]
    """Cluster that it runs in; the provider in the resource options decides."""
    monitoring: NotRequired[Monitoring]
    """Collects metrics, where there is monitoring."""


class CertManager(ToolComponent[CertManagerSettings]):
    """cert-manager: certificates inside the cluster, signed by an authority of its own."""

    _settings_class = CertManagerSettings

    issuer: Output[str]
    """Name of the ClusterIssuer that signs."""

    def __init__(
        self, name: str, args: CertManagerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        self._names = ObjectNames(self._scope, name, self._settings)
        self._args = args
        if self._settings.install:
            self.issuer = object_name(self._authority(self._install()))
        else:
            self.issuer = Output.from_input(self._settings.issuer or "")
        self.register()

    def binding(self, consumer: str) -> CertificateIssuer:
        """Return the name of the issuer, known once the issuer is there."""
        return CertificateIssuer(issuer=self.issuer)

    def _install(self) -> Release:
        home = isolated_namespace(self._instance, self._names, opts=self.child())
        traffic = self._traffic(self.child(depends_on=[home]))
        values = chart_values(self._scope, self._settings, self._names.namespace)
        if "monitoring" in self._args:
            label = self._args["monitoring"]["label"]
            values["prometheus"] = {
                "servicemonitor": {"enabled": True, "labels": {"release": label}}
            }
        return helm_release(
            f"{self._instance}-release",
            CHART,
            scope=self._scope,
            settings=self._settings,
            release_name=CHART.name,
            namespace=self._names.namespace,
            values=values,
            # The chart waits until its webhook answers, which a missing policy would keep it from.
            opts=self.child(depends_on=[home, traffic]),
        )

    def _traffic(self, opts: pulumi.ResourceOptions) -> pulumi.Resource:
        # In place of the chart's own policies, which let its pods reach any address.
        ingress = [webhook_ingress(WEBHOOK_PORT)]
        if "monitoring" in self._args:
            ingress.append(scrape_ingress(self._args["monitoring"], METRICS_PORT))
        return network_policy(
            self._instance,
            self._names,
            pods={},
            ingress=ingress,
            egress=[cluster_api_egress()],
            opts=opts,
        )

    def _authority(self, release: Release) -> CustomResource:
        """Make an authority that signs itself, and the issuer that signs with it."""
        signer = naming.stem(self._scope, self._instance)
        root = f"{signer}-root"
        itself = self._issuer("root", root, {"selfSigned": {}}, release)
        certificate = CustomResource(
            f"{self._instance}-authority",
            api_version=API_VERSION,
            kind="Certificate",
            metadata=self._names.metadata(AUTHORITY_SECRET),
            spec={
                "isCA": True,
                "commonName": signer,
                "secretName": AUTHORITY_SECRET,
                "duration": "87600h",
                "renewBefore": "8760h",
                # With a new key all that was signed before would be refused.
                "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Never"},
                "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": root},
            },
            opts=self.child(depends_on=[itself]),
        )
        return self._issuer("issuer", signer, {"ca": {"secretName": AUTHORITY_SECRET}}, certificate)

    def _issuer(
        self, role: str, name: str, spec: dict[str, Any], after: pulumi.Resource
    ) -> CustomResource:
        return CustomResource(
            f"{self._instance}-{role}",
            api_version=API_VERSION,
            kind="ClusterIssuer",
            metadata=self._names.cluster_metadata(name),
            spec=spec,
            opts=self.child(depends_on=[after]),
        )
