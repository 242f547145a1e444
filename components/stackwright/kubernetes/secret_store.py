"""A store that gives Secrets of one namespace to other namespaces, and nothing else of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pulumi
from pulumi import Input
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core.v1 import ServiceAccount
from pulumi_kubernetes.rbac.v1 import Role, RoleBinding

from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.secrets import AFTER, API_VERSION


def namespace_store(
    name: str,
    names: ObjectNames,
    store: str,
    *,
    secrets: Iterable[str],
    readers: Iterable[str],
    opts: pulumi.ResourceOptions,
    namespace: str = "",
    after: Input[str] | None = None,
) -> CustomResource:
    """Make a ClusterSecretStore that reads named Secrets of one namespace.

    External Secrets reads them as a service account that may do nothing else.

    Args:
        name: Name that the resources' names begin with.
        names: Names and labels of the instance, whose namespace holds the service account.
        store: Name of the store, of the account and of its role.
        secrets: Names of the Secrets that can be read.
        readers: Namespaces that may read them.
        opts: Options of every resource.
        namespace: Namespace of the Secrets; the instance's own when empty.
        after: Name of the secret store in the contract, where the operator is another tool's.
    """
    place = namespace or names.namespace
    account = ServiceAccount(
        f"{name}-account",
        metadata=names.metadata(store),
        automount_service_account_token=False,
        opts=opts,
    )
    binding = _reading(name, names, store, place, sorted(set(secrets)), account, opts)
    return cluster_secret_store(
        f"{name}-store",
        names,
        store,
        provider={"kubernetes": _provider(names.namespace, store, place)},
        readers=readers,
        after=after,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[binding])),
    )


def cluster_secret_store(
    name: str,
    names: ObjectNames,
    store: str,
    *,
    provider: dict[str, Any],
    readers: Iterable[str],
    opts: pulumi.ResourceOptions,
    after: Input[str] | None = None,
) -> CustomResource:
    """Make a ClusterSecretStore that only some namespaces may use.

    Args:
        name: Name of the resource.
        names: Names and labels of the instance.
        store: Name of the store.
        provider: Where the secrets are, in External Secrets' words.
        readers: Namespaces that may use the store; at least one, since none would mean all.
        opts: Options of the resource.
        after: Name of the secret store in the contract, where the operator is another tool's.

    Raises:
        ValueError: No namespace may use the store.
    """
    namespaces = sorted(set(readers))
    if not namespaces:
        raise ValueError(f"the store {store} would be open to every namespace")
    marks = {AFTER: after} if after is not None else {}
    return CustomResource(
        name,
        api_version=API_VERSION,
        kind="ClusterSecretStore",
        metadata=names.cluster_metadata(store, annotations=marks),
        spec={"conditions": [{"namespaces": namespaces}], "provider": provider},
        opts=opts,
    )


def _reading(
    name: str,
    names: ObjectNames,
    store: str,
    namespace: str,
    secrets: list[str],
    account: ServiceAccount,
    opts: pulumi.ResourceOptions,
) -> RoleBinding:
    metadata: Any = {**names.metadata(store), "namespace": namespace}
    read: Any = {
        "api_groups": [""],
        "resources": ["secrets"],
        "resource_names": secrets,
        "verbs": ["get"],
    }
    # The provider asks what it may do before it calls the store ready (External Secrets,
    # "Kubernetes provider").
    ask: Any = {
        "api_groups": ["authorization.k8s.io"],
        "resources": ["selfsubjectrulesreviews"],
        "verbs": ["create"],
    }
    role = Role(
        f"{name}-role",
        metadata=metadata,
        rules=[read, ask],
        opts=opts,
    )
    return RoleBinding(
        f"{name}-role-binding",
        metadata=metadata,
        role_ref={
            "api_group": "rbac.authorization.k8s.io",
            "kind": "Role",
            "name": role.metadata["name"],
        },
        subjects=[
            {
                "kind": "ServiceAccount",
                "name": account.metadata["name"],
                "namespace": names.namespace,
            }
        ],
        opts=opts,
    )


def _provider(account_namespace: str, account: str, namespace: str) -> dict[str, Any]:
    return {
        "remoteNamespace": namespace,
        "server": {
            "caProvider": {
                "type": "ConfigMap",
                "name": "kube-root-ca.crt",
                "key": "ca.crt",
                "namespace": namespace,
            }
        },
        "auth": {"serviceAccount": {"name": account, "namespace": account_namespace}},
    }
