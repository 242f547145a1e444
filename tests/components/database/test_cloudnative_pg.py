from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from stackwright.contracts import KubernetesCluster, Monitoring, SecretStore
from stackwright.database.cloudnative_pg.component import CloudnativePg
from stackwright.database.cloudnative_pg.server import IMAGES
from stackwright.database.cloudnative_pg.settings import CloudnativePgSettings, PostgresqlVersion
from stackwright.database.logins import DatabaseConsumer
from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.secrets import external_secret
from stackwright.plan.graph import Resource
from stackwright.scope import Scope

TRACKING = {
    "tracking-backend": DatabaseConsumer(database="mlflow", namespace="acme-ml-prod-tracking")
}
FLOWS = {"flows-backend": DatabaseConsumer(database="prefect", namespace="acme-ml-prod-flows")}
MONITORING = Monitoring(label="prometheus", namespace="acme-ml-prod-monitoring")

Make = Callable[..., Mapping[str, Resource]]


@pytest.fixture
def database(scope: Scope, in_cluster: Any) -> Make:
    """Make the servers, and a Secret that holds what the tracker is given."""

    def make(
        consumers: Mapping[str, DatabaseConsumer] = TRACKING,
        more: Mapping[str, Any] | None = None,
        **settings: Any,
    ) -> Mapping[str, Resource]:
        def program(opts: Any) -> None:
            args: Any = {
                "scope": scope,
                "settings": settings,
                "secrets": SecretStore(store="acme-ml-prod-secrets"),
                "consumers": consumers,
                **(more or {}),
            }
            given = CloudnativePg("database", args, opts).binding("tracking-backend")
            external_secret(
                "reader",
                ObjectNames(scope, "tracking", CloudnativePgSettings(kind="cloudnative-pg")),
                "backend",
                {"password": given["password"]},
                template={"host": given["host"], "database": given["database"]},
                opts=pulumi.ResourceOptions(provider=opts.providers[0]),
            )

        made: Mapping[str, Resource] = in_cluster(program)
        return made

    return make


def test_the_servers_are_made_of_these_resources(database: Make) -> None:
    assert sorted(database()) == [
        "cluster",
        "database",
        "database-deny-all",
        "database-namespace",
        "database-network-policy",
        "database-operator-deny-all",
        "database-operator-namespace",
        "database-operator-network-policy",
        "database-operator-release",
        "database-tracking-backend-account",
        "database-tracking-backend-database",
        "database-tracking-backend-password",
        "database-tracking-backend-password-generator",
        "database-tracking-backend-role",
        "database-tracking-backend-role-binding",
        "database-tracking-backend-store",
        "reader",
    ]


def test_an_operator_that_is_there_is_used(database: Make) -> None:
    made = database(install=False)
    assert not [name for name in made if name.startswith("database-operator")]
    assert made["database"].inputs["kind"] == "Cluster"


def test_a_role_enters_its_own_database_by_tls_and_no_other(database: Make) -> None:
    spec = database()["database"].inputs["spec"]
    assert spec["postgresql"]["pg_hba"] == [
        "hostssl sameuser all all scram-sha-256",
        "host all all all reject",
    ]
    assert spec["enableSuperuserAccess"] is False


def test_each_consumer_has_a_role_with_a_generated_password(database: Make) -> None:
    made = database({**TRACKING, **FLOWS})
    assert made["database"].inputs["spec"]["managed"]["roles"] == [
        {
            "name": name,
            "ensure": "present",
            "login": True,
            "passwordSecret": {"name": secret},
        }
        for secret, name in (
            ("flows-backend", "flows_prefect"),
            ("tracking-backend", "tracking_mlflow"),
        )
    ]
    password = made["database-tracking-backend-password"].inputs["spec"]
    assert password["refreshPolicy"] == "CreatedOnce"


def test_a_password_is_read_by_its_consumers_namespace_only(database: Make) -> None:
    made = database({**TRACKING, **FLOWS})
    store = made["database-tracking-backend-store"].inputs["spec"]
    role = made["database-tracking-backend-role"].inputs["rules"][0]
    assert store["conditions"] == [{"namespaces": ["acme-ml-prod-tracking"]}]
    assert role["resourceNames"] == ["tracking-backend"]
    assert role["verbs"] == ["get"]


def test_a_consumer_waits_for_its_database(database: Make) -> None:
    made = database({**TRACKING, **FLOWS})
    own, other = (made[f"database-{key}-database"] for key in ("tracking-backend", "flows-backend"))
    assert own.inputs["metadata"]["annotations"] == {
        "pulumi.com/waitFor": "jsonpath={.status.applied}=true"
    }
    assert own.urn in made["reader"].dependencies
    assert other.urn not in made["reader"].dependencies
    assert made["reader"].inputs["spec"]["target"]["template"]["data"] == {
        "host": "database-rw.acme-ml-prod-database.svc",
        "database": "tracking_mlflow",
    }


def test_data_outlives_mistakes(database: Make) -> None:
    made = database()
    protected = {name for name, resource in made.items() if resource.options.protect}
    assert protected == {
        "database",
        "database-operator-release",
        "database-tracking-backend-database",
    }
    spec = made["database-tracking-backend-database"].inputs["spec"]
    assert spec["databaseReclaimPolicy"] == "retain"


def test_one_standby_has_each_write_before_it_counts(database: Make) -> None:
    several = database(instances=3)["database"].inputs["spec"]
    alone = database(instances=1)["database"].inputs["spec"]
    assert several["postgresql"]["synchronous"]["number"] == 1
    assert several["enablePDB"] is True
    assert "synchronous" not in alone["postgresql"]
    assert alone["enablePDB"] is False


def test_only_consumers_the_operator_and_monitoring_reach_the_servers(database: Make) -> None:
    made = database(more={"monitoring": MONITORING})
    ingress = made["database-network-policy"].inputs["spec"]["ingress"]
    assert ingress[0] == {"from": [{"podSelector": {}}]}
    assert [
        (rule["from"][0]["namespaceSelector"]["matchLabels"], rule["ports"][0]["port"])
        for rule in ingress[1:]
    ] == [
        ({"kubernetes.io/metadata.name": "acme-ml-prod-database-operator"}, 8000),
        ({"kubernetes.io/metadata.name": "acme-ml-prod-tracking"}, 5432),
        ({"kubernetes.io/metadata.name": "acme-ml-prod-monitoring"}, 9187),
    ]


def test_metrics_are_collected_where_there_is_monitoring(database: Make) -> None:
    assert "database-pod-monitor" not in database()
    monitor = database(more={"monitoring": MONITORING})["database-pod-monitor"].inputs
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    assert monitor["spec"]["selector"] == {"matchLabels": {"cnpg.io/cluster": "database"}}


def test_volumes_are_of_the_clusters_storage_class(database: Make) -> None:
    cluster = KubernetesCluster(
        cluster_name="acme", cluster_identifier="1", storage_class="encrypted"
    )
    spec = database(more={"cluster": cluster}, storage_gib=20)["database"].inputs["spec"]
    assert spec["storage"] == {"size": "20Gi", "storageClass": "encrypted"}
    assert "storageClass" not in database()["database"].inputs["spec"]["storage"]


def test_another_consumer_moves_nothing_of_the_first(database: Make) -> None:
    alone, both = database(), database({**FLOWS, **TRACKING})
    changed = {
        name
        for name, resource in alone.items()
        if (both[name].urn, both[name].inputs) != (resource.urn, resource.inputs)
    }
    assert changed == {"database", "database-network-policy"}
    assert both["database"].urn == alone["database"].urn


def test_the_user_has_the_last_word_about_the_chart(database: Make) -> None:
    release = database(helm_values={"replicaCount": 2})["database-operator-release"].inputs
    assert release["version"] == "0.29.0"
    assert release["values"]["replicaCount"] == 2


def test_every_version_has_an_image() -> None:
    assert set(IMAGES) == set(PostgresqlVersion)


@pytest.mark.parametrize(
    "wrong",
    [{"postgresql_version": "9"}, {"instances": 0}, {"version": "0.1.0"}],
    ids=["an unknown version", "no server", "a chart that was not verified"],
)
def test_what_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CloudnativePgSettings.model_validate({"kind": "cloudnative-pg", **wrong})
