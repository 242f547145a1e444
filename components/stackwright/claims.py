"""A claim is what one tool needs of another: which capability, for what.

Claims are plain data, resolved before any resource exists. The capability's contract
(`contracts.py`) is the answer to a claim.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from stackwright.secret_reference import SecretReference


class Layer(StrEnum):
    """One Pulumi program and stack; layers are deployed in this order."""

    FOUNDATION = "foundation"
    """The account: network, cluster, buckets, databases, roles."""
    PLATFORM = "platform"
    """What runs in the cluster."""


class Need(StrEnum):
    """What to do about a claim that no tool of the blueprint answers."""

    REQUIRED = "required"
    """Add the target's default tool; refuse the blueprint where there is none."""
    IMPLIED = "implied"
    """Add the target's default tool; go without where there is none."""
    OPTIONAL = "optional"
    """Go without."""


class Access(StrEnum):
    """What a consumer may do with an object store."""

    READ = "read"
    """Read the whole bucket: what is read was written by others."""
    READ_WRITE = "read-write"
    """Read and write below a prefix of its own, and see nothing else."""
    READ_WRITE_ALL = "read-write-all"
    """Read and write the whole bucket, beside others who do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Something that a tool needs, answered by one instance of a capability."""

    capability: ClassVar[str]
    """Capability that answers, by the name of its folder."""
    contract: ClassVar[str]
    """Class in `contracts.py` that the answer is."""
    per_consumer: ClassVar[bool] = False
    """True when the provider makes something for each consumer, and so must know them all."""
    need: Need = Need.REQUIRED
    """What happens when the blueprint names no tool for the capability."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkClaim(Claim):
    """A private network with subnets in several zones."""

    capability = "network"
    contract = "Network"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterClaim(Claim):
    """A Kubernetes cluster to run in, or to bind cloud roles to."""

    capability = "cluster"
    contract = "KubernetesCluster"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectStoreClaim(Claim):
    """A place for objects."""

    capability = "storage"
    contract = "ObjectStore"
    per_consumer = True
    purpose: str = "artifacts"
    """Kind of data: `data`, `artifacts` or `logs`; each has its own bucket."""
    access: Access = Access.READ_WRITE


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRegistryClaim(Claim):
    """Repositories for container images."""

    capability = "registry"
    contract = "ImageRegistry"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseClaim(Claim):
    """A database of its own, with a role and password that nobody else knows."""

    capability = "database"
    contract = "RelationalDatabase"
    per_consumer = True
    database: str
    """Name of the database and of the role that owns it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretStoreClaim(Claim):
    """A way to bring secrets from where they are kept into a namespace."""

    capability = "secrets"
    contract = "SecretStore"
    per_consumer = True
    references: tuple[SecretReference, ...] = ()
    """Secrets that the consumer will read."""
    cloud: bool = False
    """True for who reads a secret that the cloud itself keeps, such as a database's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadIdentityClaim(Claim):
    """A cloud role for a service account, allowed what the tool's other claims give."""

    capability = "identity"
    contract = "WorkloadIdentity"
    per_consumer = True
    service_account: str
    """Kubernetes service account in the consumer's namespace."""
    further_service_accounts: tuple[str, ...] = ()
    """Other service accounts of the same namespace that take the same role."""
    need: Need = Need.IMPLIED


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatesClaim(Claim):
    """Certificates for webhooks inside the cluster."""

    capability = "certificates"
    contract = "CertificateIssuer"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringClaim(Claim):
    """Metrics are collected, where there is monitoring."""

    capability = "monitoring"
    contract = "Monitoring"
    need: Need = Need.OPTIONAL


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPartClaim(Claim):
    """What the tool's own part in the earlier layer made."""

    capability = ""
    contract = ""
