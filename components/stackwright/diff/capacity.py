"""How much capacity a plan may need at most: what AWS starts, and the GPUs that pods ask for.

Counted are node groups, node pools of Karpenter, single instances, SageMaker endpoints and
notebooks at their largest size; and the GPUs that workloads ask for, and that resource quotas of
Kubernetes allow. A size that is known only after deployment cannot be counted and is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from stackwright.data import ec2
from stackwright.diff.shapes import identity, mapping, mappings, number, texts
from stackwright.plan.graph import SYMBOL, JsonValue, Plan, Resource

SPOT, ON_DEMAND = "spot", "on-demand"

KUBERNETES_QUOTA = "Kubernetes resource quota"
"""Stands for the quota of an account where a namespace has its own."""

GPU = "nvidia.com/gpu"

_EKS_DEFAULT_TYPE = "t3.medium"
"""EKS API, CreateNodegroup, `instanceTypes`: what nodes are when nothing says so."""

_AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"


@dataclass(frozen=True, slots=True)
class Need:
    """What one pool needs at most of one quota."""

    pool: str
    instance_type: str
    """Several are joined by commas; empty for what runs on any node."""
    quota: str
    """Empty when none is known, or when what AWS starts for it is counted elsewhere."""
    market: str
    gpus: int
    vcpus: int


_Resources: TypeAlias = Mapping[str, Resource]


def needs(plan: Plan) -> Iterator[Need]:
    """Yield what the plan may need at most, in order of deployment."""
    resources = {resource.urn: resource for _, resource in plan.resources()}
    largest = _autoscaled(resources.values())
    for resource in resources.values():
        measure = _MEASURES.get(resource.type)
        if measure is not None:
            yield from measure(resource, resources)
        elif resource.custom and resource.type.startswith("kubernetes:"):
            yield from _pods(resource, largest)


def _node_group(group: Resource, resources: _Resources) -> Iterator[Need]:
    spot = group.inputs.get("capacityType") == "SPOT"
    types = texts(group.inputs.get("instanceTypes"))
    types = types or texts([_launched(group, resources)]) or [_EKS_DEFAULT_TYPE]
    nodes = number(mapping(group.inputs.get("scalingConfig")).get("maxSize"))
    if nodes is not None:
        yield _machines(group.name, types, nodes, spot)


def _launched(group: Resource, resources: _Resources) -> JsonValue:
    """Return the instance type of the group's launch template."""
    found = SYMBOL.fullmatch(str(mapping(group.inputs.get("launchTemplate")).get("id", "")))
    template = resources.get(found["urn"]) if found else None
    return template.inputs.get("instanceType") if template is not None else None


def _instance(instance: Resource, _: _Resources) -> Iterator[Need]:
    types = texts([instance.inputs.get("instanceType")])
    spot = mapping(instance.inputs.get("instanceMarketOptions")).get("marketType") == "spot"
    if types:
        yield _machines(instance.name, types, 1, spot)


def _machines(pool: str, types: Sequence[str], count: int, spot: bool) -> Need:
    """Return the need of a pool that may take any of its types: that of the largest."""
    sizes = [size for size in map(ec2.size, types) if size is not None]
    quota = ec2.quota(types[0], spot)
    return Need(
        pool=pool,
        instance_type=_named(types),
        quota=quota.name if quota is not None else "",
        market=SPOT if spot else ON_DEMAND,
        gpus=count * max((size.gpus for size in sizes), default=0),
        vcpus=count * max((size.vcpus for size in sizes), default=0),
    )


def _named(types: Sequence[str]) -> str:
    return ", ".join(
        name if ec2.size(name) is not None else f"{name} (size not known)" for name in types
    )


def _endpoint(endpoint: Resource, _: _Resources) -> Iterator[Need]:
    for variant in mappings(endpoint.inputs.get("productionVariants")):
        count = number(variant.get("initialInstanceCount", 1))
        for name in texts([variant.get("instanceType")]):
            label = f"{endpoint.name} {variant.get('variantName', '')}".strip()
            if count is not None:
                yield _sagemaker(label, name, count, "endpoint usage")


def _notebook(notebook: Resource, _: _Resources) -> Iterator[Need]:
    for name in texts([notebook.inputs.get("instanceType")]):
        yield _sagemaker(notebook.name, name, 1, "notebook instance usage")


def _sagemaker(pool: str, instance_type: str, count: int, usage: str) -> Need:
    """Return the need of instances that SageMaker starts; its quotas count instances, by type."""
    need = _machines(pool, [instance_type.removeprefix("ml.")], count, spot=False)
    quota = f"SageMaker: {instance_type} for {usage}"
    return Need(pool, instance_type, quota, ON_DEMAND, need.gpus, need.vcpus)


def _karpenter(pool: Resource, _: _Resources) -> Iterator[Need]:
    """Yield what a node pool of Karpenter may start; one without limits may start anything."""
    spec = mapping(pool.inputs.get("spec"))
    template = mapping(mapping(spec.get("template")).get("spec"))
    wanted = {
        str(one.get("key")): texts(one.get("values"))
        for one in mappings(template.get("requirements"))
        if one.get("operator") == "In"
    }
    limits = mapping(spec.get("limits"))
    spot = SPOT in wanted.get("karpenter.sh/capacity-type", [])
    types = wanted.get("node.kubernetes.io/instance-type", [])
    series = wanted.get("karpenter.k8s.aws/instance-category", [])
    quotas = dict.fromkeys(
        found.name
        for found in (ec2.quota(name, spot) for name in types or [f"{one}1" for one in series])
        if found is not None
    )
    yield Need(
        pool=pool.name,
        instance_type=", ".join(types or series) or "any",
        quota=", ".join(quotas),
        market=SPOT if spot else ON_DEMAND,
        gpus=_quantity(limits.get(GPU)) or 0,
        vcpus=_quantity(limits.get("cpu")) or 0,
    )


def _resource_quota(quota: Resource, _: _Resources) -> Iterator[Need]:
    hard = mapping(mapping(quota.inputs.get("spec")).get("hard"))
    gpus = _quantity(hard.get(f"requests.{GPU}"))
    if gpus is not None:
        yield Need(quota.name, "", KUBERNETES_QUOTA, "", gpus, 0)


def _pods(workload: Resource, largest: Mapping[str, int]) -> Iterator[Need]:
    """Yield the GPUs that the pods of a workload ask for together."""
    spec = mapping(workload.inputs.get("spec"))
    gpus = sum(_requested(spec))
    if not gpus:
        return
    predictor = mapping(spec.get("predictor"))
    sizes = (
        largest.get(identity(workload.inputs)),
        spec.get("replicas"),
        spec.get("parallelism"),
        predictor.get("maxReplicas"),
        predictor.get("minReplicas"),
    )
    count = next((most for size in sizes if (most := number(size)) is not None), 1)
    yield Need(workload.name, "", "", "", gpus * count, 0)


def _requested(value: JsonValue) -> Iterator[int]:
    """Yield the GPUs of every container below `value`."""
    if isinstance(value, Mapping):
        resources = mapping(value.get("resources"))
        limit = _quantity(mapping(resources.get("limits")).get(GPU))
        yield limit or _quantity(mapping(resources.get("requests")).get(GPU)) or 0
        for item in value.values():
            yield from _requested(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _requested(item)


def _autoscaled(resources: Iterable[Resource]) -> dict[str, int]:
    """Return the most replicas of what an autoscaler scales, by its identity."""
    found = {}
    for resource in resources:
        if resource.type == _AUTOSCALER:
            spec = mapping(resource.inputs.get("spec"))
            target = mapping(spec.get("scaleTargetRef"))
            most = number(spec.get("maxReplicas"))
            metadata = {**mapping(resource.inputs.get("metadata")), "name": target.get("name")}
            if most is not None:
                found[identity({"kind": target.get("kind"), "metadata": metadata})] = most
    return found


def _quantity(value: JsonValue) -> int | None:
    """Return a quantity of Kubernetes in whole units, such as 2 for `1500m`; None for no number."""
    text = str(value)
    scale = 1000 if text.endswith("m") else 1
    digits = text.removesuffix("m")
    return math.ceil(int(digits) / scale) if digits.isascii() and digits.isdigit() else None


_MEASURES: Mapping[str, Callable[[Resource, _Resources], Iterator[Need]]] = {
    "aws:ec2/instance:Instance": _instance,
    "aws:eks/nodeGroup:NodeGroup": _node_group,
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration": _endpoint,
    "aws:sagemaker/notebookInstance:NotebookInstance": _notebook,
    "kubernetes:core/v1:ResourceQuota": _resource_quota,
    "kubernetes:karpenter.sh/v1:NodePool": _karpenter,
}
