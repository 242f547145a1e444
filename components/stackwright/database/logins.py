"""Logins are databases and roles on a PostgreSQL server that has an administrator.

Each consumer gets a database, the role that owns it and a password of its own. External Secrets
makes the password in the cluster; a Job brings it to the server. Pulumi sees neither that password
nor the administrator's.
"""

from collections.abc import Callable, Mapping
from typing import TypedDict

import pulumi
from pulumi import Output
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.batch.v1 import Job

from stackwright import naming
from stackwright.contracts import RelationalDatabase, SecretSource, SecretStore
from stackwright.database.login_job import (
    ADMINISTRATOR_SECRET,
    COMPONENT,
    LOGIN_LABEL,
    PASSWORD_FILE,
    Server,
    login_job,
)
from stackwright.kubernetes.namespace import (
    isolated_namespace,
    network_policy,
    outside_egress,
    to_namespaces,
)
from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.secret_store import namespace_store
from stackwright.kubernetes.secrets import external_secret, generated_password
from stackwright.kubernetes.workloads import service_account

__all__ = ["DatabaseConsumer", "Logins", "Server", "login_name"]

Options = Callable[..., pulumi.ResourceOptions]


class DatabaseConsumer(TypedDict):
    """Who keeps data in a database."""

    database: str
    """What the database is for, such as `mlflow`: the end of its name."""
    namespace: str
    """Namespace that the password is read from."""


def login_name(consumer: str, database: str, prefix: str = "") -> str:
    """Return the name of a consumer's database and of its role.

    It begins with the consumer's instance: two instances of one tool share a server.

    Args:
        consumer: Name of the consumer, which ends with a hyphen and the claim's name.
        database: What the database is for.
        prefix: Begin of the name, where a server has the databases of others too.
    """
    instance = consumer.rpartition("-")[0] or consumer
    parts = [part for part in (prefix, instance, database) if part]
    return "_".join(parts).replace("-", "_")


class Logins:
    """The databases and roles of all consumers of one server."""

    def __init__(
        self,
        name: str,
        names: ObjectNames,
        server: Server,
        *,
        consumers: Mapping[str, DatabaseConsumer],
        secrets: SecretStore,
        child: Options,
    ) -> None:
        """Make the instance's namespace, and in it a password and a Job for each consumer.

        Args:
            name: Name that the resources' names begin with.
            names: Names and labels of the instance.
            server: Where the databases are made.
            consumers: Who gets one, by name.
            secrets: The secret store.
            child: Returns the options of a resource.
        """
        self._name, self._names, self._server = name, names, server
        self._secrets, self._child = secrets, child
        self._consumers = consumers
        namespace = isolated_namespace(name, names, opts=child())
        self._inside = child(depends_on=[namespace])
        self._before: list[pulumi.Resource] = [
            self._administrator(),
            self._traffic(),
            service_account(name, names, COMPONENT, opts=self._inside),
        ]
        self._jobs: dict[str, Job] = {}
        for key in sorted(consumers):
            self._login(key)

    def binding(self, consumer: str) -> RelationalDatabase:
        """Return a consumer's database.

        Its name is read from the Job, so that the consumer comes after the Job has ended.
        """
        login = Output.format("{0}", self._jobs[consumer].metadata["labels"][LOGIN_LABEL])
        given = RelationalDatabase(
            host=self._server.host,
            port=str(self._server.port),
            database=login,
            username=login,
            password=SecretSource(store=self._store(consumer), key=consumer, property="password"),
            sslmode=self._server.sslmode,
        )
        if self._server.sslrootcert:
            given["sslrootcert"] = self._server.sslrootcert
        return given

    def _administrator(self) -> CustomResource:
        return external_secret(
            f"{self._name}-administrator",
            self._names,
            ADMINISTRATOR_SECRET,
            {"password": self._server.password},
            template={"pgpass": PASSWORD_FILE},
            opts=self._inside,
        )

    def _traffic(self) -> pulumi.Resource:
        port = self._server.port
        return network_policy(
            self._name,
            self._names,
            component=COMPONENT,
            egress=[outside_egress(port), to_namespaces({}, port)],
            opts=self._inside,
        )

    def _login(self, key: str) -> None:
        consumer = self._consumers[key]
        name = f"{self._name}-{key}"
        login = login_name(key, consumer["database"], self._server.prefix)
        password = generated_password(
            f"{name}-password",
            self._names,
            key,
            username=login,
            secrets=self._secrets,
            opts=self._inside,
        )
        store = namespace_store(
            name,
            self._names,
            self._store(key),
            secrets=[key],
            readers=[consumer["namespace"]],
            after=self._secrets["store"],
            opts=self._inside,
        )
        # The store comes first too: a consumer reads from it, and waits for the Job only.
        self._jobs[key] = login_job(
            f"{name}-job",
            self._names,
            self._server,
            secret=key,
            login=login,
            opts=self._child(depends_on=[*self._before, password, store]),
        )

    def _store(self, key: str) -> str:
        """Return the name of the store that only this consumer may use."""
        return naming.stem(self._names.scope, self._name, key)
