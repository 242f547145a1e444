"""Amazon RDS as components: the server in the account, and its logins from inside the cluster."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi import Input, Output

from stackwright import outputs
from stackwright.aws.key import encryption_key
from stackwright.aws.logs import log_encryption
from stackwright.component import ToolComponent
from stackwright.contracts import (
    KubernetesCluster,
    Network,
    RelationalDatabase,
    SecretSource,
    SecretStore,
)
from stackwright.database.logins import DatabaseConsumer, Logins, Server
from stackwright.database.rds import server
from stackwright.database.rds.settings import RdsSettings
from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.secrets import secret_source
from stackwright.scope import Scope
from stackwright.secret_reference import AwsSecretsManagerReference


class RdsSettingsArgs(TypedDict):
    """Settings of Amazon RDS."""

    engine_version: NotRequired[str]
    """Major version of PostgreSQL: 16, 17 or 18. Default 17."""
    instance_class: NotRequired[str]
    """RDS instance class. Default db.m7g.large."""
    allocated_gib: NotRequired[int]
    """Storage at the start in GiB. Default 50."""
    max_allocated_gib: NotRequired[int]
    """Storage in GiB up to which RDS grows by itself. Default 500."""
    multi_az: NotRequired[bool]
    """True keeps a standby in another zone. Default true."""
    backup_days: NotRequired[int]
    """Days for which any moment can be brought back. Default 30."""
    deletion_protection: NotRequired[bool]
    """True keeps RDS from deleting the server. Default true."""
    log_retention_days: NotRequired[int]
    """Days that the server's logs are kept. Default 365."""
    tags: NotRequired[dict[str, str]]
    """AWS tags for every resource, besides those of the platform."""
    scheduling: NotRequired[dict[str, Any]]
    """Which nodes the jobs run on: `node_selector`, `tolerations`, `priority_class`."""
    labels: NotRequired[dict[str, str]]
    """Labels for every object in the cluster."""
    annotations: NotRequired[dict[str, str]]
    """Annotations for every object in the cluster."""


class RdsArgs(TypedDict):
    """Arguments of Rds."""

    scope: Scope
    """Environment that the server belongs to."""
    settings: NotRequired[RdsSettingsArgs]
    """What is configured; defaults are secure."""
    network: Network
    """Network that the server stands in."""
    cluster: KubernetesCluster
    """Cluster whose nodes may connect."""


class Rds(ToolComponent[RdsSettings]):
    """Amazon RDS: one PostgreSQL server for the platform's databases."""

    _settings_class = RdsSettings

    host: Output[str]
    """Host name of the server."""
    master_secret_arn: Output[str]
    """ARN of the secret that RDS keeps the master user's password in."""
    key_arn: Output[str]
    """ARN of the key for storage, logs and the master user's secret."""

    def __init__(
        self, name: str, args: RdsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        scope, settings = self._scope, self._settings
        groups = [server.log_group_name(scope, name, log) for log in server.LOGS]
        key = encryption_key(
            f"{name}-key",
            scope,
            name,
            statements=[log_encryption(scope, *groups)],
            opts=self.child(),
            tags=settings.tags,
        )
        self.key_arn = key.arn
        network, cluster, child = args["network"], args["cluster"], self.child
        access = server.security_group(name, scope, settings, network, cluster, child)
        subnet_ids = network["private_subnet_ids"]
        database = server.server(
            name,
            scope,
            settings,
            key_arn=key.arn,
            subnets=server.subnet_group(name, scope, settings, subnet_ids, child).name,
            parameters=server.parameter_group(name, settings, child).name,
            security_group_id=access.id,
            monitoring_role_arn=server.monitoring_role(name, scope, settings.tags, child).arn,
            opts=self.child(
                protect=True,
                depends_on=server.log_groups(name, scope, settings, key, child),
            ),
        )
        self.host = database.address
        self.master_secret_arn = outputs.element(database.master_user_secrets, 0, "secret_arn")
        self.register()

    def handover(self) -> Mapping[str, Input[str]]:
        """Return where the server is, and where its master user's password is kept."""
        return {
            "host": self.host,
            "master_secret": self.master_secret_arn,
            "policy": server.secret_policy(self._scope, self.master_secret_arn, self.key_arn),
        }


class RdsHandover(TypedDict):
    """What the account's part of RDS gives the platform's part."""

    host: Input[str]
    """Host name of the server."""
    master_secret: Input[str]
    """ARN of the secret that RDS keeps the master user's password in."""
    policy: Input[str]
    """IAM policy in JSON that allows reading that secret."""


class RdsLoginsArgs(TypedDict):
    """Arguments of RdsLogins."""

    scope: Scope
    """Environment that the server belongs to."""
    settings: NotRequired[RdsSettingsArgs]
    """What is configured, as for the server itself."""
    cluster: NotRequired[KubernetesCluster]
    """Cluster that the jobs run in; the provider in the resource options decides."""
    foundation: RdsHandover
    """What the account's part gives."""
    secrets: SecretStore
    """Brings the master user's password into the namespace of the jobs."""
    consumers: NotRequired[dict[str, DatabaseConsumer]]
    """Who keeps data here, by name; each gets its own database, role and password."""


class RdsLogins(ToolComponent[RdsSettings]):
    """Databases and roles on an RDS server: one of each per consumer."""

    _settings_class = RdsSettings

    host: Output[str]
    """Host name of the server."""

    def __init__(
        self, name: str, args: RdsLoginsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        self.host = Output.from_input(args["foundation"]["host"])
        self._logins = Logins(
            name,
            ObjectNames(self._scope, name, self._settings),
            Server(
                host=args["foundation"]["host"],
                port=server.PORT,
                username=server.ADMINISTRATOR,
                password=_master_password(args["foundation"], args["secrets"]),
                sslmode="require",
            ),
            consumers=args.get("consumers", {}),
            secrets=args["secrets"],
            child=self.child,
        )
        self.register()

    def binding(self, consumer: str) -> RelationalDatabase:
        """Return the consumer's database."""
        return self._logins.binding(consumer)


def _master_password(foundation: RdsHandover, secrets: SecretStore) -> SecretSource:
    """Return where the master user's password is kept: RDS chose the secret's name."""
    kept = secret_source(AwsSecretsManagerReference(name="rds", key="password"), secrets)
    return {**kept, "key": foundation["master_secret"]}
