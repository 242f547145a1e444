from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pytest
from pydantic import ValidationError

from stackwright.contracts import KubernetesCluster, Network, RelationalDatabase
from stackwright.database.rds import server
from stackwright.database.rds.component import Rds, RdsLogins
from stackwright.database.rds.settings import RdsSettings
from stackwright.plan.graph import Resource
from stackwright.scope import Scope

NETWORK = Network(
    vpc_id="vpc-1",
    vpc_cidr="10.20.0.0/16",
    private_subnet_ids=["subnet-1", "subnet-2"],
    public_subnet_ids=["subnet-3", "subnet-4"],
)
CLUSTER = KubernetesCluster(
    cluster_name="acme-ml-prod-cluster",
    cluster_identifier="https://1.eks.amazonaws.com",
    security_group_id="sg-nodes",
)
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1-AbCdEf"

Database = Callable[..., Mapping[str, Resource]]


@pytest.fixture
def database(scope: Scope, on_aws: Any) -> Database:
    def make(**settings: Any) -> Mapping[str, Resource]:
        def program(opts: pulumi.ResourceOptions) -> None:
            chosen: Any = settings
            Rds(
                "database",
                {"scope": scope, "settings": chosen, "network": NETWORK, "cluster": CLUSTER},
                opts,
            )

        made: Mapping[str, Resource] = on_aws(program)
        return {name: found for name, found in made.items() if name != "aws"}

    return make


def test_a_server_is_made_of_these_resources(database: Database) -> None:
    assert sorted(database()) == [
        "database",
        "database-access",
        "database-access-from-nodes",
        "database-key",
        "database-key-alias",
        "database-logs-postgresql",
        "database-logs-upgrade",
        "database-monitoring-policy",
        "database-monitoring-role",
        "database-parameters",
        "database-subnets",
    ]


def test_only_nodes_of_the_cluster_reach_the_server(database: Database) -> None:
    made = database()
    rule = made["database-access-from-nodes"].inputs
    assert made["database"].inputs["publiclyAccessible"] is False
    assert made["database-subnets"].inputs["subnetIds"] == ["subnet-1", "subnet-2"]
    assert (rule["fromPort"], rule["toPort"]) == (5432, 5432)
    assert rule["referencedSecurityGroupId"] == "sg-nodes"
    assert "cidrIpv4" not in rule
    assert "egress" not in made["database-access"].inputs


def test_connections_without_tls_are_refused(database: Database) -> None:
    inputs = database(engine_version="16")["database-parameters"].inputs
    assert inputs["family"] == "postgres16"
    assert inputs["parameters"] == [{"name": "rds.force_ssl", "value": "1"}]


def test_the_password_is_made_by_rds_and_known_to_nobody(database: Database) -> None:
    made = database()
    inputs = made["database"].inputs
    assert inputs["manageMasterUserPassword"] is True
    assert inputs["masterUserSecretKmsKeyId"].endswith("::database-key#arn}")
    assert inputs["iamDatabaseAuthenticationEnabled"] is True
    assert not {"password", "passwordWo"} & set(inputs)


def test_data_logs_and_metrics_are_encrypted_with_the_servers_key(database: Database) -> None:
    made = database()
    key, inputs = "::database-key#arn}", made["database"].inputs
    assert inputs["storageEncrypted"] is True
    assert inputs["kmsKeyId"].endswith(key)
    assert inputs["performanceInsightsKmsKeyId"].endswith(key)
    for log in inputs["enabledCloudwatchLogsExports"]:
        group = made[f"database-logs-{log}"]
        assert group.inputs["name"] == f"/aws/rds/instance/acme-ml-prod-database/{log}"
        assert group.inputs["kmsKeyId"].endswith(key)
        assert group.urn in made["database"].dependencies


def test_data_outlives_mistakes(database: Database) -> None:
    made = database()
    inputs = made["database"].inputs
    assert made["database"].options.protect is True
    assert inputs["deletionProtection"] is True
    assert inputs["skipFinalSnapshot"] is False
    assert inputs["finalSnapshotIdentifier"] == "acme-ml-prod-database-final"
    assert inputs["backupRetentionPeriod"] == 30
    assert inputs["multiAz"] is True


def test_a_newer_major_version_is_taken_when_the_blueprint_names_it(database: Database) -> None:
    inputs = database(engine_version="18")["database"].inputs
    assert inputs["engineVersion"] == "18"
    assert inputs["allowMajorVersionUpgrade"] is True


def test_development_is_smaller_and_still_backed_up() -> None:
    profiles = RdsSettings.profiles
    development = RdsSettings.model_validate({"kind": "rds", **profiles["development"]})
    assert development.instance_class == "db.t4g.medium"
    assert development.backup_days == 7


def test_the_server_hands_over_what_its_settings_promise(scope: Scope, on_aws: Any) -> None:
    def program(opts: pulumi.ResourceOptions) -> None:
        component = Rds("database", {"scope": scope, "network": NETWORK, "cluster": CLUSTER}, opts)
        assert tuple(component.handover()) == RdsSettings.hands_over

    assert "database" in on_aws(program)


def test_the_master_secret_is_read_by_its_own_name_and_key_only(scope: Scope, on_aws: Any) -> None:
    key = "arn:aws:kms:eu-west-1:123456789012:key/1"

    def program(opts: pulumi.ResourceOptions) -> None:
        document = server.secret_policy(scope, SECRET, key)
        aws.iam.RolePolicy("reader", role="reader", policy=document, opts=opts)

    made: Mapping[str, Resource] = on_aws(
        lambda opts: program(pulumi.ResourceOptions(provider=opts.providers[0]))
    )
    read, decrypt = json.loads(made["reader"].inputs["policy"])["Statement"]
    assert read["Action"] == ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    assert read["Resource"] == SECRET
    assert (decrypt["Action"], decrypt["Resource"]) == (["kms:Decrypt"], key)
    assert decrypt["Condition"] == {
        "StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}
    }


@pytest.fixture
def logins(scope: Scope, on_aws: Any) -> Callable[[], tuple[Mapping[str, Resource], Any]]:
    def make() -> tuple[Mapping[str, Resource], Any]:
        given: dict[str, Any] = {}

        def program(opts: pulumi.ResourceOptions) -> None:
            provider = kubernetes.Provider("cluster", context="somewhere")
            component = RdsLogins(
                "database",
                {
                    "scope": scope,
                    "foundation": {"host": "db.example.com", "master_secret": SECRET, "policy": ""},
                    "secrets": {"store": "acme-ml-prod-secrets"},
                    "consumers": {
                        "tracking-backend": {
                            "database": "mlflow",
                            "namespace": "acme-ml-prod-tracking",
                        }
                    },
                },
                pulumi.ResourceOptions(providers=[provider]),
            )
            given.update(component.binding("tracking-backend"))

        made: Mapping[str, Resource] = on_aws(program)
        return made, given

    return make


def test_the_master_password_reaches_the_cluster_by_name_only(logins: Any) -> None:
    made, _ = logins()
    sources = [
        entry["remoteRef"]
        for found in made.values()
        if found.type.endswith(":ExternalSecret")
        for entry in found.inputs["spec"].get("data", [])
    ]
    assert {"key": SECRET, "property": "password"} in sources


def test_a_consumer_gets_a_database_of_its_own_over_tls(logins: Any) -> None:
    _, given = logins()
    assert (given["host"], given["port"], given["sslmode"]) == ("db.example.com", "5432", "require")
    assert set(given) == set(RelationalDatabase.__required_keys__)


@pytest.mark.parametrize(
    "settings",
    [
        {"engine_version": "15"},
        {"instance_class": "db.t3.micro"},
        {"instance_class": "m7g.large"},
        {"allocated_gib": 100, "max_allocated_gib": 109},
        {"allocated_gib": 10},
        {"backup_days": 6},
        {"backup_days": 36},
        {"log_retention_days": 30},
        {"password": "hunter2"},
    ],
)
def test_settings_that_make_no_safe_server_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RdsSettings.model_validate_json(json.dumps({"kind": "rds", **settings}))
