"""What a user writes about External Secrets Operator."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from stackwright import naming
from stackwright.blueprint.base import Wording
from stackwright.blueprint.document import Location
from stackwright.claims import Claim, Layer, WorkloadIdentityClaim
from stackwright.scope import Scope
from stackwright.secret_reference import AwsSecretsManagerReference, SecretReference
from stackwright.tool import AWS, EXISTING_CLUSTER, ReleaseSettings

SERVICE_ACCOUNT = "external-secrets"

AwsRegion = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$", max_length=32),
    Wording("an AWS region such as eu-west-1"),
]


class ExternalSecretsSettings(ReleaseSettings):
    """External Secrets Operator: secrets come from where they are kept, never through Pulumi."""

    title: ClassVar[str] = "External Secrets Operator"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.PLATFORM: "ExternalSecrets"}
    contract: ClassVar[str] = "SecretStore"
    default_for: ClassVar[frozenset[str]] = frozenset({AWS, EXISTING_CLUSTER})
    verified_versions: ClassVar[tuple[str, ...]] = ("2.9.0",)
    once_per_cluster: ClassVar[bool] = True
    custom_resources: ClassVar[tuple[str, ...]] = (
        "externalsecrets.external-secrets.io/v1",
        "clustersecretstores.external-secrets.io/v1",
        "passwords.generators.external-secrets.io/v1alpha1",
    )
    profiles: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "production": {"replicas": 2},
        "development": {"replicas": 1},
    }

    kind: Literal["external-secrets"]
    replicas: int = Field(default=1, ge=1, le=5)
    """How many controllers run; one works, the others wait to take over."""
    aws_region: AwsRegion | None = Field(default=None, examples=["eu-west-1"])
    """Region of AWS Secrets Manager; absent for that of the target."""

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return the cloud role of the operator, where it is installed.

        Monitoring is not claimed: it needs secrets itself.
        """
        claims = super().claims(layer)
        if self.install:
            claims["identity"] = WorkloadIdentityClaim(service_account=SERVICE_ACCOUNT)
        return claims

    def unreadable(
        self, reference: SecretReference, scope: Scope
    ) -> Iterator[tuple[Location, str]]:
        """Yield that no region is known, or that the operator's role may not read the name."""
        if not isinstance(reference, AwsSecretsManagerReference):
            return
        if not self.aws_region and "region" not in scope:
            yield (
                ("from",),
                "the AWS region of this secret is not known; write it for the secret store, for"
                " example `secrets: {kind: external-secrets, aws_region: eu-west-1}`.",
            )
        prefix = naming.secret_path(scope)
        if self.install and "account" in scope and not reference.name.startswith(prefix):
            yield (
                ("name",),
                "the role of external-secrets may read no secret of this name; allowed is a name"
                f" that begins with {prefix}.",
            )

    def cloud_policies(self, scope: Scope) -> dict[str, str]:
        """Return the policy for the secrets under the environment's path of AWS Secrets Manager."""
        if "region" not in scope or "account" not in scope:
            return {}
        region, account = scope["region"], scope["account"]
        place = f"arn:{naming.partition(region)}:secretsmanager:{region}:{account}"
        statement = {
            "Effect": "Allow",
            "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            "Resource": f"{place}:secret:{naming.secret_path(scope)}*",
        }
        return {"secrets": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}
