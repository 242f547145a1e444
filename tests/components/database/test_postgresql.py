from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from stackwright.claims import Layer, SecretStoreClaim
from stackwright.contracts import SecretStore
from stackwright.database.logins import DatabaseConsumer
from stackwright.database.postgresql.component import Postgresql
from stackwright.database.postgresql.settings import PostgresqlSettings
from stackwright.plan.graph import Resource
from stackwright.scope import Scope

PASSWORD = {"from": "kubernetes", "namespace": "vault", "name": "postgresql", "key": "password"}
SETTINGS: dict[str, Any] = {
    "host": "postgres.example.com",
    "administrator": {"username": "boss", "password": PASSWORD},
}

Make = Callable[..., Mapping[str, Resource]]


@pytest.fixture
def database(scope: Scope, in_cluster: Any) -> Make:
    def make(**settings: Any) -> Mapping[str, Resource]:
        def program(opts: Any) -> None:
            chosen: Any = {**SETTINGS, **settings}
            Postgresql(
                "database",
                {
                    "scope": scope,
                    "settings": chosen,
                    "secrets": SecretStore(store="acme-ml-prod-secrets"),
                    "consumers": {
                        "tracking-backend": DatabaseConsumer(
                            database="mlflow", namespace="acme-ml-prod-tracking"
                        )
                    },
                },
                opts,
            )

        made: Mapping[str, Resource] = in_cluster(program)
        return made

    return make


def test_the_administrators_password_comes_from_where_it_is_kept(database: Make) -> None:
    (entry,) = database()["database-administrator"].inputs["spec"]["data"]
    assert entry["remoteRef"] == {"key": "postgresql", "property": "password"}
    assert entry["sourceRef"]["storeRef"]["name"] == "acme-ml-prod-secrets-k8s-vault"


def test_databases_are_named_after_the_environment(database: Make) -> None:
    job = database()["database-tracking-backend-job"].inputs
    assert job["metadata"]["labels"]["stackwright.dev/login"] == "acme_ml_prod_tracking_mlflow"


def test_the_job_connects_where_the_settings_say(database: Make) -> None:
    job = database(port=6432, sslmode="verify-full")["database-tracking-backend-job"].inputs
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert {item["name"]: item["value"] for item in container["env"]} == {
        "PGPORT": "6432",
        "PGUSER": "boss",
        "PGDATABASE": "postgres",
        "PGSSLMODE": "verify-full",
        "PGCONNECT_TIMEOUT": "10",
        "PGSSLROOTCERT": "system",
        "PGHOST": "postgres.example.com",
        "LOGIN": "acme_ml_prod_tracking_mlflow",
    }


def test_the_secret_store_is_told_what_will_be_read() -> None:
    settings = PostgresqlSettings.model_validate({"kind": "postgresql", **SETTINGS})
    claim = settings.claims(Layer.PLATFORM)["secrets"]
    assert isinstance(claim, SecretStoreClaim)
    assert claim.references == (settings.administrator.password,)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sslmode": "disable"},
        {"port": 0},
        {"host": "https://postgres.example.com"},
        {"administrator": {"username": "boss", "password": "hunter2"}},
        {"administrator": {"username": "boss; DROP", "password": PASSWORD}},
    ],
    ids=["no TLS", "no port", "a URL", "a written password", "a name with a space"],
)
def test_what_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PostgresqlSettings.model_validate_json(
            json.dumps({"kind": "postgresql", **SETTINGS, **wrong})
        )
