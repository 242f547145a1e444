"""MLflow as a component: one stateless Deployment on a database and an object store."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi import Output
from pulumi_kubernetes.apiextensions import CustomResource

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
from stackwright.kubernetes.secrets import external_secret, object_store_keys
from stackwright.kubernetes.workloads import (
    deployment,
    disruption_budget,
    probes,
    resources,
    service,
    service_account,
)
from stackwright.scope import Scope
from stackwright.tracking.mlflow.settings import SERVICE_ACCOUNT, MlflowSettings

PORT = 5000
POSTGRESQL_PORT = 5432
BACKEND_SECRET = "mlflow-backend"  # noqa: S105 - the name of a Secret, not a secret
ARTIFACTS_SECRET = "mlflow-artifacts"  # noqa: S105 - the name of a Secret, not a secret


CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
"""Public authorities in the image, where Debian keeps them."""


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
    egress_ports: NotRequired[list[int]]
    """Further TCP ports that MLflow may reach, for a database or object store elsewhere."""
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
        account = service_account(name, self._names, SERVICE_ACCOUNT, opts=inside)
        secrets = self._secrets(inside)
        server = deployment(
            name,
            self._names,
            SERVICE_ACCOUNT,
            [self._server()],
            init_containers=[self._migration()],
            replicas=self._settings.replicas,
            opts=self.child(depends_on=[account, *secrets]),
        )
        entry = service(name, self._names, PORT, opts=inside)
        self._traffic(inside)
        disruption_budget(name, self._names, opts=inside)
        if "monitoring" in args:
            after = self.child(depends_on=[entry])
            service_monitor(name, self._names, args["monitoring"], opts=after)
        self.uri = Output.format(
            "http://{0}.{1}.svc:{2}",
            entry.metadata["name"],
            server.metadata["namespace"],
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
            # The driver of MLflow's extra `db`, by name: SQLAlchemy 2.1 takes psycopg 3 otherwise.
            "postgresql+psycopg2://{0}:{1}@{2}:{3}/{4}?sslmode={5}",
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
        if keys := object_store_keys(self._args["artifacts"]):
            name = f"{self._instance}-artifacts"
            made.append(external_secret(name, self._names, ARTIFACTS_SECRET, keys, opts=opts))
        return made

    def _server(self) -> Any:
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
            **probes("/health", startup_seconds=300),
        }

    def _migration(self) -> Any:
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
            "env": [
                {"name": "POD_IP", "value_from": {"field_ref": {"field_path": "status.podIP"}}},
                *({"name": key, "value": value} for key, value in self._environment().items()),
            ],
            "env_from": sources,
            "resources": resources(settings.cpu, settings.memory),
            "volume_mounts": [{"name": "tmp", "mount_path": "/tmp"}],  # noqa: S108
        }

    def _environment(self) -> dict[str, pulumi.Input[str]]:
        artifacts = self._args["artifacts"]
        host = f"{self._instance}.{self._names.namespace}.svc"
        inside = [self._instance, host, f"{host}.cluster.local"]
        # A Host header carries the port; probes and Prometheus send the address of the pod.
        ports = [f"{name}:{PORT}" for name in (*inside, "$(POD_IP)")]
        hosts = [*inside, *ports, *self._settings.allowed_hosts]
        variables: dict[str, pulumi.Input[str]] = {
            "HOME": "/tmp",  # noqa: S108 - the only writable folder of the container
            "MLFLOW_ARTIFACTS_DESTINATION": artifacts["url"],
            "MLFLOW_SERVER_ALLOWED_HOSTS": ",".join(hosts),
            "AWS_DEFAULT_REGION": artifacts["region"],
        }
        if "endpoint" in artifacts:
            variables["MLFLOW_S3_ENDPOINT_URL"] = artifacts["endpoint"]
        if "sslrootcert" in self._args["backend"]:
            variables["PGSSLROOTCERT"] = self._args["backend"]["sslrootcert"]
            # The OpenSSL inside psycopg2-binary looks for roots where it was built.
            variables["SSL_CERT_FILE"] = CERTIFICATES
        return variables

    def _traffic(self, opts: pulumi.ResourceOptions) -> None:
        platform = platform_labels(self._scope)
        ingress = [from_namespaces(platform, PORT)]
        if "monitoring" in self._args:
            ingress.append(scrape_ingress(self._args["monitoring"], PORT))
        egress = store_egress(self._scope, POSTGRESQL_PORT, *self._settings.egress_ports)
        network_policy(self._instance, self._names, ingress=ingress, egress=egress, opts=opts)
