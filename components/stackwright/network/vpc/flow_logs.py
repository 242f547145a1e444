"""Flow logs: who talked with whom in a VPC, kept in CloudWatch."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import Output

from stackwright import naming
from stackwright.aws import policy
from stackwright.aws.key import encryption_key
from stackwright.aws.logs import log_encryption, log_group
from stackwright.network.vpc.endpoints import Options
from stackwright.network.vpc.settings import VpcSettings
from stackwright.scope import Scope


def flow_log(
    name: str,
    scope: Scope,
    settings: VpcSettings,
    vpc_id: Output[str],
    tags: dict[str, str],
    options: Options,
) -> None:
    """Log all traffic of a VPC, encrypted with a key of its own.

    Args:
        name: Name of the network's component.
        scope: Environment of the network.
        settings: The network's settings.
        vpc_id: The VPC.
        tags: Tags of the flow log.
        options: Makes the options of each resource.
    """
    group_name = f"/{naming.OWNER}/{naming.stem(scope, name)}/flow-logs"
    key = encryption_key(
        f"{name}-key",
        scope,
        name,
        statements=[log_encryption(scope, group_name)],
        opts=options(),
        tags=settings.tags,
    )
    group = log_group(
        f"{name}-flow-logs",
        group_name,
        key,
        settings.flow_log_retention_days,
        tags=settings.tags,
        opts=options(),
    )
    aws.ec2.FlowLog(
        f"{name}-flow-log",
        vpc_id=vpc_id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=_role(name, scope, settings.tags, group_name, options).arn,
        tags=tags,
        opts=options(),
    )


def _role(
    name: str, scope: Scope, tags: dict[str, str], group_name: str, options: Options
) -> aws.iam.Role:
    role = aws.iam.Role(
        f"{name}-flow-log-role",
        name=naming.stem(scope, name, "flow-logs"),
        assume_role_policy=policy.service_trust("vpc-flow-logs.amazonaws.com", scope["account"]),
        tags=tags,
        opts=options(),
    )
    aws.iam.RolePolicy(
        f"{name}-flow-log-policy",
        role=role.name,
        name="write-flow-logs",
        policy=_write(scope, group_name),
        opts=options(),
    )
    return role


def _write(scope: Scope, group_name: str) -> Output[str]:
    region, account = scope["region"], scope["account"]
    group = f"arn:{naming.partition(region)}:logs:{region}:{account}:log-group:{group_name}"
    return policy.document(
        [
            {
                "Effect": "Allow",
                "Action": ["logs:PutLogEvents"],
                "Resource": f"{group}:log-stream:*",
            },
            {
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams"],
                "Resource": f"{group}:*",
            },
            # To list groups is an action that knows no single one.
            {"Effect": "Allow", "Action": ["logs:DescribeLogGroups"], "Resource": "*"},
        ]
    )
