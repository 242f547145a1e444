"""A given PostgreSQL as a component: a database, a role and a password per consumer."""

from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi import Output

from stackwright.component import ToolComponent
from stackwright.contracts import KubernetesCluster, RelationalDatabase, SecretStore
from stackwright.database.logins import DatabaseConsumer, Logins, Server
from stackwright.database.postgresql.settings import PostgresqlSettings
from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.secrets import secret_source
from stackwright.scope import Scope


class PostgresqlAdministratorArgs(TypedDict):
    """The role that makes databases and roles."""

    username: str
    """Name of a role with the rights CREATEDB and CREATEROLE."""
    password: dict[str, str]
    """Where the role's password is kept: a secret reference."""


class PostgresqlSettingsArgs(TypedDict):
    """Settings of a given PostgreSQL."""

    host: str
    """Host name of the server, as pods reach it."""
    port: NotRequired[int]
    """TCP port of the server. Default 5432."""
    sslmode: NotRequired[str]
    """How TLS is demanded of the server: `require` or `verify-full`. Default `require`."""
    administrator: PostgresqlAdministratorArgs
    """The role that makes databases and roles."""
    scheduling: NotRequired[dict[str, Any]]
    """Which nodes the jobs run on: `node_selector`, `tolerations`, `priority_class`."""
    labels: NotRequired[dict[str, str]]
    """Labels for every object."""
    annotations: NotRequired[dict[str, str]]
    """Annotations for every object."""


class PostgresqlArgs(TypedDict):
    """Arguments of Postgresql."""

    scope: Scope
    """Environment that the databases belong to."""
    settings: PostgresqlSettingsArgs
    """Where the server is, and who administers it."""
    cluster: NotRequired[KubernetesCluster]
    """Cluster that the jobs run in; the provider in the resource options decides."""
    secrets: SecretStore
    """Brings the administrator's password into the namespace of the jobs."""
    consumers: NotRequired[dict[str, DatabaseConsumer]]
    """Who keeps data here, by name; each gets its own database, role and password."""


class Postgresql(ToolComponent[PostgresqlSettings]):
    """PostgreSQL that is already there: a database and a role for each consumer."""

    _settings_class = PostgresqlSettings

    host: Output[str]
    """Host name of the server."""

    def __init__(
        self, name: str, args: PostgresqlArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        scope, settings = self._scope, self._settings
        self.host = Output.from_input(settings.host)
        administrator = settings.administrator
        self._logins = Logins(
            name,
            ObjectNames(scope, name, settings),
            Server(
                host=settings.host,
                port=settings.port,
                username=administrator.username,
                password=secret_source(administrator.password, args["secrets"]),
                sslmode=settings.sslmode.value,
                # The server may have the databases of other environments and of others.
                prefix=f"{scope['name']}_{scope['environment']}",
            ),
            consumers=args.get("consumers", {}),
            secrets=args["secrets"],
            child=self.child,
        )
        self.register()

    def binding(self, consumer: str) -> RelationalDatabase:
        """Return the consumer's database."""
        return self._logins.binding(consumer)
