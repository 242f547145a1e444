"""CloudNativePG as a component: the operator, a group of servers, a database per consumer."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi import Output
from pulumi_kubernetes.apiextensions import CustomResource

from stackwright import naming
from stackwright.component import ToolComponent
from stackwright.contracts import (
    KubernetesCluster,
    Monitoring,
    RelationalDatabase,
    SecretSource,
    SecretStore,
)
from stackwright.database.cloudnative_pg import server
from stackwright.database.cloudnative_pg.operator import STATUS_PORT, operator
from stackwright.database.cloudnative_pg.settings import CloudnativePgSettings
from stackwright.database.logins import DatabaseConsumer, login_name
from stackwright.kubernetes.metrics import API_VERSION, INTERVAL, scrape_ingress
from stackwright.kubernetes.namespace import (
    Rule,
    cluster_api_egress,
    from_namespaces,
    isolated_namespace,
    network_policy,
    within_namespace,
)
from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.secret_store import namespace_store
from stackwright.kubernetes.secrets import generated_password
from stackwright.scope import Scope

SERVER_METRICS_PORT = 9187


class CloudnativePgSettingsArgs(TypedDict):
    """Settings of CloudNativePG."""

    instances: NotRequired[int]
    """How many servers run: one is written to, the others stand by. Default 1."""
    storage_gib: NotRequired[int]
    """Volume of each server in GiB; it can grow and never shrinks. Default 10."""
    postgresql_version: NotRequired[str]
    """Major version of PostgreSQL: 16, 17 or 18. Default 17."""
    cpu: NotRequired[str]
    """CPU that each server requests, as a Kubernetes quantity. Default 500m."""
    memory: NotRequired[str]
    """Memory that each server requests and is limited to. Default 1Gi."""
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


class CloudnativePgArgs(TypedDict):
    """Arguments of CloudnativePg."""

    scope: Scope
    """Environment that the servers belong to."""
    settings: NotRequired[CloudnativePgSettingsArgs]
    """What is configured; defaults are secure."""
    cluster: NotRequired[KubernetesCluster]
    """Cluster that it runs in: its storage class is used for volumes."""
    secrets: SecretStore
    """Makes the passwords."""
    monitoring: NotRequired[Monitoring]
    """Collects metrics, where there is monitoring."""
    consumers: NotRequired[dict[str, DatabaseConsumer]]
    """Who keeps data here, by name; each gets its own database, role and password."""


class CloudnativePg(ToolComponent[CloudnativePgSettings]):
    """CloudNativePG: PostgreSQL in the cluster with standbys, run by an operator."""

    _settings_class = CloudnativePgSettings

    host: Output[str]
    """Host name of the server that is written to."""

    def __init__(
        self, name: str, args: CloudnativePgArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        self._names = ObjectNames(self._scope, name, self._settings)
        self._args = args
        self._consumers: Mapping[str, DatabaseConsumer] = args.get("consumers", {})
        self._logins = {
            key: login_name(key, self._consumers[key]["database"])
            for key in sorted(self._consumers)
        }
        home = isolated_namespace(name, self._names, opts=self.child())
        self._inside = self.child(depends_on=[home])
        self._traffic()
        before = [self._password(key) for key in self._logins]
        servers = self._servers([home, *self._operator(), *before])
        self._databases = {key: self._database(key, servers) for key in self._logins}
        if "monitoring" in args:
            self._monitor(args["monitoring"])
        self.host = Output.format("{0}-rw.{1}.svc", name, home.metadata["name"])
        self.register()

    def binding(self, consumer: str) -> RelationalDatabase:
        """Return the consumer's database."""
        login = self._logins[consumer]
        return RelationalDatabase(
            host=self.host,
            port=str(server.PORT),
            # Nothing of the custom resource is shown: its name is what makes the consumer wait.
            database=Output.format("{0}{1:.0}", login, self._databases[consumer].id),
            username=login,
            password=SecretSource(store=self._store(consumer), key=consumer, property="password"),
            sslmode="require",
        )

    def _operator(self) -> list[pulumi.Resource]:
        if not self._settings.install:
            return []
        name = f"{self._instance}-operator"
        names = ObjectNames(self._scope, name, self._settings)
        return [operator(name, names, self._settings, self._args.get("monitoring"), self.child)]

    def _password(self, key: str) -> CustomResource:
        secrets = self._args["secrets"]
        return generated_password(
            f"{self._instance}-{key}-password",
            self._names,
            key,
            username=self._logins[key],
            secrets=secrets,
            opts=self._inside,
        )

    def _servers(self, before: list[pulumi.Resource]) -> CustomResource:
        return server.servers(
            self._instance,
            self._names,
            self._settings,
            roles=self._logins,
            cluster=self._args.get("cluster"),
            opts=self.child(depends_on=before, protect=True),
        )

    def _database(self, key: str, servers: CustomResource) -> CustomResource:
        name = f"{self._instance}-{key}"
        store = namespace_store(
            name,
            self._names,
            self._store(key),
            secrets=[key],
            readers=[self._consumers[key]["namespace"]],
            after=self._args["secrets"]["store"],
            opts=self._inside,
        )
        return server.database(
            f"{name}-database",
            self._names,
            key,
            self._logins[key],
            opts=self.child(depends_on=[servers, store], protect=True),
        )

    def _store(self, key: str) -> str:
        """Return the name of the store that only this consumer may use."""
        return naming.stem(self._scope, self._instance, key)

    def _traffic(self) -> None:
        within = within_namespace()
        readers = sorted({consumer["namespace"] for consumer in self._consumers.values()})
        ingress: list[Rule] = [within, self._operator_ingress()]
        for namespace in readers:
            place = {"kubernetes.io/metadata.name": namespace}
            ingress.append(from_namespaces(place, server.PORT))
        if "monitoring" in self._args:
            ingress.append(scrape_ingress(self._args["monitoring"], SERVER_METRICS_PORT))
        network_policy(
            self._instance,
            self._names,
            pods={},
            ingress=ingress,
            egress=[{"to": within["from_"]}, cluster_api_egress()],
            opts=self._inside,
        )

    def _operator_ingress(self) -> Rule:
        # Where an operator that is not ours runs is unknown.
        place = (
            {
                "kubernetes.io/metadata.name": naming.namespace(
                    self._scope, f"{self._instance}-operator"
                )
            }
            if self._settings.install
            else {}
        )
        return from_namespaces(place, STATUS_PORT)

    def _monitor(self, monitoring: Monitoring) -> None:
        CustomResource(
            f"{self._instance}-pod-monitor",
            api_version=API_VERSION,
            kind="PodMonitor",
            metadata=self._names.metadata(self._instance, labels={"release": monitoring["label"]}),
            spec={
                "selector": {"matchLabels": {"cnpg.io/cluster": self._instance}},
                "podMetricsEndpoints": [{"port": "metrics", "interval": INTERVAL}],
            },
            opts=self._inside,
        )
