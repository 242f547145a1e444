"""What the users of a resource see while it is replaced."""

from __future__ import annotations

from collections.abc import Mapping

from stackwright.diff.changes import Order

_PODS = frozenset(
    f"kubernetes:{kind}"
    for kind in (
        "apps/v1:DaemonSet",
        "apps/v1:Deployment",
        "apps/v1:StatefulSet",
        "core/v1:Pod",
        "serving.kserve.io/v1beta1:InferenceService",
    )
)

_SILENCE: Mapping[str, str] = {
    "database": "nothing can connect to the database",
    "features": "no features are served",
    "monitoring": "nothing is measured and no alert is sent",
    "registry": "no image can be pulled",
    "secrets": "no secret is delivered or renewed",
    "serving": "no request to the model is answered",
    "storage": "objects can be neither read nor written",
    "tracking": "no run can be recorded and no model be looked up",
}
"""Capability -> what does not work while its pods are gone."""

_ENTRANCES = frozenset(
    {
        "aws:lb/listener:Listener",
        "aws:lb/loadBalancer:LoadBalancer",
        "aws:lb/targetGroup:TargetGroup",
        "kubernetes:core/v1:Service",
        "kubernetes:gateway.networking.k8s.io/v1:Gateway",
        "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
        "kubernetes:networking.k8s.io/v1:Ingress",
    }
)

_RELEASES = frozenset({"kubernetes:helm.sh/v3:Release", "kubernetes:helm.sh/v4:Chart"})

_ADDRESSES = frozenset({"aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway"})

OTHER_ADDRESS = "Outgoing traffic comes from another public address, which allow-lists must know."

_STARTS_EMPTY = "It is gone until the new one is there, and the new one starts empty."

_DELETED_FIRST: Mapping[str, str] = {
    "aws:eks/cluster:Cluster": (
        "Nothing runs from the moment that the cluster is deleted until the new one and all that"
        " is on it are there."
    ),
    "aws:eks/nodeGroup:NodeGroup": (
        "Its nodes are drained before new ones are there: pods that fit nowhere else wait."
    ),
    "aws:iam/role:Role": "Whoever takes on the role is refused until the new one is there.",
    "aws:kms/key:Key": "What is encrypted with the key cannot be read.",
    "aws:sagemaker/endpoint:Endpoint": (
        "No request to the endpoint is answered until the new one is in service."
    ),
}
"""Type -> what is seen when the old one goes first."""

_CREATED_FIRST: Mapping[str, str] = {
    "aws:eks/cluster:Cluster": (
        "The new cluster starts empty; what runs on the old one ends with it."
    ),
    "aws:eks/nodeGroup:NodeGroup": (
        "New nodes start before the old ones are drained, and every pod on them moves."
    ),
    "aws:kms/key:Key": "What is encrypted with the old key cannot be read with the new one.",
}
"""Type -> what is seen when the new one comes first."""


def gap(type_: str, capability: str, order: Order, loses: str, in_another_cluster: bool) -> str:
    """Return what is seen while a resource is replaced, as a sentence; empty for nothing.

    Args:
        type_: Pulumi type token.
        capability: Capability of its tool; empty for none.
        order: The order of its replacement.
        loses: What goes with it; empty for nothing.
        in_another_cluster: Whether it is made anew because its cluster is another one.
    """
    if in_another_cluster:
        return _moved(type_, capability)
    if order is Order.DELETE_FIRST:
        return _deleted_first(type_, capability, loses)
    if type_ in _ADDRESSES:
        return OTHER_ADDRESS
    if type_ in _ENTRANCES:
        return "It gets another address, which callers must be told."
    starts_empty = "The new one starts empty, beside the old one, which is then deleted."
    return _CREATED_FIRST.get(type_, starts_empty if loses else "")


def _deleted_first(type_: str, capability: str, loses: str) -> str:
    if type_ in _PODS:
        return f"Its pods are deleted before new ones start; until then {_silence(capability)}."
    if type_ in _ENTRANCES:
        return f"It is gone until the new one is there; until then {_silence(capability)}."
    return _DELETED_FIRST.get(type_, _STARTS_EMPTY if loses else "")


def _moved(type_: str, capability: str) -> str:
    if type_ not in _PODS | _ENTRANCES | _RELEASES:
        return ""
    return f"It starts anew in the new cluster; until then {_silence(capability)}."


def _silence(capability: str) -> str:
    return _SILENCE.get(capability, "nobody answers")
