"""A namespace that trusts nobody: Pod Security enforced, all traffic denied until allowed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_kubernetes.core.v1 import Namespace
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from stackwright.kubernetes.objects import ObjectNames
from stackwright.scope import Scope

Rule = Any
"""One rule of a network policy, in the words of Pulumi's Kubernetes SDK."""

METADATA_SERVICE = "169.254.169.254/32"
"""Instance metadata of every large cloud; pods have no business there."""

POD_IDENTITY_AGENT = "169.254.170.23/32"
"""Where EKS Pod Identity hands out credentials, port 80 (Amazon EKS user guide)."""

OBJECT_STORE_PORTS = (443, 8333)
"""S3 over HTTPS, and the S3 port of SeaweedFS (its README)."""


def isolated_namespace(
    name: str,
    names: ObjectNames,
    *,
    opts: pulumi.ResourceOptions,
    pod_security: str = "restricted",
) -> Namespace:
    """Make the instance's namespace, denying all traffic but name resolution.

    Args:
        name: Name that the resources' names begin with.
        names: Names and labels of the instance.
        opts: Options of every resource.
        pod_security: Pod Security Standard that is enforced; anything but `restricted` needs a
            reason in the component.
    """
    levels = {
        f"pod-security.kubernetes.io/{mode}": pod_security for mode in ("enforce", "audit", "warn")
    }
    namespace = Namespace(
        f"{name}-namespace",
        metadata=names.cluster_metadata(names.namespace, labels=levels),
        opts=opts,
    )
    inside = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[namespace]))
    NetworkPolicy(
        f"{name}-deny-all",
        metadata=names.metadata("deny-all"),
        spec={
            "pod_selector": {},
            "policy_types": ["Ingress", "Egress"],
            "egress": [dns_egress()],
        },
        opts=inside,
    )
    return namespace


def dns_egress() -> Rule:
    """Return the rule that lets pods ask the cluster's name servers."""
    return {
        "to": [
            {
                "namespace_selector": {
                    "match_labels": {"kubernetes.io/metadata.name": "kube-system"}
                },
                "pod_selector": {"match_labels": {"k8s-app": "kube-dns"}},
            }
        ],
        "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
    }


def outside_egress(*ports: int) -> Rule:
    """Return the rule that lets pods reach other networks, but not the metadata service.

    Args:
        ports: TCP ports that are opened; none for all.
    """
    block = {"cidr": "0.0.0.0/0", "except_": [METADATA_SERVICE]}
    return {"to": [{"ip_block": block}], **_opened(ports)}


def identity_egress() -> Rule:
    """Return the rule that lets pods ask for their EKS Pod Identity credentials."""
    return {
        "to": [{"ip_block": {"cidr": POD_IDENTITY_AGENT}}],
        "ports": [{"protocol": "TCP", "port": 80}],
    }


def store_egress(scope: Scope, *ports: int) -> list[Rule]:
    """Return the rules that let pods reach object stores, in the cluster and outside.

    Args:
        scope: Environment whose namespaces may hold a store.
        ports: TCP ports that are opened besides those of S3.
    """
    opened = (*OBJECT_STORE_PORTS, *ports)
    platform = to_namespaces(platform_labels(scope), *opened)
    return [outside_egress(*opened), platform, identity_egress()]


def cluster_api_egress() -> Rule:
    """Return the rule that lets an operator reach the Kubernetes API, at a Service or a node."""
    return outside_egress(443, 6443)


def platform_labels(scope: Scope) -> dict[str, str]:
    """Return the labels of every namespace of the environment; a project's may carry them too."""
    return {
        "app.kubernetes.io/part-of": scope["name"],
        "stackwright.dev/environment": scope["environment"],
    }


def to_namespaces(selector: dict[str, Any], *ports: int) -> Rule:
    """Return the rule that lets pods reach pods of some namespaces.

    A network plugin may not count pods among the addresses of `outside_egress`.

    Args:
        selector: Labels of the namespaces, none for all of them; the values may be outputs.
        ports: TCP ports that are opened; none for all.
    """
    return {"to": [{"namespace_selector": _selector(selector)}], **_opened(ports)}


def webhook_ingress(*ports: int) -> Rule:
    """Return the rule that lets the Kubernetes API call webhooks; it has no label to select."""
    return {"ports": [{"protocol": "TCP", "port": port} for port in ports]}


def within_namespace() -> Rule:
    """Return the rule that lets pods of the same namespace in."""
    return {"from_": [{"pod_selector": {}}]}


def from_namespaces(selector: dict[str, Any], *ports: int) -> Rule:
    """Return the rule that lets pods of some namespaces in.

    Args:
        selector: Labels of the namespaces; the values may be outputs.
        ports: TCP ports that are opened.
    """
    return {
        "from_": [{"namespace_selector": {"match_labels": selector}}],
        "ports": [{"protocol": "TCP", "port": port} for port in ports],
    }


def network_policy(
    name: str,
    names: ObjectNames,
    *,
    opts: pulumi.ResourceOptions,
    component: str = "",
    pods: dict[str, str] | None = None,
    ingress: Sequence[Rule] = (),
    egress: Sequence[Rule] = (),
) -> NetworkPolicy:
    """Allow named traffic of the pods of one component of the instance.

    Args:
        name: Name that the resource's name begins with.
        names: Names and labels of the instance.
        opts: Options of the resource.
        component: Component whose pods are meant, and name of the policy; else the instance.
        pods: Labels of the pods where a chart gives them its own; empty for the whole namespace.
        ingress: Traffic that is let in.
        egress: Traffic that is let out.
    """
    allowed = {"Ingress": list(ingress), "Egress": list(egress)}
    spec: Any = {
        "pod_selector": _selector(names.selector(component) if pods is None else pods),
        "policy_types": [direction for direction, rules in allowed.items() if rules],
        **{direction.lower(): rules for direction, rules in allowed.items() if rules},
    }
    metadata = names.metadata(component or names.instance, component=component)
    return NetworkPolicy(f"{name}-network-policy", metadata=metadata, spec=spec, opts=opts)


# The API server drops an empty map or list: every later apply would write it again.
def _selector(labels: dict[str, Any]) -> Rule:
    return {"match_labels": labels} if labels else {}


def _opened(ports: Sequence[int]) -> Rule:
    return {"ports": [{"protocol": "TCP", "port": port} for port in ports]} if ports else {}
