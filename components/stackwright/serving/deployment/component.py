"""A model server of your own image as a component: Deployment, Service, autoscaler, policies."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi import Output
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.autoscaling.v2 import HorizontalPodAutoscaler

from stackwright.component import ToolComponent
from stackwright.contracts import (
    KubernetesCluster,
    ModelServer,
    Monitoring,
    ObjectStore,
    SecretSource,
    SecretStore,
    WorkloadIdentity,
)
from stackwright.kubernetes.metrics import scrape_ingress, service_monitor
from stackwright.kubernetes.namespace import (
    from_namespaces,
    isolated_namespace,
    network_policy,
    platform_labels,
    store_egress,
)
from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.pods import container_security
from stackwright.kubernetes.releases import image
from stackwright.kubernetes.secrets import (
    external_secret,
    object_store_keys,
    object_store_secret,
    secret_source,
)
from stackwright.kubernetes.workloads import (
    deployment,
    disruption_budget,
    probes,
    resources,
    service,
    service_account,
)
from stackwright.scope import Scope
from stackwright.serving.deployment.settings import DeploymentSettings
from stackwright.serving.projects import DATA_SECRET, SERVICE_ACCOUNT

SERVICE_PORT = 80


class ModelDeploymentSettingsArgs(TypedDict):
    """Settings of a model server of your own image."""

    image: str
    """Container image that answers HTTP, with a tag or digest."""
    args: NotRequired[list[str]]
    """Arguments of the image's entry point."""
    port: NotRequired[int]
    """TCP port that the container listens on. Default 8080."""
    health_path: NotRequired[str]
    """HTTP path that answers with 200 when the model is ready. Default /health."""
    metrics_path: NotRequired[str]
    """HTTP path of Prometheus metrics on the same port; absent for none."""
    startup_seconds: NotRequired[int]
    """How long the container may take to load the model. Default 300."""
    min_replicas: NotRequired[int]
    """Fewest pods. Default 1."""
    max_replicas: NotRequired[int]
    """Most pods that load may bring. Default 4."""
    target_cpu_percent: NotRequired[int]
    """Share of the requested CPU that pods are to use. Default 70."""
    cpu: NotRequired[str]
    """CPU that a pod requests, as a Kubernetes quantity. Default 500m."""
    memory: NotRequired[str]
    """Memory that a pod requests and is limited to. Default 1Gi."""
    gpu: NotRequired[int]
    """Whole NVIDIA GPUs that a pod requests. Default 0."""
    env: NotRequired[dict[str, str]]
    """Environment variables in plain text."""
    secret_env: NotRequired[dict[str, dict[str, str]]]
    """Environment variables with a secret: name, then where the secret is kept."""
    model_path: NotRequired[str]
    """Model inside the artifact store; its URL is in MODEL_URL."""
    egress_ports: NotRequired[list[int]]
    """TCP ports that the container may reach besides 443 and 8333."""
    service_accounts: NotRequired[list[str]]
    """Further service accounts of the namespace that act with the model's cloud role."""
    scheduling: NotRequired[dict[str, Any]]
    """Which nodes the pods run on: `node_selector`, `tolerations`, `priority_class`."""
    labels: NotRequired[dict[str, str]]
    """Labels for every object."""
    annotations: NotRequired[dict[str, str]]
    """Annotations for every object."""


class ModelDeploymentArgs(TypedDict):
    """Arguments of ModelDeployment."""

    scope: Scope
    """Environment that the server belongs to."""
    settings: ModelDeploymentSettingsArgs
    """What is configured; the image is required."""
    cluster: NotRequired[KubernetesCluster]
    """Cluster that it runs in; the provider in the resource options decides."""
    artifacts: NotRequired[ObjectStore]
    """Where the model is read from; needed with `model_path`."""
    data: NotRequired[ObjectStore]
    """Where projects keep data and prediction logs; needed with `service_accounts`."""
    secrets: NotRequired[SecretStore]
    """Brings secrets into the namespace; needed with `secret_env`."""
    identity: NotRequired[WorkloadIdentity]
    """Cloud role of the service account; absent when the object store has credentials."""
    monitoring: NotRequired[Monitoring]
    """Collects metrics, where there is monitoring."""


class ModelDeployment(ToolComponent[DeploymentSettings]):
    """A model server of your own image: one autoscaled Deployment."""

    _settings_class = DeploymentSettings

    url: Output[str]
    """URL inside the cluster."""
    namespace: Output[str]
    """Namespace that the server runs in."""

    def __init__(
        self, name: str, args: ModelDeploymentArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        self._names = ObjectNames(self._scope, name, self._settings)
        self._args = args
        namespace = isolated_namespace(name, self._names, opts=self.child())
        inside = self.child(depends_on=[namespace])
        account = service_account(name, self._names, SERVICE_ACCOUNT, opts=inside)
        secrets = self._secrets(inside)
        server = deployment(
            name,
            self._names,
            SERVICE_ACCOUNT,
            [self._container()],
            opts=self.child(depends_on=[account, *secrets]),
        )
        entry = service(name, self._names, SERVICE_PORT, opts=inside)
        object_store_secret(f"{name}-data", self._names, DATA_SECRET, args.get("data"), opts=inside)
        self._traffic(inside)
        disruption_budget(name, self._names, opts=inside)
        self._autoscaler(self.child(depends_on=[server]))
        if "monitoring" in args and self._settings.metrics_path:
            service_monitor(
                name,
                self._names,
                args["monitoring"],
                path=self._settings.metrics_path,
                opts=self.child(depends_on=[entry]),
            )
        self.url = Output.format(
            "http://{0}.{1}.svc", entry.metadata["name"], entry.metadata["namespace"]
        )
        self.namespace = namespace.metadata["name"]
        self.register()

    def binding(self, consumer: str) -> ModelServer:
        """Return where the model is served."""
        return ModelServer(namespace=self.namespace, service_account=SERVICE_ACCOUNT)

    def wiring(self) -> Mapping[str, pulumi.Input[str]]:
        """Return where projects find the model server."""
        return {
            "namespace": self.namespace,
            "service_account": SERVICE_ACCOUNT,
            "mode": "Deployment",
        }

    def _secret_values(self) -> dict[str, SecretSource]:
        store = self._args.get("secrets")
        named = self._settings.secret_env
        values = {key: secret_source(named[key], store) for key in sorted(named)} if store else {}
        artifacts = self._args.get("artifacts")
        return {**values, **(object_store_keys(artifacts) if artifacts else {})}

    def _secrets(self, opts: pulumi.ResourceOptions) -> list[CustomResource]:
        if not (values := self._secret_values()):
            return []
        name = f"{self._instance}-environment"
        return [external_secret(name, self._names, self._instance, values, opts=opts)]

    def _container(self) -> Any:
        settings = self._settings
        container: dict[str, Any] = {
            "name": "server",
            "image": image(settings.image, self._scope),
            "image_pull_policy": "IfNotPresent",
            "security_context": container_security(),
            "ports": [{"name": "http", "container_port": settings.port}],
            "env": [{"name": key, "value": value} for key, value in self._environment().items()],
            "resources": resources(settings.cpu, settings.memory, settings.gpu),
            "volume_mounts": [{"name": "tmp", "mount_path": "/tmp"}],  # noqa: S108
            **probes(settings.health_path, startup_seconds=settings.startup_seconds),
        }
        if settings.args:
            container["args"] = list(settings.args)
        if self._secret_values():
            container["env_from"] = [{"secret_ref": {"name": self._instance}}]
        return container

    def _environment(self) -> dict[str, pulumi.Input[str]]:
        variables: dict[str, pulumi.Input[str]] = {
            "HOME": "/tmp",  # noqa: S108 - the only writable folder of the container
            **dict(sorted(self._settings.env.items())),
        }
        artifacts = self._args.get("artifacts")
        if artifacts is None or self._settings.model_path is None:
            return variables
        # The whole bucket: what is read was written by others.
        variables["MODEL_URL"] = Output.format(
            "s3://{0}/{1}", artifacts["bucket"], self._settings.model_path
        )
        variables["AWS_DEFAULT_REGION"] = artifacts["region"]
        if "endpoint" in artifacts:
            variables["AWS_ENDPOINT_URL"] = artifacts["endpoint"]
        return variables

    def _traffic(self, opts: pulumi.ResourceOptions) -> None:
        port = self._settings.port
        ingress = [from_namespaces(platform_labels(self._scope), port)]
        if "monitoring" in self._args:
            ingress.append(scrape_ingress(self._args["monitoring"], port))
        egress = store_egress(self._scope, *self._settings.egress_ports)
        network_policy(self._instance, self._names, ingress=ingress, egress=egress, opts=opts)

    def _autoscaler(self, opts: pulumi.ResourceOptions) -> None:
        settings = self._settings
        use: Any = {"type": "Utilization", "average_utilization": settings.target_cpu_percent}
        HorizontalPodAutoscaler(
            f"{self._instance}-autoscaler",
            metadata=self._names.metadata(self._instance),
            spec={
                "scale_target_ref": {
                    "api_version": "apps/v1",
                    "kind": "Deployment",
                    "name": self._instance,
                },
                "min_replicas": settings.min_replicas,
                "max_replicas": settings.max_replicas,
                "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": use}}],
            },
            opts=opts,
        )
