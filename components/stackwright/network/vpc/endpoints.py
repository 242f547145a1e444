"""Endpoints of AWS services inside a VPC; each admits only the platform's own account."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pulumi
import pulumi_aws as aws
from pulumi import Output

from stackwright import naming
from stackwright.aws import policy
from stackwright.scope import Scope

Options = Callable[[], pulumi.ResourceOptions]


def s3_endpoint(
    name: str,
    scope: Scope,
    vpc_id: Output[str],
    tables: Sequence[aws.ec2.RouteTable],
    tags: dict[str, str],
    options: Options,
) -> None:
    """Route S3 of the region through a gateway endpoint, which costs nothing."""
    region = scope["region"]
    layers = f"arn:{naming.partition(region)}:s3:::prod-{region}-starport-layer-bucket/*"
    aws.ec2.VpcEndpoint(
        f"{name}-s3",
        vpc_id=vpc_id,
        vpc_endpoint_type="Gateway",
        service_name=f"com.amazonaws.{region}.s3",
        route_table_ids=[table.id for table in tables],
        policy=policy.document(
            [
                _own_account("s3", scope),
                # ECR keeps image layers in a bucket of its own and hands out signed addresses
                # (Amazon ECR user guide, "Minimum Amazon S3 bucket permissions for Amazon ECR").
                {
                    "Sid": "ImageLayers",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:GetObject",
                    "Resource": layers,
                },
            ]
        ),
        tags=tags,
        opts=options(),
    )


def interface_endpoints(
    name: str,
    scope: Scope,
    services: Sequence[str],
    vpc: aws.ec2.Vpc,
    subnets: Mapping[str, aws.ec2.Subnet],
    tags: dict[str, str],
    options: Options,
) -> None:
    """Reach services of AWS by addresses in the private subnets."""
    if not services:
        return
    group = _security_group(name, vpc, tags, options)
    for service in services:
        aws.ec2.VpcEndpoint(
            f"{name}-endpoint-{service}",
            vpc_id=vpc.id,
            vpc_endpoint_type="Interface",
            service_name=f"com.amazonaws.{scope['region']}.{service}",
            private_dns_enabled=True,
            subnet_ids=[subnet.id for subnet in subnets.values()],
            security_group_ids=[group.id],
            policy=policy.document([_own_account(service.split(".")[0], scope)]),
            tags={**tags, "Name": f"{tags['Name']}-{service}"},
            opts=options(),
        )


def _security_group(
    name: str, vpc: aws.ec2.Vpc, tags: dict[str, str], options: Options
) -> aws.ec2.SecurityGroup:
    group = aws.ec2.SecurityGroup(
        f"{name}-endpoints",
        description="Endpoints of AWS services",
        vpc_id=vpc.id,
        tags=tags,
        opts=options(),
    )
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-endpoints-https",
        security_group_id=group.id,
        description="HTTPS from the network",
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        cidr_ipv4=vpc.cidr_block,
        opts=options(),
    )
    return group


def _own_account(service: str, scope: Scope) -> policy.Statement:
    return {
        "Sid": "OwnAccount",
        "Effect": "Allow",
        "Principal": "*",
        "Action": f"{service}:*",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalAccount": scope["account"]}},
    }
