"""The parts of an RDS server: where it stands, how it logs, and the server itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output

from stackwright import naming
from stackwright.aws import policy
from stackwright.aws.logs import log_group
from stackwright.aws.region import dns_suffix
from stackwright.contracts import KubernetesCluster, Network
from stackwright.database.rds.settings import RdsSettings
from stackwright.scope import Scope

Options = Callable[..., pulumi.ResourceOptions]

PORT = 5432

ADMINISTRATOR = "platform_admin"
"""Master user of the server; its password is made and rotated by RDS."""

LOGS = ("postgresql", "upgrade")


def log_group_name(scope: Scope, instance: str, log: str) -> str:
    """Return the name that RDS gives the log group of one of the server's logs."""
    return f"/aws/rds/instance/{naming.stem(scope, instance)}/{log}"


def log_groups(
    name: str, scope: Scope, settings: RdsSettings, key: aws.kms.Key, options: Options
) -> list[pulumi.Resource]:
    """Make the server's log groups before RDS does, so that they are encrypted and kept."""
    return [
        log_group(
            f"{name}-logs-{log}",
            log_group_name(scope, name, log),
            key,
            settings.log_retention_days,
            tags=settings.tags,
            opts=options(),
        )
        for log in LOGS
    ]


def security_group(
    name: str,
    scope: Scope,
    settings: RdsSettings,
    network: Network,
    cluster: KubernetesCluster,
    options: Options,
) -> aws.ec2.SecurityGroup:
    """Admit the cluster's nodes on the port of PostgreSQL and nobody else, nothing outwards."""
    group = aws.ec2.SecurityGroup(
        f"{name}-access",
        description="PostgreSQL from the nodes of the cluster",
        vpc_id=network["vpc_id"],
        tags={"Name": naming.stem(scope, name), **settings.tags},
        opts=options(),
    )
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-access-from-nodes",
        security_group_id=group.id,
        description="PostgreSQL from nodes",
        ip_protocol="tcp",
        from_port=PORT,
        to_port=PORT,
        referenced_security_group_id=cluster["security_group_id"],
        opts=options(),
    )
    return group


def monitoring_role(
    name: str, scope: Scope, tags: dict[str, str], options: Options
) -> aws.iam.Role:
    """Make the role that RDS writes the machine's metrics with."""
    made = aws.iam.Role(
        f"{name}-monitoring-role",
        name=naming.stem(scope, name, "metrics"),
        assume_role_policy=policy.service_trust("monitoring.rds.amazonaws.com", scope["account"]),
        tags=tags,
        opts=options(),
    )
    partition = naming.partition(scope["region"])
    aws.iam.RolePolicyAttachment(
        f"{name}-monitoring-policy",
        role=made.name,
        policy_arn=f"arn:{partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
        opts=options(),
    )
    return made


def parameter_group(name: str, settings: RdsSettings, options: Options) -> aws.rds.ParameterGroup:
    """Make the server's parameters: it refuses connections without TLS."""
    # Without a name of ours: another major version needs another group beside the old one.
    return aws.rds.ParameterGroup(
        f"{name}-parameters",
        family=f"postgres{settings.engine_version.value}",
        parameters=[{"name": "rds.force_ssl", "value": "1"}],
        tags=settings.tags,
        opts=options(),
    )


def subnet_group(
    name: str,
    scope: Scope,
    settings: RdsSettings,
    subnet_ids: Input[Sequence[Input[str]]],
    options: Options,
) -> aws.rds.SubnetGroup:
    """Make the group of private subnets that the server stands in."""
    return aws.rds.SubnetGroup(
        f"{name}-subnets",
        name=naming.stem(scope, name),
        description="Private subnets",
        subnet_ids=subnet_ids,
        tags=settings.tags,
        opts=options(),
    )


def server(
    name: str,
    scope: Scope,
    settings: RdsSettings,
    *,
    key_arn: Output[str],
    subnets: Input[str],
    parameters: Input[str],
    security_group_id: Input[str],
    monitoring_role_arn: Input[str],
    opts: pulumi.ResourceOptions,
) -> aws.rds.Instance:
    """Make the server; the other arguments are its parts."""
    identifier = naming.stem(scope, name)
    return aws.rds.Instance(
        name,
        identifier=identifier,
        engine="postgres",
        engine_version=settings.engine_version.value,
        instance_class=settings.instance_class,
        storage_type="gp3",
        allocated_storage=settings.allocated_gib,
        max_allocated_storage=settings.max_allocated_gib,
        storage_encrypted=True,
        kms_key_id=key_arn,
        username=ADMINISTRATOR,
        manage_master_user_password=True,
        master_user_secret_kms_key_id=key_arn,
        iam_database_authentication_enabled=True,
        port=PORT,
        db_subnet_group_name=subnets,
        vpc_security_group_ids=[security_group_id],
        publicly_accessible=False,
        multi_az=settings.multi_az,
        parameter_group_name=parameters,
        # Without it RDS refuses another major version (Amazon RDS API, ModifyDBInstance); the
        # version that the blueprint names decides when there is one.
        allow_major_version_upgrade=True,
        auto_minor_version_upgrade=True,
        backup_retention_period=settings.backup_days,
        delete_automated_backups=False,
        copy_tags_to_snapshot=True,
        skip_final_snapshot=False,
        final_snapshot_identifier=f"{identifier}-final",
        deletion_protection=settings.deletion_protection,
        enabled_cloudwatch_logs_exports=list(LOGS),
        monitoring_interval=60,
        monitoring_role_arn=monitoring_role_arn,
        performance_insights_enabled=True,
        performance_insights_kms_key_id=key_arn,
        # Days; the longest that costs nothing (Amazon RDS user guide, Performance Insights).
        performance_insights_retention_period=7,
        tags=settings.tags,
        opts=opts,
    )


def secret_policy(scope: Scope, secret_arn: Input[str], key_arn: Input[str]) -> Output[str]:
    """Return the policy that allows reading the master user's password and nothing else."""
    service = f"secretsmanager.{scope['region']}.{dns_suffix(scope['region'])}"
    return policy.document(
        [
            {
                "Effect": "Allow",
                "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
                "Resource": secret_arn,
            },
            {
                "Effect": "Allow",
                "Action": ["kms:Decrypt"],
                "Resource": key_arn,
                "Condition": {"StringEquals": {"kms:ViaService": service}},
            },
        ]
    )
