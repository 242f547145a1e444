"""What a real thing is called before anybody has seen it, where its inputs tell.

A provider gives most things an id of its own making. The id of others follows from what was asked
for, so it can be found out whether a creation that was cut off has made them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from stackwright.engine.redaction import HIDDEN
from stackwright.engine.state import Resource

_AWS = {
    "aws:cloudwatch/logGroup:LogGroup": "{name}",
    "aws:ec2/route:Route": "{routeTableId}_{destinationCidrBlock}",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "{subnetId}/{routeTableId}",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": "{repository}",
    "aws:ecr/repository:Repository": "{name}",
    "aws:eks/accessEntry:AccessEntry": "{clusterName}:{principalArn}",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (
        "{clusterName}#{principalArn}#{policyArn}"
    ),
    "aws:eks/addon:Addon": "{clusterName}:{addonName}",
    "aws:eks/cluster:Cluster": "{name}",
    "aws:eks/nodeGroup:NodeGroup": "{clusterName}:{nodeGroupName}",
    "aws:iam/role:Role": "{name}",
    "aws:iam/rolePolicy:RolePolicy": "{role}:{name}",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "{role}/{policyArn}",
    "aws:kms/alias:Alias": "{name}",
    "aws:rds/instance:Instance": "{identifier}",
    "aws:rds/parameterGroup:ParameterGroup": "{name}",
    "aws:rds/subnetGroup:SubnetGroup": "{name}",
    "aws:s3/bucket:Bucket": "{bucket}",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "{bucket}",
    "aws:s3/bucketLogging:BucketLogging": "{bucket}",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "{bucket}",
    "aws:s3/bucketPolicy:BucketPolicy": "{bucket}",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "{bucket}",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        "{bucket}"
    ),
    "aws:s3/bucketVersioning:BucketVersioning": "{bucket}",
}
"""Type -> the id that `pulumi import` takes, in words of its inputs (the AWS provider's pages)."""

_RELEASE = "kubernetes:helm.sh/v3:Release"


NAMESPACE = "kubernetes:core/v1:Namespace"


def physical_id(resource: Resource) -> str | None:
    """Return the id that the real thing has if it exists; None when its inputs do not tell."""
    if resource.type.startswith("kubernetes:"):
        return _joined(_named(resource))
    form = _AWS.get(resource.type)
    return _filled(form, resource.inputs) if form else None


def namespace_of(resource: Resource) -> str:
    """Return the namespace that a Kubernetes resource goes to; empty for any other."""
    if not resource.type.startswith("kubernetes:"):
        return ""
    namespace = _named(resource).get("namespace")
    return str(namespace) if _is_name(namespace) else ""


def belongs(
    wanted: Resource, found: Mapping[str, Any], default_tags: Mapping[str, Any]
) -> bool | None:
    """Tell whether a real thing carries the tags or labels that were asked for.

    Args:
        wanted: What was to be made.
        found: What is there, as the provider read it.
        default_tags: Tags that the provider gives to everything that can have tags.

    Returns:
        None when no tags or labels were asked for, so nothing can be told by them.
    """
    all_tags = found.get("tagsAll")
    defaults = default_tags if isinstance(all_tags, Mapping) else {}
    asked = {**defaults, **_marks(wanted.inputs)}
    if not asked:
        return None
    carried = {**_marks(found), **(all_tags if isinstance(all_tags, Mapping) else {})}
    return asked.items() <= carried.items()


def default_tags_of(provider: Resource | None) -> Mapping[str, Any]:
    """Return the tags that a provider gives to everything; empty where it gives none."""
    value = provider.inputs.get("defaultTags") if provider else None
    if isinstance(value, str):
        # The engine keeps what a provider is configured with as text.
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    tags = value.get("tags") if isinstance(value, Mapping) else None
    return tags if isinstance(tags, Mapping) else {}


def _marks(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the labels or tags of a resource."""
    metadata = values.get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, Mapping) else None
    found = labels or values.get("tags")
    return found if isinstance(found, Mapping) else {}


def _named(resource: Resource) -> Mapping[str, Any]:
    """Return where a Kubernetes resource says its name and namespace."""
    if resource.type == _RELEASE:
        return resource.inputs
    metadata = resource.inputs.get("metadata")
    return metadata if isinstance(metadata, Mapping) else {}


def _joined(named: Mapping[str, Any]) -> str | None:
    name, namespace = named.get("name"), named.get("namespace")
    if not _is_name(name):
        return None
    return f"{namespace}/{name}" if _is_name(namespace) else str(name)


def _filled(form: str, inputs: Mapping[str, Any]) -> str | None:
    known = {key: value for key, value in inputs.items() if _is_name(value)}
    try:
        return form.format_map(known)
    except KeyError:
        return None


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and value not in ("", HIDDEN)
