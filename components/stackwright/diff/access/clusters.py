"""Who reaches the API of a cluster of EKS, and what its access entries let people do there."""

from __future__ import annotations

from collections.abc import Iterator

from stackwright.diff.access.addresses import place, within
from stackwright.diff.access.findings import Change, Wording, difference, finding
from stackwright.diff.access.sides import AccessSide, Source, spoken, target
from stackwright.diff.access.words import named
from stackwright.diff.findings import AccessChange
from stackwright.diff.shapes import mapping, texts
from stackwright.plan.graph import JsonValue

_ENDPOINT = Wording(
    "cluster endpoint",
    "the API of {subject} can now be reached from {items}",
    "the API of {subject} can no longer be reached from {items}",
)
_ENTRY = Wording("cluster access", "{subject} may now {items}", "{subject} may no longer {items}")

_CLUSTER = "aws:eks/cluster:Cluster"
_ACCESS_ENTRY = "aws:eks/accessEntry:AccessEntry"
_ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"

_ADMINISTRATOR = "AmazonEKSClusterAdminPolicy"
_ANYWHERE = ("0.0.0.0/0",)


def cluster_changes(before: AccessSide, after: AccessSide) -> Iterator[AccessChange]:
    """Yield who reaches and may use a cluster now and might not before, and the other way."""
    had, has = ({one.urn: one for one in side.of(_CLUSTER)} for side in (before, after))
    for urn in dict.fromkeys((*has, *had)):
        yield from _endpoint(had.get(urn), has.get(urn))
    yield from _entries(before, after)


def _endpoint(before: Source | None, after: Source | None) -> Iterator[AccessChange]:
    either = after or before
    assert either is not None
    was, now = _public(before), _public(after)
    change = Change(
        either,
        _named(either),
        {place(one): place(one) for one in now if not within(one, was)},
        {place(one): place(one) for one in was if not within(one, now)},
        new=before is None,
    )
    yield from finding(change, _ENDPOINT)


def _public(cluster: Source | None) -> tuple[str, ...]:
    """Return the public addresses that reach a cluster: by default, all (EKS API, VpcConfig)."""
    if cluster is None:
        return ()
    network = mapping(cluster.inputs.get("vpcConfig"))
    if network.get("endpointPublicAccess", True) is False:
        return ()
    return tuple(texts(network.get("publicAccessCidrs"))) or _ANYWHERE


def _entries(before: AccessSide, after: AccessSide) -> Iterator[AccessChange]:
    had, has = _allowed(before), _allowed(after)
    for key in dict.fromkeys((*has, *had)):
        source, words, now = has.get(key) or had[key]
        cluster = _cluster(source, before) or _cluster(source, after)
        was = had[key][2] if key in had else {}
        now = now if key in has else {}
        change = Change(
            cluster or source,
            words,
            {item: said for item, said in difference(was, now).items() if not _held(item, was)},
            {item: said for item, said in difference(now, was).items() if not _held(item, now)},
            new=cluster is None or cluster.urn not in before.urns,
        )
        yield from finding(change, _ENTRY)


def _allowed(side: AccessSide) -> dict[tuple[str, str], tuple[Source, str, dict[str, str]]]:
    """Return what each principal may do in each cluster."""
    found: dict[tuple[str, str], tuple[Source, str, dict[str, str]]] = {}
    for source in side.of(_ACCESS_ENTRY, _ASSOCIATION):
        own = _cluster(source, side)
        cluster = _called(source.inputs.get("clusterName"), side) if own is None else _named(own)
        principal = _principal(source, side)
        key = (_key(source, "clusterName"), _key(source, "principalArn"))
        _, _, items = found.setdefault(key, (source, principal, {}))
        for group in texts(source.inputs.get("kubernetesGroups")):
            items[f"group {group}"] = f"act as the group {group} in {cluster}"
        if "policyArn" in source.inputs:
            items.update(_policy(source, cluster))
    return found


def _policy(source: Source, cluster: str) -> Iterator[tuple[str, str]]:
    policy = str(source.inputs["policyArn"]).rpartition("/")[2]
    scope = mapping(source.inputs.get("accessScope"))
    namespaces = texts(scope.get("namespaces")) if scope.get("type") == "namespace" else [""]
    for namespace in namespaces:
        where = f"namespace {namespace} of {cluster}" if namespace else cluster
        item = f"{policy} in {f'namespace {namespace}' if namespace else 'the cluster'}"
        yield item, f"do what {policy} allows in {where}"


def _held(item: str, others: dict[str, str]) -> bool:
    """Tell whether an item is part of a larger one: of a whole cluster, or an administrator's."""
    policy = item.partition(" in ")[0]
    whole = f"{policy} in the cluster"
    return not item.startswith("group ") and (
        f"{_ADMINISTRATOR} in the cluster" in others or (whole in others and whole != item)
    )


def _named(cluster: Source) -> str:
    """Return `cluster NAME`, or the name alone where it says so itself."""
    name = spoken(cluster.name, {})
    return name if "cluster" in name else f"cluster {name}"


def _cluster(source: Source, side: AccessSide) -> Source | None:
    """Return the cluster that an entry is for; None when it is not on this side."""
    value = source.inputs.get("clusterName")
    return side.source(target(value)) or side.named(_CLUSTER, value)


def _principal(source: Source, side: AccessSide) -> str:
    arn = source.inputs.get("principalArn")
    return named(arn, side.names) if isinstance(arn, str) else _called(arn, side)


def _key(source: Source, key: str) -> str:
    value = source.inputs.get(key)
    return target(value) or str(value)


def _called(value: JsonValue, side: AccessSide) -> str:
    return spoken(value, side.names) if isinstance(value, str) else "what is not known yet"
