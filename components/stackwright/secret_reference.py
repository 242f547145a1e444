"""A secret reference says where a secret is kept; the secret itself is never in a blueprint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from stackwright.blueprint.base import (
    SECRET_LITERAL,
    BlueprintModel,
    DnsLabel,
    DnsSubdomain,
    Wording,
)
from stackwright.blueprint.document import Location
from stackwright.errors import StackwrightError

AWS_SUFFIX = "aws"
"""End of the name of the store for AWS Secrets Manager."""

KUBERNETES_SUFFIX = "k8s"
"""Before the namespace at the end of the name of the store for Secrets of the cluster."""


class AwsSecretsManagerReference(BlueprintModel):
    """A key of a secret in AWS Secrets Manager."""

    source: Literal["aws-secrets-manager"] = Field(default="aws-secrets-manager", alias="from")
    """Where the secret is kept."""
    name: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z0-9/_+=.@-]+$", max_length=512),
        Wording("a name of at most 512 letters, digits and /_+=.@-"),
    ] = Field(examples=["acme-ml/prod/tracking"])
    """Name of the secret, as Secrets Manager allows it (CreateSecret, parameter `Name`)."""
    key: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$", max_length=253),
        Wording("a name of at most 253 letters, digits, hyphens, dots and underscores"),
    ] = Field(examples=["password"])
    """Key inside the secret's JSON value."""

    def store_suffix(self) -> str:
        """Return the end of the name of the ClusterSecretStore that holds the secret."""
        return AWS_SUFFIX

    def location(self) -> tuple[str, str]:
        """Return the secret's name in that store, and the key inside the secret."""
        return self.name, self.key


class KubernetesReference(BlueprintModel):
    """A key of a Secret in the cluster."""

    source: Literal["kubernetes"] = Field(default="kubernetes", alias="from")
    """Where the secret is kept."""
    namespace: DnsLabel = Field(examples=["mlflow"])
    """Namespace of the Secret."""
    name: DnsSubdomain = Field(examples=["mlflow-credentials"])
    """Name of the Secret."""
    key: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$", max_length=253),
        Wording("a name of at most 253 letters, digits, hyphens, dots and underscores"),
    ] = Field(examples=["password"])
    """Key inside the Secret's data."""

    def store_suffix(self) -> str:
        """Return the end of the name of the ClusterSecretStore that holds the secret."""
        return f"{KUBERNETES_SUFFIX}-{self.namespace}"

    def location(self) -> tuple[str, str]:
        """Return the Secret's name in that store, and the key inside the Secret."""
        return self.name, self.key


class EnvironmentReference(BlueprintModel):
    """An environment variable of the person or machine that deploys; for development."""

    source: Literal["environment"] = Field(default="environment", alias="from")
    """Where the secret is kept."""
    variable: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=128),
        Wording(
            "a name of at most 128 letters, digits and underscores, not starting with a digit,"
        ),
    ] = Field(examples=["MLFLOW_PASSWORD"])
    """Name of the variable."""

    def store_suffix(self) -> str:
        """Refuse: nothing in the cluster sees the environment of who deploys.

        Raises:
            StackwrightError: Always.
        """
        raise StackwrightError(
            f"the secret in the environment variable {self.variable} cannot be brought into the"
            " cluster without passing through Pulumi; keep it in a Secret of the cluster or in AWS"
            " Secrets Manager, and write from: kubernetes or from: aws-secrets-manager."
        )

    def location(self) -> tuple[str, str]:
        """Refuse, as `store_suffix` does.

        Raises:
            StackwrightError: Always.
        """
        return self.store_suffix(), ""


def _require_reference(value: Any) -> Any:
    if isinstance(value, (str, int, float, list)):
        raise PydanticCustomError(
            SECRET_LITERAL,
            "a secret is named, never written: say where it is kept, for example"
            " {from: aws-secrets-manager, name: acme-ml/prod/tracking, key: password}.",
        )
    return value


SecretReference: TypeAlias = Annotated[
    Annotated[
        AwsSecretsManagerReference | KubernetesReference | EnvironmentReference,
        Field(discriminator="source"),
    ],
    BeforeValidator(_require_reference),
]
"""Where a secret is kept, told apart by `from`."""


def references(value: Any) -> Iterator[tuple[Location, SecretReference]]:
    """Yield the references to secrets in a model, and the keys that each stands under."""
    if isinstance(value, AwsSecretsManagerReference | KubernetesReference | EnvironmentReference):
        yield (), value
    for key, item in _items(value):
        for location, reference in references(item):
            yield (key, *location), reference


def _items(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, BlueprintModel):
        for name, field in type(value).model_fields.items():
            yield field.alias or name, getattr(value, name)
    elif isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)
