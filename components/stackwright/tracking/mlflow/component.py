"""MLflow as a component: one stateless Deployment on a database and an object store."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi import Output
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.core.v1 import Service, ServiceAccount
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget

from stackwright.component import ToolComponent
from stackwright.contracts import (
    ExperimentTracker,
    KubernetesCluster,
    Monitoring,
    ObjectStore,
    RelationalDatabase,
    SecretStore,
    WorkloadIdentity,
)
from stackwright.kubernetes.namespace import (
    from_namespaces,
    identity_egress,
    isolated_namespace,
    network_policy,
    outside_egress,
)
from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.pods import (
    container_security,
    placement,
    pod_security,
    scratch,
    spread_over_zones,
)
from stackwright.kubernetes.releases import image
from stackwright.kubernetes.secrets import external_secret
from stackwright.scope import Scope
from stackwright.tracking.mlflow.settings import SERVICE_ACCOUNT, MlflowSettings

PORT = 5000
BACKEND_SECRET = "mlflow-backend"  # noqa: S105 - the name of a Secret, not a secret
ARTIFACTS_SECRET = "mlflow-artifacts"  # noqa: S105 - the name of a Secret, not a secret


class MlflowSettingsArgs(TypedDict):
    """Settings of MLflow."""

    replicas: NotRequired[int]
    """How many pods answer. Default 1."""
    image: NotRequired[str]
    """Container image with PostgreSQL and S3 drivers."""
    allowed_hosts: NotRequired[list[str]]
    """Host names that MLflow answers to, besides those inside the cluster."""
    cpu: NotRequired[str]
    """CPU that a pod requests, as a Kubernetes quantity. Default 500m."""
    memory: NotRequired[str]
    """Memory that a pod requests and is limited to. Default 1Gi."""
    scheduling: NotRequired[dict[str, Any]]
    """Which nodes the pods run on: `node_selector`, `tolerations`, `priority_class`."""
    labels: NotRequired[dict[str, str]]
    """Labels for every object."""
    annotations: NotRequired[dict[str, str]]
    """Annotations for every object."""


class MlflowArgs(TypedDict):
    """Arguments of Mlflow."""

    scope: Scope
    """Environment that the server belongs to."""
    settings: NotRequired[MlflowSettingsArgs]
    """What is configured; defaults are secure."""
    cluster: NotRequired[KubernetesCluster]
    """Cluster that it runs in; the provider in the resource options decides."""
    artifacts: ObjectStore
    """Where artifacts are kept."""
    backend: RelationalDatabase
    """Where runs and the registry are kept."""
    secrets: SecretStore
    """Brings the database's password into the namespace."""
    identity: NotRequired[WorkloadIdentity]
    """Cloud role of the service account; absent when the object store has credentials."""
    monitoring: NotRequired[Monitoring]
    """Collects metrics, where there is monitoring."""


class Mlflow(ToolComponent[MlflowSettings]):
    """MLflow: tracking server and model registry, one stateless Deployment."""

    _settings_class = MlflowSettings

    uri: Output[str]
    """Tracking URI inside the cluster."""
    namespace: Output[str]
    """Namespace that the server runs in."""

    def __init__(
        self, name: str, args: MlflowArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        self._names = ObjectNames(self._scope, name, self._settings)
        self._args = args
        namespace = isolated_namespace(name, self._names, opts=self.child())
        inside = self.child(depends_on=[namespace])
        account = ServiceAccount(
            f"{name}-account",
            metadata=self._names.metadata(SERVICE_ACCOUNT),
            automount_service_account_token=False,
            opts=inside,
        )
        secrets = self._secrets(inside)
        deployment = self._deployment(self.child(depends_on=[account, *secrets]))
        service = self._service(inside)
        self._traffic(inside)
        self._disruption_budget(inside)
        if "monitoring" in args:
            self._service_monitor(args["monitoring"], self.child(depends_on=[service]))
        self.uri = Output.format(
            "http://{0}.{1}.svc:{2}",
            service.metadata["name"],
            deployment.metadata["namespace"],
            PORT,
        )
        self.namespace = namespace.metadata["name"]
        self.register()

    def binding(self, consumer: str) -> ExperimentTracker:
        """Return the tracking URI."""
        return ExperimentTracker(uri=self.uri)

    def wiring(self) -> Mapping[str, pulumi.Input[str]]:
        """Return where projects track runs."""
        return {"uri": self.uri, "artifact_root": self._args["artifacts"]["url"]}

    def _secrets(self, opts: pulumi.ResourceOptions) -> list[CustomResource]:
        backend = self._args["backend"]
        uri = Output.format(
            "postgresql://{0}:{1}@{2}:{3}/{4}?sslmode={5}",
            backend["username"],
            "{{ .password }}",
            backend["host"],
            backend["port"],
            backend["database"],
            backend["sslmode"],
        )
        made = [
            external_secret(
                f"{self._instance}-backend",
                self._names,
                BACKEND_SECRET,
                {"password": backend["password"]},
                template={"MLFLOW_BACKEND_STORE_URI": uri},
                opts=opts,
            )
        ]
        if "credentials" in self._args["artifacts"]:
            credentials = self._args["artifacts"]["credentials"]
            keys = {
                "AWS_ACCESS_KEY_ID": credentials["access_key_id"],
                "AWS_SECRET_ACCESS_KEY": credentials["secret_access_key"],
            }
            name = f"{self._instance}-artifacts"
            made.append(external_secret(name, self._names, ARTIFACTS_SECRET, keys, opts=opts))
        return made

    def _deployment(self, opts: pulumi.ResourceOptions) -> Deployment:
        labels = self._names.metadata(self._instance)["labels"]
        return Deployment(
            self._instance,
            metadata=self._names.metadata(self._instance),
            spec={
                "replicas": self._settings.replicas,
                "selector": {"match_labels": self._names.selector()},
                "template": {
                    "metadata": {"labels": labels, "annotations": self._settings.annotations},
                    "spec": {
                        "service_account_name": SERVICE_ACCOUNT,
                        "automount_service_account_token": False,
                        "security_context": pod_security(),
                        "topology_spread_constraints": spread_over_zones(self._names.selector()),
                        "init_containers": [self._migration()],
                        "containers": [self._server()],
                        "volumes": [scratch()],
                        **placement(self._settings),
                    },
                },
            },
            opts=opts,
        )

    def _server(self) -> dict[str, Any]:
        probe = {"http_get": {"path": "/health", "port": "http"}}
        return {
            **self._container("server"),
            "args": [
                "mlflow",
                "server",
                "--host=0.0.0.0",
                f"--port={PORT}",
                "--workers=2",
                "--serve-artifacts",
                "--expose-prometheus=/tmp/metrics",
            ],
            "ports": [{"name": "http", "container_port": PORT}],
            "readiness_probe": {**probe, "period_seconds": 10},
            "liveness_probe": {**probe, "period_seconds": 20, "failure_threshold": 6},
            "startup_probe": {**probe, "period_seconds": 5, "failure_threshold": 60},
        }

    def _migration(self) -> dict[str, Any]:
        return {
            **self._container("migrate"),
            # The URI comes from the environment so that it is not in the process list.
            "command": ["sh", "-c", 'exec mlflow db upgrade "$MLFLOW_BACKEND_STORE_URI"'],
        }

    def _container(self, name: str) -> dict[str, Any]:
        settings = self._settings
        sources: list[dict[str, Any]] = [{"secret_ref": {"name": BACKEND_SECRET}}]
        if "credentials" in self._args["artifacts"]:
            sources.append({"secret_ref": {"name": ARTIFACTS_SECRET}})
        return {
            "name": name,
            "image": image(settings.image, self._scope),
            "image_pull_policy": "IfNotPresent",
            "security_context": container_security(),
            "env": [{"name": key, "value": value} for key, value in self._environment().items()],
            "env_from": sources,
            "resources": {
                "requests": {"cpu": settings.cpu, "memory": settings.memory},
                "limits": {"memory": settings.memory},
            },
            "volume_mounts": [{"name": "tmp", "mount_path": "/tmp"}],  # noqa: S108
        }

    def _environment(self) -> dict[str, pulumi.Input[str]]:
        artifacts = self._args["artifacts"]
        host = f"{self._instance}.{self._names.namespace}.svc"
        inside = [self._instance, host, f"{host}.cluster.local"]
        # A Host header carries the port; a probe sends the address of its pod.
        ports = [f"{name}:{PORT}" for name in inside]
        hosts = [*inside, *ports, f"*:{PORT}", *self._settings.allowed_hosts]
        variables: dict[str, pulumi.Input[str]] = {
            "HOME": "/tmp",  # noqa: S108 - the only writable folder of the container
            "MLFLOW_ARTIFACTS_DESTINATION": artifacts["url"],
            "MLFLOW_SERVER_ALLOWED_HOSTS": ",".join(hosts),
            "AWS_DEFAULT_REGION": artifacts["region"],
        }
        if "endpoint" in artifacts:
            variables["MLFLOW_S3_ENDPOINT_URL"] = artifacts["endpoint"]
        return variables

    def _service(self, opts: pulumi.ResourceOptions) -> Service:
        return Service(
            f"{self._instance}-service",
            metadata=self._names.metadata(self._instance),
            spec={
                "type": "ClusterIP",
                "selector": self._names.selector(),
                "ports": [{"name": "http", "port": PORT, "target_port": "http"}],
            },
            opts=opts,
        )

    def _traffic(self, opts: pulumi.ResourceOptions) -> None:
        platform = {"stackwright.dev/environment": self._scope["environment"]}
        network_policy(
            self._instance,
            self._names,
            ingress=[from_namespaces(platform, PORT)],
            egress=[outside_egress(443, 5432, 8333), identity_egress()],
            opts=opts,
        )

    def _disruption_budget(self, opts: pulumi.ResourceOptions) -> None:
        PodDisruptionBudget(
            f"{self._instance}-disruption-budget",
            metadata=self._names.metadata(self._instance),
            spec={
                "max_unavailable": 1,
                "selector": {"match_labels": self._names.selector()},
            },
            opts=opts,
        )

    def _service_monitor(self, monitoring: Monitoring, opts: pulumi.ResourceOptions) -> None:
        CustomResource(
            f"{self._instance}-service-monitor",
            api_version="monitoring.coreos.com/v1",
            kind="ServiceMonitor",
            metadata=self._names.metadata(self._instance, labels={"release": monitoring["label"]}),
            spec={
                "selector": {"matchLabels": self._names.selector()},
                "endpoints": [{"port": "http", "path": "/metrics", "interval": "30s"}],
            },
            opts=opts,
        )
