"""Amazon VPC as a component: subnets keyed by zone, gateways, endpoints and flow logs."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws
from pulumi import Output

from stackwright import naming
from stackwright.component import ToolComponent
from stackwright.contracts import Network
from stackwright.errors import InputError, Problem
from stackwright.network.vpc.endpoints import interface_endpoints, s3_endpoint
from stackwright.network.vpc.flow_logs import flow_log
from stackwright.network.vpc.settings import Nat, VpcSettings
from stackwright.network.vpc.subnets import ZoneSubnets, subnet_plan
from stackwright.scope import Scope

ANYWHERE = "0.0.0.0/0"


class VpcSettingsArgs(TypedDict):
    """Settings of Amazon VPC."""

    cidr: NotRequired[str]
    """Private address range of the network, from /16 to /20. Default 10.0.0.0/16."""
    zones: NotRequired[list[str]]
    """Zones of the region, by letter or full name. Default a, b and c."""
    nat: NotRequired[str]
    """How private subnets reach the internet: `per-zone`, `one` or `none`. Default per-zone."""
    interface_endpoints: NotRequired[list[str]]
    """Services of AWS that are reached without leaving the network. Default none."""
    flow_log_retention_days: NotRequired[int]
    """Days that records of network traffic are kept. Default 365."""
    tags: NotRequired[dict[str, str]]
    """AWS tags for every resource, besides those of the platform."""


class VpcArgs(TypedDict):
    """Arguments of Vpc."""

    scope: Scope
    """Environment that the network belongs to."""
    settings: NotRequired[VpcSettingsArgs]
    """What is configured; defaults are secure."""


class Vpc(ToolComponent[VpcSettings]):
    """Amazon VPC: private and public subnets in several zones, with logged traffic."""

    _settings_class = VpcSettings

    vpc_id: Output[str]
    """Identifier of the VPC."""
    vpc_cidr: Output[str]
    """Address range of the VPC, in CIDR notation."""
    private_subnet_ids: Output[list[str]]
    """Private subnets in the order of the zones."""
    public_subnet_ids: Output[list[str]]
    """Public subnets in the order of the zones."""

    def __init__(
        self, name: str, args: VpcArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        zones = _zone_names(name, self._scope, self._settings.zones)
        plan = subnet_plan(self._settings.cidr, zones)
        vpc = self._vpc = self._network()
        self.vpc_id = vpc.id
        internet = aws.ec2.InternetGateway(
            f"{name}-internet", vpc_id=vpc.id, tags=self._tags("internet"), opts=self.child()
        )
        self._public = self._public_subnets(plan, internet)
        self._private = self._private_subnets(plan)
        tables = self._private_routes(internet)
        s3_endpoint(name, self._scope, vpc.id, tables, self._tags("s3"), self.child)
        interface_endpoints(
            name,
            self._scope,
            [endpoint.value for endpoint in self._settings.interface_endpoints],
            vpc,
            self._private,
            self._tags("endpoints"),
            self.child,
        )
        flow_log(name, self._scope, self._settings, vpc.id, self._tags(), self.child)
        self.vpc_cidr = vpc.cidr_block
        self.private_subnet_ids = Output.all(*(subnet.id for subnet in self._private.values()))
        self.public_subnet_ids = Output.all(*(subnet.id for subnet in self._public.values()))
        self.register()

    def binding(self, consumer: str) -> Network:
        """Return the network."""
        return Network(
            vpc_id=self.vpc_id,
            vpc_cidr=self._settings.cidr,
            private_subnet_ids=[subnet.id for subnet in self._private.values()],
            public_subnet_ids=[subnet.id for subnet in self._public.values()],
        )

    def _tags(self, *parts: str) -> dict[str, str]:
        return {"Name": naming.stem(self._scope, self._instance, *parts), **self._settings.tags}

    def _network(self) -> aws.ec2.Vpc:
        vpc = aws.ec2.Vpc(
            f"{self._instance}-vpc",
            cidr_block=self._settings.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._tags(),
            opts=self.child(),
        )
        # Adopted without rules, so that what names no security group reaches nothing.
        aws.ec2.DefaultSecurityGroup(
            f"{self._instance}-default-security-group",
            vpc_id=vpc.id,
            ingress=[],
            egress=[],
            tags=self._tags("default-closed"),
            opts=self.child(),
        )
        return vpc

    def _subnet(self, zone: str, side: str, cidr: str, role: str) -> aws.ec2.Subnet:
        marks = {f"kubernetes.io/role/{role}": "1"}
        if side == "private":
            marks["karpenter.sh/discovery"] = naming.stem(self._scope)
        return aws.ec2.Subnet(
            f"{self._instance}-{side}-{zone}",
            vpc_id=self._vpc.id,
            availability_zone=zone,
            cidr_block=cidr,
            map_public_ip_on_launch=False,
            tags={**self._tags(side, zone[-1]), **marks},
            opts=self.child(),
        )

    def _public_subnets(
        self, plan: Mapping[str, ZoneSubnets], internet: aws.ec2.InternetGateway
    ) -> dict[str, aws.ec2.Subnet]:
        table = self._route_table("public")
        aws.ec2.Route(
            f"{self._instance}-public-internet",
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            gateway_id=internet.id,
            opts=self.child(),
        )
        subnets = {}
        for zone, ranges in plan.items():
            subnets[zone] = self._subnet(zone, "public", ranges.public, "elb")
            self._associate(f"public-{zone}", subnets[zone], table)
        return subnets

    def _private_subnets(self, plan: Mapping[str, ZoneSubnets]) -> dict[str, aws.ec2.Subnet]:
        return {
            zone: self._subnet(zone, "private", ranges.private, "internal-elb")
            for zone, ranges in plan.items()
        }

    def _private_routes(self, internet: aws.ec2.InternetGateway) -> list[aws.ec2.RouteTable]:
        gateways = self._nat_gateways(internet)
        tables = []
        for zone, subnet in self._private.items():
            table = self._route_table(f"private-{zone}")
            self._associate(f"private-{zone}", subnet, table)
            tables.append(table)
            gateway = gateways.get(zone, next(iter(gateways.values()), None))
            if gateway is not None:
                aws.ec2.Route(
                    f"{self._instance}-private-{zone}-internet",
                    route_table_id=table.id,
                    destination_cidr_block=ANYWHERE,
                    nat_gateway_id=gateway.id,
                    opts=self.child(),
                )
        return tables

    def _nat_gateways(self, internet: aws.ec2.InternetGateway) -> dict[str, aws.ec2.NatGateway]:
        zones = {
            Nat.PER_ZONE: list(self._public),
            # By letter and not by place, so that the order of the list moves nothing.
            Nat.ONE: [min(self._public)],
            Nat.NONE: [],
        }[self._settings.nat]
        return {zone: self._nat_gateway(zone, internet) for zone in zones}

    def _nat_gateway(self, zone: str, internet: aws.ec2.InternetGateway) -> aws.ec2.NatGateway:
        tags = self._tags("nat", zone[-1])
        address = aws.ec2.Eip(
            f"{self._instance}-nat-{zone}-address", domain="vpc", tags=tags, opts=self.child()
        )
        return aws.ec2.NatGateway(
            f"{self._instance}-nat-{zone}",
            allocation_id=address.allocation_id,
            subnet_id=self._public[zone].id,
            tags=tags,
            opts=self.child(depends_on=[internet]),
        )

    def _route_table(self, key: str) -> aws.ec2.RouteTable:
        return aws.ec2.RouteTable(
            f"{self._instance}-{key}-routes",
            vpc_id=self._vpc.id,
            tags={**self._settings.tags, "Name": f"{naming.stem(self._scope)}-{key}"},
            opts=self.child(),
        )

    def _associate(
        self, key: str, subnet: aws.ec2.Subnet, table: aws.ec2.RouteTable
    ) -> aws.ec2.RouteTableAssociation:
        return aws.ec2.RouteTableAssociation(
            f"{self._instance}-{key}-association",
            subnet_id=subnet.id,
            route_table_id=table.id,
            opts=self.child(),
        )


def _zone_names(instance: str, scope: Scope, zones: list[str]) -> list[str]:
    """Return the zones' full names.

    Raises:
        InputError: A zone is in another region than the platform.
    """
    region = scope["region"]
    names = [f"{region}{zone}" if len(zone) == 1 else zone for zone in zones]
    problems = [
        Problem(f"{name!r} is no zone of {region}.", path=f"{instance}.zones")
        for name in names
        if name[:-1] != region
    ]
    if problems:
        raise InputError(problems)
    return names
