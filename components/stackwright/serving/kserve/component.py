"""KServe as a component: the operator by three Helm releases, and a namespace for models."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi import Output
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core.v1 import LimitRange, ResourceQuota
from pulumi_kubernetes.helm.v3 import Release

from stackwright.component import ToolComponent
from stackwright.contracts import (
    CertificateIssuer,
    KubernetesCluster,
    ModelServer,
    Monitoring,
    ObjectStore,
    SecretStore,
    WorkloadIdentity,
)
from stackwright.kubernetes.metrics import pod_monitor, scrape_ingress
from stackwright.kubernetes.namespace import (
    Rule,
    cluster_api_egress,
    from_namespaces,
    isolated_namespace,
    network_policy,
    platform_labels,
    store_egress,
    webhook_ingress,
    within_namespace,
)
from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.releases import Chart, helm_release
from stackwright.kubernetes.secrets import external_secret, object_store_keys, object_store_secret
from stackwright.kubernetes.workloads import service_account
from stackwright.scope import Scope
from stackwright.serving.kserve import values
from stackwright.serving.kserve.settings import KserveSettings
from stackwright.serving.projects import DATA_SECRET, SERVICE_ACCOUNT

REPOSITORY = "oci://ghcr.io/kserve/charts"
ARTIFACTS_SECRET = "artifacts"  # noqa: S105 - the name of a Secret, not a secret
WEBHOOK_PORT = 9443
OPERATOR_METRICS_PORT = 8443
MODEL_PORTS = (8080, 8081, 9000)
"""HTTP, and gRPC of KServe's own runtimes and of Triton and MLServer (KServe, config/runtimes)."""
METRICS_PORTS = (8080, 8082, 8002)
"""KServe's own runtimes, MLServer and Triton (the annotation `prometheus.kserve.io/port`)."""

_POD = "__meta_kubernetes_pod"
_ANNOTATION = f"{_POD}_annotation_prometheus_kserve_io"

RELABELINGS: tuple[dict[str, Any], ...] = (
    {"sourceLabels": [f"{_ANNOTATION}_port"], "action": "keep", "regex": "[0-9]+"},
    {
        "sourceLabels": [f"{_POD}_ip", f"{_ANNOTATION}_port"],
        "separator": ":",
        "targetLabel": "__address__",
    },
    {"sourceLabels": [f"{_ANNOTATION}_path"], "regex": "(.+)", "targetLabel": "__metrics_path__"},
    {
        "sourceLabels": [f"{_POD}_label_serving_kserve_io_inferenceservice"],
        "targetLabel": "inferenceservice",
    },
)
"""Each runtime says in annotations of its pods where its metrics are."""


class KserveSettingsArgs(TypedDict):
    """Settings of KServe."""

    gateway: NotRequired[dict[str, str]]
    """Gateway that models are reached through: `namespace`, `name`, `domain`."""
    max_cpu: NotRequired[int]
    """Most CPU that all models together may request, in cores. Default 16."""
    max_memory_gib: NotRequired[int]
    """Most memory that all models together may use, in GiB. Default 64."""
    max_gpus: NotRequired[int]
    """Most NVIDIA GPUs that all models together may request. Default 1."""
    egress_ports: NotRequired[list[int]]
    """TCP ports that models may reach besides 443 and 8333."""
    service_accounts: NotRequired[list[str]]
    """Further service accounts of the namespace that act with the models' cloud role."""
    install: NotRequired[bool]
    """False uses the KServe that is in the cluster. Default true."""
    version: NotRequired[str]
    """Version of the three charts; empty for the verified one."""
    unverified: NotRequired[bool]
    """True accepts a chart version that Stackwright was not verified with."""
    helm_values: NotRequired[dict[str, Any]]
    """Values of the chart kserve-resources, merged last over those that Stackwright gives."""
    scheduling: NotRequired[dict[str, Any]]
    """Which nodes the operator runs on: `node_selector`, `tolerations`, `priority_class`."""
    labels: NotRequired[dict[str, str]]
    """Labels for every object."""
    annotations: NotRequired[dict[str, str]]
    """Annotations for every object."""


class KserveArgs(TypedDict):
    """Arguments of Kserve."""

    scope: Scope
    """Environment that models are served in."""
    settings: NotRequired[KserveSettingsArgs]
    """What is configured; defaults are secure."""
    cluster: NotRequired[KubernetesCluster]
    """Cluster that it runs in; the provider in the resource options decides."""
    artifacts: ObjectStore
    """Where models are read from."""
    data: NotRequired[ObjectStore]
    """Where models may write prediction logs, and projects keep their data."""
    certificates: NotRequired[CertificateIssuer]
    """Shows that cert-manager is there, which makes the webhook's certificate."""
    identity: NotRequired[WorkloadIdentity]
    """Cloud role of models and projects; absent when the object store has credentials."""
    secrets: NotRequired[SecretStore]
    """Brings the object store's access keys, where it has any."""
    monitoring: NotRequired[Monitoring]
    """Collects metrics, where there is monitoring."""


class Kserve(ToolComponent[KserveSettings]):
    """KServe: models served by one short custom resource each, without Knative."""

    _settings_class = KserveSettings

    namespace: Output[str]
    """Namespace for models."""

    def __init__(
        self, name: str, args: KserveArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        self._names = ObjectNames(self._scope, name, self._settings)
        self._args = args
        if self._settings.install:
            self._install()
        home = isolated_namespace(name, self._names, opts=self.child())
        inside = self.child(depends_on=[home])
        secret = self._secret(inside)
        service_account(
            name,
            self._names,
            SERVICE_ACCOUNT,
            secrets=(ARTIFACTS_SECRET,) if secret else (),
            opts=self.child(depends_on=[secret]) if secret else inside,
        )
        object_store_secret(f"{name}-data", self._names, DATA_SECRET, args.get("data"), opts=inside)
        self._limits(inside)
        self._traffic(inside)
        if "monitoring" in args:
            pod_monitor(
                name,
                self._names,
                args["monitoring"],
                pods={
                    "matchExpressions": [
                        {"key": "serving.kserve.io/inferenceservice", "operator": "Exists"}
                    ]
                },
                relabelings=RELABELINGS,
                opts=inside,
            )
        self.namespace = home.metadata["name"]
        self.register()

    def binding(self, consumer: str) -> ModelServer:
        """Return where models are deployed."""
        return ModelServer(namespace=self.namespace, service_account=SERVICE_ACCOUNT)

    def wiring(self) -> Mapping[str, pulumi.Input[str]]:
        """Return where projects deploy models."""
        return {
            "namespace": self.namespace,
            "service_account": SERVICE_ACCOUNT,
            "mode": "InferenceService",
        }

    def _install(self) -> None:
        operator = f"{self._instance}-operator"
        names = ObjectNames(self._scope, operator, self._settings)
        home = isolated_namespace(operator, names, opts=self.child())
        self._operator_traffic(operator, names, self.child(depends_on=[home]))
        # Deleting the definitions deletes every model of the cluster.
        definitions = self._release(
            "kserve-crd", names, {}, self.child(depends_on=[home], protect=True)
        )
        controller = values.controller(self._scope, self._settings)
        controller["storage"]["s3"] = {"region": self._args["artifacts"]["region"]}
        if "certificates" in self._args:
            issuer = self._args["certificates"]["issuer"]
            controller["controller"]["annotations"] = {"stackwright.dev/issuer": issuer}
        resources = self._release(
            "kserve-resources", names, controller, self.child(depends_on=[definitions])
        )
        # A webhook of the controller judges the runtimes.
        runtimes = {"servingruntime": values.runtimes(self._scope)}
        self._release("kserve-runtime-configs", names, runtimes, self.child(depends_on=[resources]))

    def _release(
        self, chart: str, names: ObjectNames, given: dict[str, Any], opts: pulumi.ResourceOptions
    ) -> Release:
        return helm_release(
            f"{self._instance}-{chart}",
            Chart(chart, REPOSITORY),
            scope=self._scope,
            settings=self._settings,
            release_name=chart,
            namespace=names.namespace,
            values={"kserve": given} if given else {},
            user_values=chart == "kserve-resources",
            opts=opts,
        )

    def _operator_traffic(
        self, operator: str, names: ObjectNames, opts: pulumi.ResourceOptions
    ) -> None:
        ingress: list[Rule] = [webhook_ingress(WEBHOOK_PORT)]
        if "monitoring" in self._args:
            ingress.append(scrape_ingress(self._args["monitoring"], OPERATOR_METRICS_PORT))
        network_policy(
            operator, names, pods={}, ingress=ingress, egress=[cluster_api_egress()], opts=opts
        )

    def _secret(self, opts: pulumi.ResourceOptions) -> CustomResource | None:
        artifacts = self._args["artifacts"]
        if not (keys := object_store_keys(artifacts)):
            return None
        annotations: dict[str, Any] = {"serving.kserve.io/s3-region": artifacts["region"]}
        if "endpoint" in artifacts:
            annotations |= _endpoint(artifacts["endpoint"])
        return external_secret(
            f"{self._instance}-artifacts",
            self._names,
            ARTIFACTS_SECRET,
            keys,
            annotations=annotations,
            opts=opts,
        )

    def _limits(self, opts: pulumi.ResourceOptions) -> None:
        settings = self._settings
        ResourceQuota(
            f"{self._instance}-quota",
            metadata=self._names.metadata("models"),
            spec={
                "hard": {
                    "requests.cpu": str(settings.max_cpu),
                    "requests.memory": f"{settings.max_memory_gib}Gi",
                    "limits.memory": f"{settings.max_memory_gib}Gi",
                    "requests.nvidia.com/gpu": str(settings.max_gpus),
                }
            },
            opts=opts,
        )
        LimitRange(
            f"{self._instance}-limits",
            metadata=self._names.metadata("models"),
            spec={
                "limits": [
                    {
                        "type": "Container",
                        "default": {"memory": "1Gi"},
                        "default_request": {"cpu": "250m", "memory": "1Gi"},
                    }
                ]
            },
            opts=opts,
        )

    def _traffic(self, opts: pulumi.ResourceOptions) -> None:
        within = within_namespace()
        ingress: list[Rule] = [within, from_namespaces(platform_labels(self._scope), *MODEL_PORTS)]
        if gateway := self._settings.gateway:
            place = {"kubernetes.io/metadata.name": gateway.namespace}
            ingress.append(from_namespaces(place, *MODEL_PORTS))
        if "monitoring" in self._args:
            ingress.append(scrape_ingress(self._args["monitoring"], *METRICS_PORTS))
        egress = [{"to": within["from_"]}, *store_egress(self._scope, *self._settings.egress_ports)]
        network_policy(
            self._instance, self._names, pods={}, ingress=ingress, egress=egress, opts=opts
        )


def _endpoint(url: pulumi.Input[str]) -> dict[str, Output[str]]:
    """Return an S3 endpoint as KServe wants it, host and scheme apart.

    The URL may be known only after deployment, so External Secrets cuts it: annotations of a
    Secret's template are templates too.
    """
    host = '{{{{ "{0}" | trimPrefix "https://" | trimPrefix "http://" }}}}'
    https = '{{{{ if hasPrefix "https://" "{0}" }}}}1{{{{ else }}}}0{{{{ end }}}}'
    return {
        "serving.kserve.io/s3-endpoint": Output.format(host, url),
        "serving.kserve.io/s3-usehttps": Output.format(https, url),
    }
