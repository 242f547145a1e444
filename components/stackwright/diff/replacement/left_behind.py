"""What cannot follow its network: a service keeps it in the VPC that it was made in.

A provider asks AWS for the update in place and AWS refuses it, so that only a new one gets there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from stackwright.diff.changes import Action, Effect, Evidence, PropertyChange, ResourceChange
from stackwright.diff.properties.steps import is_inside, steps
from stackwright.plan.graph import origins

_BOUND: Mapping[str, tuple[str, ...]] = {
    "aws:eks/cluster:Cluster": ("vpcConfig.securityGroupIds", "vpcConfig.subnetIds"),
    "aws:rds/cluster:Cluster": ("vpcSecurityGroupIds",),
    "aws:rds/instance:Instance": ("vpcSecurityGroupIds",),
    "aws:rds/subnetGroup:SubnetGroup": ("subnetIds",),
}
"""Type -> inputs that name what lies in a VPC, which must stay the same one (Amazon EKS user guide,
"Amazon EKS networking requirements for VPC and subnets"; Amazon RDS user guide, "Working with a DB
instance in a VPC", where all that a server names is in the VPC of its subnet group)."""

_VPC = "vpcId"


def left_behind(changes: Collection[ResourceChange]) -> Iterator[ResourceChange]:
    """Yield the updates in place that another VPC does not allow, as changes that are uncertain.

    Args:
        changes: What changes, with replacements judged.
    """
    moved = {one.urn for one in changes if one.replacement and _VPC in one.replacement.properties}
    for change in changes if moved else ():
        if change.action is Action.UPDATE:
            properties = tuple(_judged(change.type, one, moved) for one in change.properties)
            if properties != change.properties:
                yield replace(change, properties=properties, uncertain=True)


def is_bound(type_: str, path: str) -> bool:
    """Tell whether a property names what lies in the VPC that its resource keeps."""
    return any(is_inside(steps(path), steps(bound)) for bound in _BOUND.get(type_, ()))


def _judged(type_: str, one: PropertyChange, moved: Collection[str]) -> PropertyChange:
    if not is_bound(type_, one.path) or not _names(one, moved):
        return one
    return replace(one, effect=Effect.UNKNOWN, evidence=Evidence.NONE)


def _names(one: PropertyChange, moved: Iterable[str]) -> bool:
    made_from = {origin.partition("#")[0] for origin in origins(one.after)}
    return not made_from.isdisjoint(moved)
