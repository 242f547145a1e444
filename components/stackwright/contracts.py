"""A contract is what any tool filling a capability gives, whichever tool it is.

Contracts are dictionaries of Pulumi inputs, so that components of every Pulumi language can
exchange them. A value that crosses from one layer to the next is text. Secrets are never in a
contract, only where they are kept.
"""

from typing import NotRequired, TypedDict

from pulumi import Input


class SecretSource(TypedDict):
    """Where one secret value is kept, in words that External Secrets understands."""

    store: Input[str]
    """Name of a ClusterSecretStore."""
    key: Input[str]
    """Name of the secret in that store."""
    property: NotRequired[Input[str]]
    """Key inside the secret; absent when the secret is the value itself."""


class Network(TypedDict):
    """A private network."""

    vpc_id: Input[str]
    """Identifier of the VPC."""
    vpc_cidr: Input[str]
    """Address range of the VPC, in CIDR notation."""
    private_subnet_ids: Input[list[Input[str]]]
    """Subnets without a route from the internet, one per zone, in the order of the zones."""
    public_subnet_ids: Input[list[Input[str]]]
    """Subnets with a route to the internet gateway, one per zone, in the order of the zones."""


class KubernetesCluster(TypedDict):
    """A Kubernetes cluster."""

    cluster_name: Input[str]
    """Name of the cluster at its provider."""
    cluster_identifier: Input[str]
    """What stays the same in the cluster's life and differs between clusters."""
    kubeconfig: NotRequired[Input[str]]
    """Kubeconfig in JSON that fetches short-lived credentials; absent when `context` is used."""
    context: NotRequired[Input[str]]
    """Context in the caller's own kubeconfig."""
    storage_class: NotRequired[Input[str]]
    """StorageClass for encrypted volumes; absent for the cluster's default."""
    security_group_id: NotRequired[Input[str]]
    """Security group of the nodes; absent outside AWS."""


class ObjectStoreCredentials(TypedDict):
    """Where the access key for an object store is kept."""

    access_key_id: SecretSource
    """The public half."""
    secret_access_key: SecretSource
    """The secret half."""


class ObjectStore(TypedDict):
    """A bucket and a prefix in it for one consumer."""

    bucket: Input[str]
    """Name of the bucket."""
    url: Input[str]
    """`s3://bucket/prefix`, without a slash at the end."""
    region: Input[str]
    """Region that requests are signed for."""
    endpoint: NotRequired[Input[str]]
    """URL of the S3 API; absent for AWS itself."""
    policy: NotRequired[Input[str]]
    """IAM policy in JSON that allows what the consumer claimed; absent outside AWS."""
    credentials: NotRequired[ObjectStoreCredentials]
    """Access key; absent where workloads have an identity."""


class ImageRegistry(TypedDict):
    """A registry of container images."""

    url: Input[str]
    """Host and path that an image's name is appended to."""
    policy: NotRequired[Input[str]]
    """IAM policy in JSON that allows pulling; absent outside AWS."""
    arn_prefix: NotRequired[Input[str]]
    """ARN that an image's name is appended to; absent outside AWS."""


class Delivery(TypedDict):
    """Roles for the pipelines of ML projects."""

    role_prefix: Input[str]
    """Begin of the ARN of every project's role; the name of the project follows."""


class RelationalDatabase(TypedDict):
    """One PostgreSQL database for one consumer, and the role that owns it."""

    host: Input[str]
    """Host name of the server."""
    port: Input[str]
    """TCP port of the server, as text: other languages hand over every number as a float."""
    database: Input[str]
    """Name of the database."""
    username: Input[str]
    """Role that owns the database."""
    password: SecretSource
    """Where the role's password is kept."""
    sslmode: Input[str]
    """How TLS is demanded, in libpq's words: `require` or `verify-full`."""
    sslrootcert: NotRequired[Input[str]]
    """Who vouches for the server's certificate, in libpq's words; absent with `require`."""


class SecretStore(TypedDict):
    """Brings secrets into namespaces."""

    store: Input[str]
    """Begin of the names of the ClusterSecretStores: see `secret_source` in `secrets/`."""


class WorkloadIdentity(TypedDict):
    """A cloud role bound to one service account."""

    role_arn: Input[str]
    """ARN of the role."""


class CertificateIssuer(TypedDict):
    """Issues certificates inside the cluster."""

    issuer: Input[str]
    """Name of the ClusterIssuer."""


class Monitoring(TypedDict):
    """Collects metrics of what carries its label."""

    label: Input[str]
    """Value of the label `release` on ServiceMonitors, rules and dashboards."""
    namespace: Input[str]
    """Namespace that scrapes come from."""


class ExperimentTracker(TypedDict):
    """An MLflow-compatible tracking server and model registry."""

    uri: Input[str]
    """URL inside the cluster."""


class ModelServer(TypedDict):
    """A place to serve models."""

    namespace: Input[str]
    """Namespace for model deployments."""
    service_account: Input[str]
    """Service account that model pods run as."""
