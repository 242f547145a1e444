"""SeaweedFS as a component: one Helm release, and an access key for each consumer."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi import Input, Output
from pulumi_kubernetes.apiextensions import CustomResource

from stackwright import naming
from stackwright.claims import Access
from stackwright.component import ToolComponent
from stackwright.contracts import (
    KubernetesCluster,
    Monitoring,
    ObjectStore,
    ObjectStoreCredentials,
    SecretSource,
    SecretStore,
)
from stackwright.kubernetes.metrics import scrape_ingress
from stackwright.kubernetes.namespace import (
    Rule,
    from_namespaces,
    isolated_namespace,
    network_policy,
    platform_labels,
    within_namespace,
)
from stackwright.kubernetes.objects import ObjectNames, object_name
from stackwright.kubernetes.releases import Chart, helm_release, merge_values
from stackwright.kubernetes.secret_store import namespace_store
from stackwright.kubernetes.secrets import external_secret, generated_password
from stackwright.scope import Scope
from stackwright.storage.seaweedfs import identities, values
from stackwright.storage.seaweedfs.identities import Identity
from stackwright.storage.seaweedfs.settings import Mode, SeaweedfsSettings

CHART = Chart("seaweedfs", "https://seaweedfs.github.io/seaweedfs/helm")

S3_PORT = 8333
REGION = "us-east-1"
"""What S3 clients take where a store has no regions; SeaweedFS accepts any."""

PURPOSES = ("data", "artifacts", "logs")


class SeaweedfsSettingsArgs(TypedDict):
    """Settings of SeaweedFS."""

    mode: NotRequired[str]
    """How it is laid out: `single` or `distributed`. Default distributed."""
    volume_servers: NotRequired[int]
    """How many servers keep objects in mode `distributed`. Default 3."""
    size: NotRequired[str]
    """Volume of each server that keeps objects, as a Kubernetes quantity. Default 200Gi."""
    metadata_size: NotRequired[str]
    """Volume for names and attributes of objects in mode `distributed`. Default 10Gi."""
    cpu: NotRequired[str]
    """CPU that each pod requests, as a Kubernetes quantity. Default 250m."""
    memory: NotRequired[str]
    """Memory that each pod requests and is limited to. Default 2Gi."""
    install: NotRequired[bool]
    """Always true: a store that is there is S3Compatible."""
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


class SeaweedfsConsumer(TypedDict):
    """Who keeps objects here."""

    purpose: str
    """Kind of data: `data`, `artifacts` or `logs`."""
    access: str
    """`read`, `read-write` or `read-write-all`."""
    namespace: str
    """Namespace that the access key is read from."""


class SeaweedfsArgs(TypedDict):
    """Arguments of Seaweedfs."""

    scope: Scope
    """Environment that keeps its objects here."""
    settings: NotRequired[SeaweedfsSettingsArgs]
    """What is configured; defaults are secure."""
    cluster: NotRequired[KubernetesCluster]
    """Cluster that it runs in: its storage class is used for volumes."""
    secrets: SecretStore
    """Makes the access keys."""
    monitoring: NotRequired[Monitoring]
    """Collects metrics, where there is monitoring."""
    consumers: NotRequired[dict[str, SeaweedfsConsumer]]
    """Who keeps objects here, by name; `read-write` gives a prefix, the others the bucket."""


class Seaweedfs(ToolComponent[SeaweedfsSettings]):
    """SeaweedFS: an object store in the cluster, with an access key for each consumer."""

    _settings_class = SeaweedfsSettings

    endpoint: Output[str]
    """URL of the S3 API inside the cluster."""
    namespace: Output[str]
    """Namespace that it runs in."""

    def __init__(
        self, name: str, args: SeaweedfsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        self._names = ObjectNames(self._scope, name, self._settings)
        self._args = args
        self._consumers: Mapping[str, SeaweedfsConsumer] = args.get("consumers", {})
        self._identities = self._all_identities()
        self._stores: dict[str, Output[str]] = {}
        home = isolated_namespace(name, self._names, opts=self.child())
        inside = self.child(depends_on=[home])
        file = self._identities_file(self._access_keys(inside))
        traffic = self._traffic(inside)
        self.endpoint = self._release([file, traffic])
        self.namespace = home.metadata["name"]
        self.register()

    def binding(self, consumer: str) -> ObjectStore:
        """Return the consumer's prefix in the bucket of its purpose, or the whole bucket."""
        claim = self._consumers[consumer]
        bucket = self._bucket(claim["purpose"])
        apart = claim["access"] == Access.READ_WRITE
        store = self._stores[consumer]
        return ObjectStore(
            bucket=bucket,
            url=f"s3://{bucket}/{consumer}" if apart else f"s3://{bucket}",
            region=REGION,
            endpoint=self.endpoint,
            credentials=ObjectStoreCredentials(
                access_key_id=SecretSource(store=store, key=consumer, property="username"),
                secret_access_key=SecretSource(store=store, key=consumer, property="password"),
            ),
        )

    def wiring(self) -> Mapping[str, Input[str]]:
        """Return where projects keep data and artifacts."""
        return {
            "data_url": f"s3://{self._bucket('data')}",
            "artifacts_url": f"s3://{self._bucket('artifacts')}",
            "region": REGION,
            "endpoint": self.endpoint,
        }

    def _bucket(self, purpose: str) -> str:
        return naming.stem(self._scope, self._instance, purpose)

    def _all_identities(self) -> dict[str, Identity]:
        found = [identities.administrator()]
        for consumer, claim in sorted(self._consumers.items()):
            of = identities.BY_ACCESS[Access(claim["access"])]
            found.append(of(consumer, self._bucket(claim["purpose"])))
        return {identity.name: identity for identity in found}

    def _access_keys(self, opts: pulumi.ResourceOptions) -> list[pulumi.Resource]:
        """Make an access key for each identity, and a store that only its consumer may use."""
        keys: list[pulumi.Resource] = []
        for identity in self._identities:
            name = f"{self._instance}-{identity}"
            key = generated_password(
                f"{name}-key",
                self._names,
                identity,
                username=identity,
                secrets=self._args["secrets"],
                opts=opts,
            )
            keys.append(key)
            if identity in self._consumers:
                reader = self._consumers[identity]["namespace"]
                self._stores[identity] = self._store(identity, [identity], reader, [key])
        return keys

    def _store(
        self, purpose: str, secrets: list[str], reader: str, after: list[pulumi.Resource]
    ) -> Output[str]:
        store = namespace_store(
            f"{self._instance}-{purpose}",
            self._names,
            naming.stem(self._scope, self._instance, purpose),
            secrets=secrets,
            readers=[reader],
            after=self._args["secrets"]["store"],
            opts=self.child(depends_on=after),
        )
        return object_name(store)

    def _identities_file(self, keys: list[pulumi.Resource]) -> CustomResource:
        every = list(self._identities)
        store = self._store("identities", every, self._names.namespace, keys)
        return external_secret(
            f"{self._instance}-identities",
            self._names,
            identities.secret_name(self._identities),
            {
                identity.variable: SecretSource(store=store, key=name, property="password")
                for name, identity in self._identities.items()
            },
            template={identities.CONFIG_KEY: identities.template(self._identities)},
            opts=self.child(),
        )

    def _release(self, after: list[pulumi.Resource]) -> Output[str]:
        """Install the chart; return the endpoint, known once it is there."""
        given = merge_values(
            values.common(self._scope, self._settings),
            values.layout(
                self._settings,
                [self._bucket(purpose) for purpose in PURPOSES],
                identities.secret_name(self._identities),
                self._claim(),
            ),
        )
        release = helm_release(
            f"{self._instance}-release",
            CHART,
            scope=self._scope,
            settings=self._settings,
            release_name=CHART.name,
            namespace=self._names.namespace,
            values=merge_values(given, self._monitoring()),
            # Objects do not move to another layout. Only so does the engine see that they are lost.
            opts=self.child(
                protect=True,
                depends_on=after,
                replacement_trigger=self._settings.mode.value,
                delete_before_replace=True,
            ),
        )
        part = "all-in-one" if self._settings.mode is Mode.SINGLE else "s3"
        return Output.format(
            "http://{0}-{1}.{2}.svc:{3}", release.name, part, release.namespace, S3_PORT
        )

    def _claim(self) -> dict[str, Any]:
        claim: dict[str, Any] = {"type": "persistentVolumeClaim"}
        cluster = self._args.get("cluster")
        if cluster is not None and "storage_class" in cluster:
            claim["storageClass"] = cluster["storage_class"]
        return claim

    def _monitoring(self) -> dict[str, Any]:
        if "monitoring" not in self._args:
            return {}
        labels = {"release": self._args["monitoring"]["label"]}
        monitors = {"enabled": True, "additionalLabels": labels}
        return {"global": {"seaweedfs": {"monitoring": monitors}}}

    def _traffic(self, opts: pulumi.ResourceOptions) -> pulumi.Resource:
        within = within_namespace()
        ingress: list[Rule] = [within, from_namespaces(platform_labels(self._scope), S3_PORT)]
        if "monitoring" in self._args:
            ingress.append(scrape_ingress(self._args["monitoring"], values.METRICS_PORT))
        return network_policy(
            self._instance,
            self._names,
            pods={},
            ingress=ingress,
            egress=[{"to": within["from_"]}],
            opts=opts,
        )
