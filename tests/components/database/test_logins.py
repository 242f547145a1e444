from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest

from stackwright.contracts import RelationalDatabase, SecretSource, SecretStore
from stackwright.database.login_job import SCRIPT
from stackwright.database.logins import DatabaseConsumer, Logins, Server, login_name
from stackwright.database.rds.settings import RdsSettings
from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.secrets import external_secret
from stackwright.plan.graph import Resource
from stackwright.scope import Scope

SERVER = Server(
    host="db.example.com",
    username="platform_admin",
    password=SecretSource(store="acme-ml-prod-secrets-aws", key="rds!db-1", property="password"),
)
TRACKING = {
    "tracking-backend": DatabaseConsumer(database="mlflow", namespace="acme-ml-prod-tracking")
}
ORCHESTRATION = {
    "flows-backend": DatabaseConsumer(database="prefect", namespace="acme-ml-prod-flows")
}

Make = Callable[..., Mapping[str, Resource]]


@pytest.fixture
def logins(scope: Scope, in_cluster: Any) -> Make:
    """Make logins; with `reader`, also a Secret that holds what a consumer is given."""

    def make(
        consumers: Mapping[str, DatabaseConsumer],
        server: Server = SERVER,
        where: Scope = scope,
        reader: str = "",
        **settings: Any,
    ) -> Mapping[str, Resource]:
        def program(opts: Any) -> None:
            made = Logins(
                "database",
                ObjectNames(where, "database", RdsSettings(kind="rds", **settings)),
                server,
                consumers=consumers,
                secrets=SecretStore(store="acme-ml-prod-secrets"),
                child=lambda **more: pulumi.ResourceOptions.merge(
                    pulumi.ResourceOptions(provider=opts.providers[0]),
                    pulumi.ResourceOptions(**more),
                ),
            )
            if reader:
                _read(made.binding(reader), where, opts)

        found: Mapping[str, Resource] = in_cluster(program)
        return found

    return make


def _read(given: RelationalDatabase, scope: Scope, opts: Any) -> None:
    external_secret(
        "reader",
        ObjectNames(scope, "tracking", RdsSettings(kind="rds")),
        "backend",
        {"password": given["password"]},
        template={"database": given["database"], "sslmode": given["sslmode"]},
        opts=pulumi.ResourceOptions(provider=opts.providers[0]),
    )


def container(made: Mapping[str, Resource]) -> Mapping[str, Any]:
    (found,) = pod(made)["containers"]
    return dict(found)


def pod(made: Mapping[str, Resource]) -> Mapping[str, Any]:
    return dict(made["database-tracking-backend-job"].inputs["spec"]["template"]["spec"])


def variables(made: Mapping[str, Resource]) -> dict[str, Any]:
    return {item["name"]: item["value"] for item in container(made)["env"]}


def test_a_login_is_made_of_these_resources(logins: Make) -> None:
    assert sorted(logins(TRACKING)) == [
        "cluster",
        "database-account",
        "database-administrator",
        "database-deny-all",
        "database-namespace",
        "database-network-policy",
        "database-tracking-backend-account",
        "database-tracking-backend-job",
        "database-tracking-backend-password",
        "database-tracking-backend-password-generator",
        "database-tracking-backend-role",
        "database-tracking-backend-role-binding",
        "database-tracking-backend-store",
    ]


def test_the_password_is_generated_once(logins: Make) -> None:
    spec = logins(TRACKING)["database-tracking-backend-password"].inputs["spec"]
    assert spec["refreshPolicy"] == "CreatedOnce"
    assert spec["target"]["name"] == "tracking-backend"
    assert spec["target"]["template"]["data"]["username"] == "tracking_mlflow"


def test_passwords_are_files_and_never_arguments_or_variables(logins: Make) -> None:
    made = logins(TRACKING)
    assert container(made)["command"] == ["sh", "-ceu", SCRIPT]
    assert not [name for name in variables(made) if "PASSWORD" in name]
    assert [volume.get("secret", {}).get("secretName") for volume in pod(made)["volumes"]] == [
        None,
        "administrator",
        "tracking-backend",
    ]
    # The password is a line of psql's input; `\password` sends only its hash.
    assert "\\password :login" in SCRIPT
    assert "ALTER ROLE" not in SCRIPT
    assert "PGPASSFILE" in SCRIPT


def test_the_administrators_password_file_escapes_colon_and_backslash(logins: Make) -> None:
    spec = logins(TRACKING)["database-administrator"].inputs["spec"]
    template = spec["target"]["template"]["data"]["pgpass"]
    assert template == r'*:*:*:*:{{ .password | replace "\\" "\\\\" | replace ":" "\\:" }}'
    assert spec["data"][0]["remoteRef"] == {"key": "rds!db-1", "property": "password"}


def test_nobody_else_may_connect_to_a_database() -> None:
    assert 'REVOKE CONNECT, TEMPORARY ON DATABASE :"login" FROM PUBLIC;' in SCRIPT


def test_the_job_demands_tls(logins: Make) -> None:
    made = variables(logins(TRACKING))
    assert made["PGSSLMODE"] == "require"
    assert "PGSSLROOTCERT" not in made


def test_a_verified_server_is_checked_by_public_authorities(logins: Make) -> None:
    server = Server(
        host="db.example.com",
        username="platform_admin",
        password=SERVER.password,
        sslmode="verify-full",
    )
    made = variables(logins(TRACKING, server))
    assert (made["PGSSLMODE"], made["PGSSLROOTCERT"]) == ("verify-full", "system")


def test_the_job_passes_the_restricted_pod_security_standard(logins: Make) -> None:
    made = logins(TRACKING)
    security = container(made)["securityContext"]
    assert security["allowPrivilegeEscalation"] is False
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert security["readOnlyRootFilesystem"] is True
    assert pod(made)["securityContext"]["runAsNonRoot"] is True
    assert pod(made)["serviceAccountName"] == "logins"
    assert pod(made)["automountServiceAccountToken"] is False


def test_the_job_reaches_the_server_and_nothing_else(logins: Make) -> None:
    spec = logins(TRACKING)["database-network-policy"].inputs["spec"]
    assert spec["policyTypes"] == ["Egress"]
    assert [rule["ports"] for rule in spec["egress"]] == [[{"port": 5432, "protocol": "TCP"}]] * 2
    labels = logins(TRACKING)["database-tracking-backend-job"].inputs["spec"]["template"]
    assert spec["podSelector"]["matchLabels"].items() <= labels["metadata"]["labels"].items()


def test_the_store_opens_one_secret_to_one_namespace(logins: Make) -> None:
    made = logins({**TRACKING, **ORCHESTRATION})
    role = made["database-tracking-backend-role"].inputs
    store = made["database-tracking-backend-store"].inputs
    assert role["rules"][0] == {
        "apiGroups": [""],
        "resources": ["secrets"],
        "resourceNames": ["tracking-backend"],
        "verbs": ["get"],
    }
    assert store["spec"]["conditions"] == [{"namespaces": ["acme-ml-prod-tracking"]}]


def test_a_consumer_waits_for_its_job(logins: Make) -> None:
    made = logins({**TRACKING, **ORCHESTRATION}, reader="tracking-backend")
    reader = made["reader"]
    assert made["database-tracking-backend-job"].urn in reader.dependencies
    assert made["database-flows-backend-job"].urn not in reader.dependencies
    assert reader.inputs["spec"]["target"]["template"]["data"] == {
        "database": "tracking_mlflow",
        "sslmode": "require",
    }
    (data,) = reader.inputs["spec"]["data"]
    assert data["remoteRef"] == {"key": "tracking-backend", "property": "password"}
    store = made["database-tracking-backend-store"].inputs["metadata"]["name"]
    assert data["sourceRef"]["storeRef"]["name"] == store


def test_another_consumer_changes_nothing_of_the_first(logins: Make) -> None:
    alone, both = logins(TRACKING), logins({**ORCHESTRATION, **TRACKING})
    for name, resource in alone.items():
        assert (both[name].urn, both[name].inputs) == (resource.urn, resource.inputs)


def test_other_settings_make_another_job_under_the_same_urn(logins: Make) -> None:
    name = "database-tracking-backend-job"
    server = Server(
        host="db.example.com", username="platform_admin", password=SERVER.password, port=5433
    )
    first, second = logins(TRACKING)[name], logins(TRACKING, server)[name]
    assert first.urn == second.urn
    assert first.inputs["metadata"]["name"] != second.inputs["metadata"]["name"]


def test_a_job_stays_when_it_has_ended(logins: Make) -> None:
    spec = logins(TRACKING)["database-tracking-backend-job"].inputs["spec"]
    assert "ttlSecondsAfterFinished" not in spec


def test_the_image_comes_from_the_mirror(logins: Make, scope: Scope) -> None:
    mirrored = Scope(**{**scope, "image_mirror": "registry.example.com/mirror"})
    image = container(logins(TRACKING, where=mirrored))["image"]
    assert image.startswith("registry.example.com/mirror/library/postgres:")


def test_two_instances_of_one_tool_share_a_server() -> None:
    assert login_name("tracking-backend", "mlflow") == "tracking_mlflow"
    assert login_name("old-runs-backend", "mlflow") == "old_runs_mlflow"


def test_the_longest_login_fits_into_postgresql() -> None:
    prefix = f"{'p' * 16}_{'e' * 10}"
    assert len(login_name(f"{'i' * 12}-backend", "d" * 22, prefix)) <= 63
