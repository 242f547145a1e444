"""The servers of CloudNativePG, and a database of theirs, as custom resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource

from stackwright.contracts import KubernetesCluster
from stackwright.database.cloudnative_pg.settings import CloudnativePgSettings, PostgresqlVersion
from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.releases import chart_placement, image
from stackwright.kubernetes.workloads import resources

API_VERSION = "postgresql.cnpg.io/v1"
PORT = 5432

IMAGES: Mapping[PostgresqlVersion, str] = {
    PostgresqlVersion.V16: "ghcr.io/cloudnative-pg/postgresql:16.14-standard-bookworm",
    PostgresqlVersion.V17: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
    PostgresqlVersion.V18: "ghcr.io/cloudnative-pg/postgresql:18.6-standard-trixie",
}
"""Image of each major version; tags seen in public use in 2026."""

HOST_RULES = ("hostssl sameuser all all scram-sha-256", "host all all all reject")
"""A role enters the database of its own name, by TLS, and no other (PostgreSQL documentation,
"The pg_hba.conf File"). The operator's own rules come before."""


def servers(
    name: str,
    names: ObjectNames,
    settings: CloudnativePgSettings,
    *,
    roles: Mapping[str, str],
    cluster: KubernetesCluster | None,
    opts: pulumi.ResourceOptions,
) -> CustomResource:
    """Make the group of servers, with a role for each login.

    Args:
        name: Name of the resource and of the group.
        names: Names and labels of the instance.
        settings: Settings of the tool.
        roles: Name of each role, by the Secret that holds its password.
        cluster: Kubernetes cluster, whose storage class is used.
        opts: Options of the resource.
    """
    storage: dict[str, Any] = {"size": f"{settings.storage_gib}Gi"}
    if cluster is not None and "storage_class" in cluster:
        storage["storageClass"] = cluster["storage_class"]
    spec = {
        "instances": settings.instances,
        "imageName": image(IMAGES[settings.postgresql_version], names.scope),
        "enableSuperuserAccess": False,
        # A budget for one server would keep its node from ever being emptied.
        "enablePDB": settings.instances > 1,
        "primaryUpdateStrategy": "unsupervised",
        "storage": storage,
        "resources": resources(settings.cpu, settings.memory),
        "inheritedMetadata": {"labels": names.metadata(name)["labels"]},
        "postgresql": _configuration(settings),
        "managed": {"roles": [_role(role, secret) for secret, role in roles.items()]},
        **_placement(settings),
    }
    return CustomResource(
        name,
        api_version=API_VERSION,
        kind="Cluster",
        metadata=names.metadata(name),
        spec=spec,
        opts=opts,
    )


def database(
    name: str, names: ObjectNames, key: str, login: str, *, opts: pulumi.ResourceOptions
) -> CustomResource:
    """Make one database, owned by the role of the same name.

    Args:
        name: Name of the resource.
        names: Names and labels of the instance, which is the name of the group of servers.
        key: Name of the custom resource.
        login: Name of the database and of the role.
        opts: Options of the resource.
    """
    return CustomResource(
        name,
        api_version=API_VERSION,
        kind="Database",
        # Pulumi waits until the operator has made the database.
        metadata=names.metadata(
            key, annotations={"pulumi.com/waitFor": "jsonpath={.status.applied}=true"}
        ),
        spec={
            "cluster": {"name": names.instance},
            "name": login,
            "owner": login,
            "databaseReclaimPolicy": "retain",
        },
        opts=opts,
    )


def _configuration(settings: CloudnativePgSettings) -> dict[str, Any]:
    configuration: dict[str, Any] = {"pg_hba": list(HOST_RULES)}
    if settings.instances > 1:
        # One standby has each write before it counts; with none left, writing goes on.
        configuration["synchronous"] = {
            "method": "any",
            "number": 1,
            "dataDurability": "preferred",
        }
    return configuration


def _role(role: str, secret: str) -> dict[str, Any]:
    return {
        "name": role,
        "ensure": "present",
        "login": True,
        "passwordSecret": {"name": secret},
    }


def _placement(settings: CloudnativePgSettings) -> dict[str, Any]:
    affinity: dict[str, Any] = {
        "enablePodAntiAffinity": True,
        "podAntiAffinityType": "preferred",
        "topologyKey": "topology.kubernetes.io/zone",
        **chart_placement(settings),
    }
    placed: dict[str, Any] = {"affinity": affinity}
    if priority := settings.scheduling.priority_class:
        placed["priorityClassName"] = priority
    return placed
