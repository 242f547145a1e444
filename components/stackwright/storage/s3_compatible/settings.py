"""What a user writes about an object store that is already there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from stackwright.blueprint.base import BlueprintModel, Wording, clash
from stackwright.claims import Claim, Layer, SecretStoreClaim
from stackwright.secret_reference import SecretReference
from stackwright.tool import EXISTING_CLUSTER, ToolSettings
from stackwright.wiring_values import NO_BUCKET, Endpoint, SigningRegion

_PART = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"

BucketName = Annotated[
    str,
    StringConstraints(
        pattern=rf"^{_PART}(\.{_PART})*$",
        min_length=3,
        max_length=63,
    ),
    NO_BUCKET,
    Wording("a name of 3 to 63 lower-case letters, digits, hyphens and dots,"),
]
"""As S3 allows it (Amazon S3 user guide, bucket naming rules)."""


class Buckets(BlueprintModel):
    """Buckets of the store, by what they hold."""

    data: BucketName = Field(examples=["acme-ml-data"], json_schema_extra={"x-example-only": True})
    """Bucket for data sets."""
    artifacts: BucketName = Field(
        examples=["acme-ml-artifacts"], json_schema_extra={"x-example-only": True}
    )
    """Bucket for runs and models."""
    logs: BucketName = Field(examples=["acme-ml-logs"], json_schema_extra={"x-example-only": True})
    """Bucket for logs."""


class Credentials(BlueprintModel):
    """Access key of the store: where its two halves are kept."""

    access_key_id: SecretReference = Field(
        examples=[
            {"from": "kubernetes", "namespace": "secrets", "name": "s3", "key": "access-key-id"}
        ]
    )
    """Where the public half is kept."""
    secret_access_key: SecretReference = Field(
        examples=[
            {"from": "kubernetes", "namespace": "secrets", "name": "s3", "key": "secret-access-key"}
        ]
    )
    """Where the secret half is kept."""


class S3CompatibleSettings(ToolSettings):
    """An object store that is already there and speaks the API of S3."""

    title: ClassVar[str] = "S3-compatible store"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.PLATFORM: "S3Compatible"}
    contract: ClassVar[str] = "ObjectStore"
    targets: ClassVar[frozenset[str]] = frozenset({EXISTING_CLUSTER})

    kind: Literal["s3-compatible"]
    endpoint: Endpoint = Field(
        examples=["https://s3.example.com"], json_schema_extra={"x-example-only": True}
    )
    """URL of the S3 API."""
    insecure_endpoint: bool = False
    """True accepts an endpoint without TLS: objects and signatures can then be read on the way."""
    region: SigningRegion = Field(default="us-east-1", examples=["us-east-1"])
    """Region that requests are signed for; most stores take `us-east-1`."""
    buckets: Buckets
    """Buckets, which are there already."""
    credentials: Credentials
    """Access key that every tool uses; it must read and write all three buckets."""

    @clash("endpoint", "insecure_endpoint")
    def _endpoint_has_tls(self) -> str | None:
        if self.endpoint.startswith("http://") and not self.insecure_endpoint:
            return (
                "endpoint has no TLS; write https://, or insecure_endpoint: true where the way to"
                " the store is private."
            )
        if self.endpoint.startswith("https://") and self.insecure_endpoint:
            return "endpoint has TLS; leave insecure_endpoint out."
        return None

    @clash("buckets")
    def _buckets_differ(self) -> str | None:
        names = list(self.buckets.model_dump().values())
        if len(set(names)) == len(names):
            return None
        return "a bucket is named twice; data, artifacts and logs have a bucket each."

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return the secret store that the access key is read from."""
        references = (self.credentials.access_key_id, self.credentials.secret_access_key)
        return {"secrets": SecretStoreClaim(references=references)}
