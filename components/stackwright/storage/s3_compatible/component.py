"""A given object store as a component: it makes nothing and says where each consumer's place is."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi import Output

from stackwright.claims import Access
from stackwright.component import ToolComponent
from stackwright.contracts import ObjectStore, ObjectStoreCredentials, SecretStore
from stackwright.kubernetes.secrets import secret_source
from stackwright.scope import Scope
from stackwright.storage.s3_compatible.settings import S3CompatibleSettings


class S3CompatibleBuckets(TypedDict):
    """Buckets of the store, by what they hold."""

    data: str
    """Bucket for data sets."""
    artifacts: str
    """Bucket for runs and models."""
    logs: str
    """Bucket for logs."""


class S3CompatibleSettingsArgs(TypedDict):
    """Settings of an object store that is already there."""

    endpoint: str
    """URL of the S3 API."""
    insecure_endpoint: NotRequired[bool]
    """True accepts an endpoint without TLS. Default false."""
    region: NotRequired[str]
    """Region that requests are signed for. Default us-east-1."""
    buckets: S3CompatibleBuckets
    """Buckets, which are there already."""
    credentials: dict[str, Any]
    """Access key: `access_key_id` and `secret_access_key`, each a secret reference."""


class S3CompatibleConsumer(TypedDict):
    """Who keeps objects in the store."""

    purpose: str
    """Kind of data: `data`, `artifacts` or `logs`."""
    access: str
    """`read`, `read-write` or `read-write-all`."""


class S3CompatibleArgs(TypedDict):
    """Arguments of S3Compatible."""

    scope: Scope
    """Environment that keeps its objects in the store."""
    settings: S3CompatibleSettingsArgs
    """Which store it is."""
    secrets: SecretStore
    """Reads the access key."""
    consumers: NotRequired[dict[str, S3CompatibleConsumer]]
    """Who keeps objects here, by name; `read-write` gives a prefix, the others the bucket."""


class S3Compatible(ToolComponent[S3CompatibleSettings]):
    """An object store that is already there and speaks the API of S3."""

    _settings_class = S3CompatibleSettings

    endpoint: Output[str]
    """URL of the S3 API."""
    data_bucket: Output[str]
    """Name of the bucket for data sets."""
    artifacts_bucket: Output[str]
    """Name of the bucket for runs and models."""

    def __init__(
        self, name: str, args: S3CompatibleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        self._secrets = args["secrets"]
        self._consumers: Mapping[str, S3CompatibleConsumer] = args.get("consumers", {})
        buckets = self._settings.buckets
        self.endpoint = Output.from_input(self._settings.endpoint)
        self.data_bucket = Output.from_input(buckets.data)
        self.artifacts_bucket = Output.from_input(buckets.artifacts)
        self.register()

    def binding(self, consumer: str) -> ObjectStore:
        """Return the consumer's prefix in the bucket of its purpose, or the whole bucket.

        The access key is the same for all: a given store has no identities of ours.
        """
        claim = self._consumers[consumer]
        settings = self._settings
        bucket: str = getattr(settings.buckets, claim["purpose"])
        apart = claim["access"] == Access.READ_WRITE
        keys = settings.credentials
        return ObjectStore(
            bucket=bucket,
            url=f"s3://{bucket}/{consumer}" if apart else f"s3://{bucket}",
            region=settings.region,
            endpoint=settings.endpoint,
            credentials=ObjectStoreCredentials(
                access_key_id=secret_source(keys.access_key_id, self._secrets),
                secret_access_key=secret_source(keys.secret_access_key, self._secrets),
            ),
        )

    def wiring(self) -> Mapping[str, Any]:
        """Return where projects keep data and artifacts, and where the access key is kept."""
        settings = self._settings
        return {
            **settings.credentials.model_dump(mode="json", by_alias=True),
            "data_url": f"s3://{settings.buckets.data}",
            "artifacts_url": f"s3://{settings.buckets.artifacts}",
            "region": settings.region,
            "endpoint": settings.endpoint,
        }
