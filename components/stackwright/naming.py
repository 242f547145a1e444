"""Every derived name and label, by one rule: platform, environment, instance, purpose.

Parts are short enough that a joined name fits the strictest service it is used for, so no name
is ever cut or hashed. An environment holds no hyphen, so two environments of one platform never
share a name.
"""

from __future__ import annotations

from stackwright.scope import Scope

PLATFORM_LIMIT = 16
ENVIRONMENT_LIMIT = 10
INSTANCE_LIMIT = 12
PURPOSE_LIMIT = 9
"""16 + 10 + 12 + 9 and an account of 12 digits, joined by four hyphens, are the 63 characters
that S3 allows a bucket (Amazon S3 user guide, bucket naming rules)."""

PROJECT_LIMIT = 32
"""16 + 10 + 32 and `ci`, joined by three hyphens, are 63 of the 64 characters that IAM allows a
role's name (IAM user guide, "IAM and AWS STS quotas")."""

DNS_LABEL_LIMIT = 63
"""RFC 1123; Kubernetes namespaces and Services."""

BLUEPRINT_FILE = "blueprint.yaml"
"""Name of a blueprint where none is given."""

OWNER = "stackwright"

_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


def stem(scope: Scope, *parts: str) -> str:
    """Return `platform-environment-part-...`, the physical name of one thing.

    Raises:
        ValueError: The name is longer than a DNS label may be.
    """
    name = "-".join((scope["name"], scope["environment"], *parts))
    if len(name) > DNS_LABEL_LIMIT:
        excess = len(name) - DNS_LABEL_LIMIT
        raise ValueError(f"{name!r} is {excess} characters over the limit of {DNS_LABEL_LIMIT}")
    return name


def namespace(scope: Scope, instance: str) -> str:
    """Return the Kubernetes namespace that an instance lives in."""
    return stem(scope, instance)


def bucket(scope: Scope, instance: str, purpose: str) -> str:
    """Return the name of an S3 bucket; the account makes it unique in the world."""
    return stem(scope, instance, purpose, scope["account"])


def repository(scope: Scope, repository_name: str) -> str:
    """Return the name of an image repository, grouped by platform and environment."""
    return f"{scope['name']}/{scope['environment']}/{repository_name}"


def secret_path(scope: Scope) -> str:
    """Return the prefix of every secret that the environment may read in a secret manager."""
    return f"{scope['name']}/{scope['environment']}/"


def partition(region: str) -> str:
    """Return the AWS partition of a region, which every ARN begins with."""
    return next((name for prefix, name in _PARTITIONS.items() if region.startswith(prefix)), "aws")


def labels(scope: Scope, instance: str, component: str = "") -> dict[str, str]:
    """Return the Kubernetes recommended labels of what belongs to an instance."""
    return {
        **scope.get("labels", {}),
        "app.kubernetes.io/part-of": scope["name"],
        "app.kubernetes.io/instance": stem(scope, instance),
        "app.kubernetes.io/name": component or instance,
        "app.kubernetes.io/managed-by": OWNER,
        "stackwright.dev/environment": scope["environment"],
    }


def selector(scope: Scope, instance: str, component: str = "") -> dict[str, str]:
    """Return the labels that select an instance's pods; they never change in its life."""
    return {
        "app.kubernetes.io/instance": stem(scope, instance),
        "app.kubernetes.io/name": component or instance,
    }


def tags(scope: Scope) -> dict[str, str]:
    """Return the AWS tags of everything in the environment."""
    return {
        **scope.get("labels", {}),
        "stackwright:platform": scope["name"],
        "stackwright:environment": scope["environment"],
    }


def project(platform: str, layer: str) -> str:
    """Return the Pulumi project of a layer; the stack is the environment."""
    return f"{platform}-{layer}"
