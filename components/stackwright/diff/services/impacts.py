"""What a change means for those who call a service: a rollout, an interruption, new or gone.

Looked at are the tools that answer requests, and what requests pass through on their way, such as
databases and nodes; not what only prepares the ground, such as certificates. What one replacement
forces in other resources is said once for each tool.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from stackwright.diff.capacity import needs
from stackwright.diff.changes import Action, Order, Replacement, ResourceChange
from stackwright.diff.findings import Impact, ServiceImpact
from stackwright.diff.replacement.clusters import KUBERNETES_PROVIDER
from stackwright.diff.replacement.gaps import OTHER_ADDRESS
from stackwright.diff.roles import role
from stackwright.diff.services.exposed import exposed
from stackwright.diff.services.managed_services import (
    control_plane,
    database,
    endpoint,
    node_group,
)
from stackwright.diff.services.updates import Judgement, Update
from stackwright.diff.services.workloads import (
    model,
    postgres_cluster,
    release,
    runtime,
    workload,
)
from stackwright.diff.shapes import Inputs, at, identity, texts
from stackwright.plan.graph import Plan, Resource, Tool, origins
from stackwright.report.words import clean, type_words
from stackwright.urns import type_of

_BEHIND = frozenset({"certificates", "delivery", "identity", "registry", "secrets"})
"""Capabilities that no request passes through."""

_CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
_ENDPOINT = "aws:sagemaker/endpoint:Endpoint"
_ENDPOINT_CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
_LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
_NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"

_POOLS = (_NODE_GROUP, "kubernetes:karpenter.sh/v1:NodePool")

_NO_GPU = ", and no node has a GPU any more: pods that ask for one do not run."

_RULES: Mapping[str, Callable[[Update], Iterable[Judgement]]] = {
    "aws:eks/cluster:Cluster": control_plane,
    _NODE_GROUP: node_group,
    "aws:rds/cluster:Cluster": database,
    "aws:rds/clusterInstance:ClusterInstance": database,
    "aws:rds/instance:Instance": database,
    _ENDPOINT: endpoint,
    _ENDPOINT_CONFIGURATION: endpoint,
    "kubernetes:apps/v1:DaemonSet": workload,
    "kubernetes:apps/v1:Deployment": workload,
    "kubernetes:apps/v1:StatefulSet": workload,
    "kubernetes:core/v1:Service": exposed,
    "kubernetes:gateway.networking.k8s.io/v1:Gateway": exposed,
    "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute": exposed,
    "kubernetes:helm.sh/v3:Release": release,
    "kubernetes:helm.sh/v4:Chart": release,
    "kubernetes:networking.k8s.io/v1:Ingress": exposed,
    "kubernetes:postgresql.cnpg.io/v1:Cluster": postgres_cluster,
    "kubernetes:serving.kserve.io/v1alpha1:ClusterServingRuntime": runtime,
    "kubernetes:serving.kserve.io/v1alpha1:ServingRuntime": runtime,
    "kubernetes:serving.kserve.io/v1beta1:InferenceService": model,
}
"""Type -> what an update in place means for callers."""

_OF_PODS = (workload, model)

_INCOMING = (Action.CREATE, Action.IMPORT)
_OUTGOING = (Action.DELETE, Action.FORGET)


def services(
    changes: Sequence[ResourceChange], base: Plan | None, head: Plan | None
) -> tuple[ServiceImpact, ...]:
    """Return what callers see, interruptions first.

    Args:
        changes: What changes, with replacements judged.
        base: The environment as it was; None when it is new.
        head: The environment as it will be; None when it goes.
    """
    earlier, later = _Side(base), _Side(head)
    found: dict[tuple[str, ...], ServiceImpact] = {}
    told = set(_told_by_endpoints(changes, later))
    for change in sorted(changes, key=_says_less):
        if change.custom and change.capability not in _BEHIND and change.urn not in told:
            for key, impact in _impacts(change, earlier, later):
                found.setdefault(key, impact)
    order = list(Impact)
    return tuple(sorted(found.values(), key=lambda impact: order.index(impact.impact)))


def _says_less(change: ResourceChange) -> bool:
    """Tell what comes later: of what one replacement forces, pods say more than what is around."""
    return change.action is Action.REPLACE and _RULES.get(change.type) not in _OF_PODS


def _told_by_endpoints(changes: Sequence[ResourceChange], later: _Side) -> Iterator[str]:
    """Yield the configurations of endpoints that change, too, and say what moves."""
    for change in changes:
        endpoint_ = later.resources.get(change.urn)
        if change.type == _ENDPOINT and endpoint_ is not None:
            yield from (origin.partition("#")[0] for origin in origins(endpoint_.inputs))


class _Side:
    """What is looked up in one of the two plans."""

    def __init__(self, plan: Plan | None) -> None:
        self._plan = plan
        resources = tuple(plan.resources()) if plan is not None else ()
        self.resources: Mapping[str, Resource] = {one.urn: one for _, one in resources}
        self.tools: Mapping[str, Tool] = (
            {tool.instance: tool for tool in plan.tools} if plan is not None else {}
        )

    @cached_property
    def claims(self) -> frozenset[str]:
        """Return the volume claims that one node at a time can use."""
        return frozenset(
            identity(one.inputs)
            for one in self.resources.values()
            if one.type == _CLAIM and not _shared(texts(at(one.inputs, "spec.accessModes")))
        )

    @cached_property
    def pools(self) -> frozenset[str]:
        """Return the names of what makes nodes for a cluster."""
        return frozenset(one.name for one in self.resources.values() if one.type in _POOLS)

    @cached_property
    def gpu_pools(self) -> frozenset[str]:
        """Return the names of the pools whose nodes have GPUs."""
        found = needs(self._plan) if self._plan is not None else ()
        return self.pools & {need.pool for need in found if need.gpus}

    def configured(self, resource: Resource) -> Inputs:
        """Return the inputs of a resource; an endpoint has those of its configuration too."""
        if resource.type != _ENDPOINT:
            return resource.inputs
        urns = [origin.partition("#")[0] for origin in origins(resource.inputs)]
        found = [self.resources[urn] for urn in urns if urn in self.resources]
        own = [one.inputs for one in found if one.type == _ENDPOINT_CONFIGURATION]
        return {**own[0], **resource.inputs} if own else resource.inputs

    def node_groups(self, template: str) -> Iterator[Resource]:
        """Yield the node groups that a launch template makes nodes for."""
        for one in self.resources.values():
            if one.type == _NODE_GROUP:
                made_from = {origin.partition("#")[0] for origin in origins(one.inputs)}
                if template in made_from:
                    yield one


def _shared(modes: Sequence[str]) -> bool:
    return any(mode.endswith("Many") for mode in modes)


_Keyed = Iterator[tuple[tuple[str, ...], ServiceImpact]]


def _impacts(change: ResourceChange, earlier: _Side, later: _Side) -> _Keyed:
    """Yield the impacts of one change, with a key that says which of them are one and the same."""
    if change.action in _INCOMING and change.type in _RULES:
        yield _appears(change, Impact.NEW, earlier, later)
    elif change.action in _OUTGOING and change.type == _NODE_GROUP and later.pools:
        yield _drained(change, earlier, later)
    elif change.action in _OUTGOING and change.type in _RULES:
        yield _appears(change, Impact.GONE, later, earlier)
    elif change.action in _OUTGOING and change.type == _NAT_GATEWAY:
        yield from _leaves_elsewhere(change, later)
    elif change.action is Action.UPDATE or change.type == _ENDPOINT_CONFIGURATION:
        # Every change of a configuration makes a new one, and the endpoint moves over.
        yield from _updated(change, earlier, later)
    elif change.action is Action.REPLACE:
        yield from _replaced(change)


def _appears(
    change: ResourceChange, impact: Impact, other: _Side, own: _Side
) -> tuple[tuple[str, ...], ServiceImpact]:
    """Say that a tool, or a part of one that stays, is on one side only."""
    word = "new" if impact is Impact.NEW else "gone"
    tool = own.tools.get(change.tool)
    if tool is not None and change.tool not in other.tools:
        sentence = f"The {role(tool)} is {word}."
        return (impact, change.tool), _impact(change, impact, sentence)
    return (impact, change.urn), _impact(change, impact, f"{_subject(change)} is {word}.")


def _drained(
    change: ResourceChange, earlier: _Side, later: _Side
) -> tuple[tuple[str, ...], ServiceImpact]:
    """Say where the pods of a node group go, of which EKS drains every node before it goes.

    Source: Amazon EKS User Guide, "Delete a managed node group from your cluster".
    """
    if change.name in earlier.gpu_pools and not later.gpu_pools:
        impact, rest = Impact.INTERRUPTION, _NO_GPU
    else:
        impact, rest = Impact.ROLLOUT, ": its nodes are drained, and pods move to other nodes."
    return (impact, change.urn), _impact(change, impact, f"{_subject(change)} is gone{rest}")


def _replaced(change: ResourceChange) -> _Keyed:
    replacement = change.replacement
    if replacement is None or not (change.type in _RULES or replacement.gap):
        return
    if change.loses and change.type not in _RULES and replacement.order is Order.CREATE_FIRST:
        # What is lost is said on a card of its own, and nobody waits.
        return
    gap = _is_elsewhere(replacement) or replacement.order is Order.DELETE_FIRST
    impact = Impact.INTERRUPTION if gap else Impact.ROLLOUT
    default = (
        "It goes before its successor comes." if gap else "It goes when its successor is there."
    )
    sentence = f"{_subject(change)} is replaced. {replacement.gap or default}"
    forced = replacement.because_of
    key = (impact, change.tool, "forced") if forced else (impact, change.urn)
    yield key, _impact(change, impact, sentence)


def _leaves_elsewhere(change: ResourceChange, later: _Side) -> _Keyed:
    """Yield that traffic takes another way out, where one is left."""
    if any(one.type == _NAT_GATEWAY for one in later.resources.values()):
        sentence = f"{_subject(change)} is gone. {OTHER_ADDRESS}"
        yield (Impact.ROLLOUT, change.urn), _impact(change, Impact.ROLLOUT, sentence)


def _is_elsewhere(replacement: Replacement) -> bool:
    """Tell whether a resource is made anew in another cluster, where nobody calls it yet."""
    return type_of(replacement.because_of) == KUBERNETES_PROVIDER


def _updated(change: ResourceChange, earlier: _Side, later: _Side) -> _Keyed:
    before = earlier.resources.get(change.before_urn or change.urn)
    after = later.resources.get(change.urn)
    if before is None or after is None:
        return
    if change.type == _LAUNCH_TEMPLATE:
        yield from _nodes_move(change, later)
    rule = _RULES.get(change.type)
    if rule is not None:
        inputs = (earlier.configured(before), later.configured(after))
        update = Update(change, *inputs, later.claims)
        for impact, said in rule(update):
            # Nodes move once, whatever makes them move.
            key = (impact, change.urn) if rule is node_group else (impact, change.urn, said)
            yield key, _impact(change, impact, f"{_subject(change)} {said}.")


def _nodes_move(change: ResourceChange, later: _Side) -> _Keyed:
    for group in later.node_groups(change.urn):
        sentence = (
            f"{_titled(type_words(group.type))} {clean(group.name)} replaces its nodes, some at a"
            f" time, and pods move: its launch template changes."
        )
        found = _impact(change, Impact.ROLLOUT, sentence)
        yield (Impact.ROLLOUT, group.urn), replace(found, urn=group.urn)


def _impact(change: ResourceChange, impact: Impact, sentence: str) -> ServiceImpact:
    return ServiceImpact(change.urn, change.layer, change.tool, change.capability, impact, sentence)


def _subject(change: ResourceChange) -> str:
    return f"{_titled(type_words(change.type))} {clean(change.name)}"


def _titled(words: str) -> str:
    return words[:1].upper() + words[1:]
