"""A new and a gone resource that are one real thing: told before the engine meets it.

The engine makes what is new before it deletes what is gone. An API server takes the new object for
the one that is there, and it is deleted with the old one. AWS refuses a second thing of one name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stackwright.diff.pairing.pairs import Pairing, Placed
from stackwright.diff.shapes import at
from stackwright.plan.graph import Plan, Resource
from stackwright.report.words import clean, type_words

_NAMED: Mapping[str, str] = {
    "aws:cloudwatch/logGroup:LogGroup": "name",
    "aws:dynamodb/table:Table": "name",
    "aws:ecr/repository:Repository": "name",
    "aws:eks/cluster:Cluster": "name",
    "aws:iam/instanceProfile:InstanceProfile": "name",
    "aws:iam/policy:Policy": "name",
    "aws:iam/role:Role": "name",
    "aws:kms/alias:Alias": "name",
    "aws:lambda/function:Function": "name",
    "aws:rds/cluster:Cluster": "clusterIdentifier",
    "aws:rds/instance:Instance": "identifier",
    "aws:rds/parameterGroup:ParameterGroup": "name",
    "aws:rds/subnetGroup:SubnetGroup": "name",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:secretsmanager/secret:Secret": "name",
    "aws:sns/topic:Topic": "name",
    "aws:sqs/queue:Queue": "name",
}
"""Type -> input with a name that an account, a region or all of AWS has once (API references of the
services, on names that must be unique)."""


def clashes(paired: Pairing, head: Plan | None) -> Iterator[str]:
    """Yield a sentence for each new resource that a gone one is the same real thing as.

    What is gone in an earlier layer is deleted before the later layer is deployed, so it is in
    nobody's way.

    Args:
        paired: How the resources of both plans belong together.
        head: The later plan; None when the environment goes.
    """
    order = [layer.name for layer in head.layers] if head else []
    gone = {
        name: placed for placed in paired.gone if (name := _real_name(placed.resource)) is not None
    }
    for new in paired.new:
        name = _real_name(new.resource)
        before = gone.get(name) if name else None
        if name and before and _is_in_the_way(before, new, order):
            yield _said(new.resource, before.resource, name[1])


def _is_in_the_way(before: Placed, new: Placed, order: list[str]) -> bool:
    if before.resource.options.retain_on_delete and new.resource.type.startswith("kubernetes:"):
        return False
    if before.layer.name not in order:
        return True
    return order.index(before.layer.name) >= order.index(new.layer.name)


def _real_name(resource: Resource) -> tuple[str, str] | None:
    """Return what kind of real thing a resource is, and its name; None when it has none yet."""
    if resource.type in _NAMED:
        name = resource.inputs.get(_NAMED[resource.type])
        return (resource.type, name) if isinstance(name, str) and name else None
    if not resource.custom or not resource.type.startswith("kubernetes:"):
        return None
    name, namespace = (at(resource.inputs, f"metadata.{key}") for key in ("name", "namespace"))
    if not isinstance(name, str) or not name:
        return None
    kind = resource.type.rpartition(":")[2]
    group = resource.type.removeprefix("kubernetes:").partition("/")[0]
    return f"{group}/{kind}", f"{namespace}/{name}" if isinstance(namespace, str) else name


def _said(new: Resource, gone: Resource, name: str) -> str:
    what = f"{type_words(new.type)} {clean(name)}"
    both = f"{clean(gone.name)}, which goes, and {clean(new.name)}, which is new, are both the"
    if new.type.startswith("kubernetes:"):
        then = (
            "The new one takes over the object that is there, and then it is deleted with all that "
            "is in it"
        )
    else:
        then = "AWS refuses the new one while the old one is there, so the deployment stops halfway"
    return f"{both} {what}. {then}: add an alias, or deploy the deletion first."
