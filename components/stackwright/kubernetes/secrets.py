"""Secrets in the cluster, made by External Secrets: none of them passes through Pulumi."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi import Input, Output
from pulumi_kubernetes.apiextensions import CustomResource

from stackwright.contracts import ObjectStore, SecretSource, SecretStore
from stackwright.kubernetes.objects import ObjectNames
from stackwright.secret_reference import SecretReference

API_VERSION = "external-secrets.io/v1"
GENERATOR_API_VERSION = "generators.external-secrets.io/v1alpha1"

PASSWORD_LENGTH = 32

AFTER = "stackwright.dev/secret-store"
"""Annotation that holds the secret store's name, so that an object comes after the operator that
knows its kind."""


def secret_source(reference: SecretReference, secrets: SecretStore) -> SecretSource:
    """Return where External Secrets finds what a reference names.

    Each kind of reference has its ClusterSecretStore: one for the cloud's secret manager, one
    for each namespace that secrets are kept in.
    """
    store = Output.format("{0}-{1}", secrets["store"], reference.store_suffix())
    key, entry = reference.location()
    return SecretSource(store=store, key=key, property=entry)


def external_secret(
    name: str,
    names: ObjectNames,
    secret: str,
    data: Mapping[str, SecretSource],
    *,
    opts: pulumi.ResourceOptions,
    template: Mapping[str, Any] | None = None,
    annotations: Mapping[str, Any] | None = None,
) -> CustomResource:
    """Bring secrets into the instance's namespace and keep them up to date.

    Args:
        name: Name of the resource.
        names: Names and labels of the instance.
        secret: Name of the Kubernetes Secret that is made.
        data: Keys of the Secret, or of the template, and where each value is kept.
        opts: Options of the resource.
        template: Texts that the values are put into, by key of the Secret; absent to keep them
            as they are.
        annotations: Annotations of the Secret that is made; they are templates too.
    """
    target: dict[str, Any] = {"name": secret, "creationPolicy": "Owner"}
    made: dict[str, Any] = {}
    if template is not None:
        made["data"] = dict(template)
    if annotations:
        made["metadata"] = {"annotations": dict(annotations)}
    if made:
        target["template"] = {"engineVersion": "v2", **made}
    return CustomResource(
        name,
        api_version=API_VERSION,
        kind="ExternalSecret",
        metadata=names.metadata(secret),
        spec={
            "refreshInterval": "1h",
            "target": target,
            "data": [_entry(key, source) for key, source in data.items()],
        },
        opts=opts,
    )


def object_store_keys(store: ObjectStore) -> dict[str, SecretSource]:
    """Return the access key of an object store under the names that S3 clients read.

    Empty where workloads have an identity instead.
    """
    if "credentials" not in store:
        return {}
    credentials = store["credentials"]
    return {
        "AWS_ACCESS_KEY_ID": credentials["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": credentials["secret_access_key"],
    }


def object_store_secret(
    name: str,
    names: ObjectNames,
    secret: str,
    store: ObjectStore | None,
    *,
    opts: pulumi.ResourceOptions,
) -> None:
    """Bring the access key of an object store into the instance's namespace, where it has one."""
    if store is not None and (keys := object_store_keys(store)):
        external_secret(name, names, secret, keys, opts=opts)


def generated_password(
    name: str,
    names: ObjectNames,
    secret: str,
    *,
    username: Input[str],
    opts: pulumi.ResourceOptions,
    secrets: SecretStore | None = None,
) -> CustomResource:
    """Make a Secret of type basic-auth whose password is generated once, in the cluster.

    Args:
        name: Name that the resources' names begin with.
        names: Names and labels of the instance.
        secret: Name of the Kubernetes Secret.
        username: Value of the Secret's `username`.
        opts: Options of every resource.
        secrets: The secret store; its name stands in an annotation, so that the resources come
            after the operator that knows their kinds.
    """
    after = {AFTER: secrets["store"]} if secrets else {}
    metadata = names.metadata(secret, annotations=after)
    generator = CustomResource(
        f"{name}-generator",
        api_version=GENERATOR_API_VERSION,
        kind="Password",
        metadata=metadata,
        # Letters and digits only: the password stands in a connection URL.
        spec={
            "length": PASSWORD_LENGTH,
            "digits": 8,
            "symbols": 0,
            "noUpper": False,
            "allowRepeat": True,
        },
        opts=opts,
    )
    return CustomResource(
        name,
        api_version=API_VERSION,
        kind="ExternalSecret",
        metadata=metadata,
        spec={
            # A new password at each refresh would lock its users out.
            "refreshPolicy": "CreatedOnce",
            "target": {
                "name": secret,
                "creationPolicy": "Owner",
                "template": {
                    "engineVersion": "v2",
                    "type": "kubernetes.io/basic-auth",
                    "data": {"username": username, "password": "{{ .password }}"},
                },
            },
            "dataFrom": [
                {
                    "sourceRef": {
                        "generatorRef": {
                            "apiVersion": GENERATOR_API_VERSION,
                            "kind": "Password",
                            "name": secret,
                        }
                    }
                }
            ],
        },
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[generator])),
    )


def _entry(key: str, source: SecretSource) -> dict[str, Any]:
    remote: dict[str, Any] = {"key": source["key"]}
    if "property" in source:
        remote["property"] = source["property"]
    return {
        "secretKey": key,
        "remoteRef": remote,
        "sourceRef": {"storeRef": {"name": source["store"], "kind": "ClusterSecretStore"}},
    }
