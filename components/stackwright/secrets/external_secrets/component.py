"""External Secrets Operator as a component: one Helm release, one store per place of secrets."""

from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi import Output
from pulumi_kubernetes.helm.v3 import Release
from pydantic import TypeAdapter

from stackwright.component import ToolComponent
from stackwright.contracts import KubernetesCluster, SecretStore, WorkloadIdentity
from stackwright.errors import StackwrightError
from stackwright.kubernetes.namespace import (
    cluster_api_egress,
    identity_egress,
    isolated_namespace,
    network_policy,
    webhook_ingress,
)
from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.releases import Chart, chart_placement, helm_release, image
from stackwright.kubernetes.secret_store import cluster_secret_store, namespace_store
from stackwright.kubernetes.workloads import resources
from stackwright.scope import Scope
from stackwright.secret_reference import (
    AWS_SUFFIX,
    KUBERNETES_SUFFIX,
    AwsSecretsManagerReference,
    EnvironmentReference,
    KubernetesReference,
    SecretReference,
)
from stackwright.secrets.external_secrets.settings import SERVICE_ACCOUNT, ExternalSecretsSettings

CHART = Chart("external-secrets", "https://charts.external-secrets.io")

IMAGE = "ghcr.io/external-secrets/external-secrets"

WEBHOOK_PORT = 10250
"""Port of the pods behind the validating webhook (the chart's `webhook.port`)."""


Reference = AwsSecretsManagerReference | KubernetesReference | EnvironmentReference

_REFERENCE: TypeAdapter[Reference] = TypeAdapter(SecretReference)


class ExternalSecretsSettingsArgs(TypedDict):
    """Settings of External Secrets Operator."""

    replicas: NotRequired[int]
    """How many controllers run; one works, the others wait. Default 1."""
    aws_region: NotRequired[str]
    """Region of AWS Secrets Manager; absent for that of the target."""
    install: NotRequired[bool]
    """False uses the operator that is in the cluster. Default true."""
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


class SecretStoreConsumer(TypedDict):
    """Who reads secrets."""

    references: NotRequired[list[dict[str, str]]]
    """Secrets that are read: each says `from` where, and the secret's name there."""
    cloud: NotRequired[bool]
    """True for who reads a secret that the cloud itself keeps, such as a database's."""
    namespace: NotRequired[str]
    """Namespace that they are brought into; absent for who lives in none."""


class ExternalSecretsArgs(TypedDict):
    """Arguments of ExternalSecrets."""

    scope: Scope
    """Environment that secrets are brought into."""
    settings: NotRequired[ExternalSecretsSettingsArgs]
    """What is configured; defaults are secure."""
    cluster: NotRequired[KubernetesCluster]
    """Cluster that it runs in; the provider in the resource options decides."""
    identity: NotRequired[WorkloadIdentity]
    """Cloud role of the operator; absent outside a cloud."""
    consumers: NotRequired[dict[str, SecretStoreConsumer]]
    """Who reads secrets, by name."""


class ExternalSecrets(ToolComponent[ExternalSecretsSettings]):
    """External Secrets Operator: secrets come from where they are kept, never through Pulumi."""

    _settings_class = ExternalSecretsSettings

    store: Output[str]
    """Begin of the names of the ClusterSecretStores."""

    def __init__(
        self, name: str, args: ExternalSecretsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        self._names = ObjectNames(self._scope, name, self._settings)
        self._readers = [
            reader for reader in args.get("consumers", {}).values() if "namespace" in reader
        ]
        home = isolated_namespace(name, self._names, opts=self.child())
        after: list[pulumi.Resource] = [home]
        # The namespace's name is the begin of the stores' names. Read from the release, it comes
        # after the operator.
        self.store = home.metadata["name"]
        if self._settings.install:
            self._traffic(self.child(depends_on=[home]))
            release = self._release(self.child(depends_on=[home]))
            self.store = Output.format("{0}", release.namespace)
            after.append(release)
        if self._readers:
            self._stores(self.child(depends_on=after))
        self.register()

    def binding(self, consumer: str) -> SecretStore:
        """Return the begin of the stores' names."""
        return SecretStore(store=self.store)

    def _release(self, opts: pulumi.ResourceOptions) -> Release:
        settings = self._settings
        pod = {
            "image": {"repository": image(IMAGE, self._scope)},
            "resources": resources("50m", "128Mi"),
            "priorityClassName": settings.scheduling.priority_class,
        }
        replicas = {
            "replicaCount": settings.replicas,
            "podDisruptionBudget": {"enabled": settings.replicas > 1},
        }
        return helm_release(
            f"{self._instance}-release",
            CHART,
            scope=self._scope,
            settings=settings,
            release_name=CHART.name,
            namespace=self._names.namespace,
            values={
                "installCRDs": True,
                # Without its definition every secret that was brought in would go.
                "crds": {"annotations": {"helm.sh/resource-policy": "keep"}},
                "global": chart_placement(settings),
                "commonLabels": {**self._scope.get("labels", {}), **settings.labels},
                **pod,
                **replicas,
                "leaderElect": settings.replicas > 1,
                "serviceAccount": {"name": SERVICE_ACCOUNT},
                # Without it the API server refuses every change of an ExternalSecret.
                "webhook": {**pod, **replicas, "port": WEBHOOK_PORT},
                "certController": pod,
            },
            opts=opts,
        )

    def _traffic(self, opts: pulumi.ResourceOptions) -> None:
        network_policy(
            self._instance,
            self._names,
            pods={},
            ingress=[webhook_ingress(WEBHOOK_PORT)],
            egress=[cluster_api_egress(), identity_egress()],
            opts=opts,
        )

    def _stores(self, opts: pulumi.ResourceOptions) -> None:
        from_cloud: set[str] = set()
        secrets: dict[str, set[str]] = {}
        from_namespace: dict[str, set[str]] = {}
        for reader in self._readers:
            if reader.get("cloud"):
                from_cloud.add(reader["namespace"])
            for reference in _references(reader):
                if isinstance(reference, KubernetesReference):
                    secrets.setdefault(reference.namespace, set()).add(reference.name)
                    readers = from_namespace.setdefault(reference.namespace, set())
                    readers.add(reader["namespace"])
                elif reference.store_suffix() == AWS_SUFFIX:
                    from_cloud.add(reader["namespace"])
        if from_cloud:
            self._aws_store(from_cloud, opts)
        for namespace in sorted(secrets):
            suffix = f"{KUBERNETES_SUFFIX}-{namespace}"
            namespace_store(
                f"{self._instance}-{suffix}",
                self._names,
                f"{self._names.namespace}-{suffix}",
                secrets=secrets[namespace],
                readers=from_namespace[namespace],
                namespace=namespace,
                opts=opts,
            )

    def _aws_store(self, readers: set[str], opts: pulumi.ResourceOptions) -> None:
        region = self._settings.aws_region or self._scope.get("region", "")
        if not region:
            raise StackwrightError(
                f"{self._instance}: a secret is kept in AWS Secrets Manager and no region is known;"
                " write aws_region."
            )
        # Without `auth` External Secrets reads with its own cloud role.
        cluster_secret_store(
            f"{self._instance}-aws-store",
            self._names,
            f"{self._names.namespace}-{AWS_SUFFIX}",
            provider={"aws": {"service": "SecretsManager", "region": region}},
            readers=readers,
            opts=opts,
        )


def _references(reader: SecretStoreConsumer) -> list[Reference]:
    return [_REFERENCE.validate_python(item) for item in reader.get("references", [])]
