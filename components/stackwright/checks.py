"""A check says what must be true outside the blueprint before anything is changed.

Checks are plain data: tools declare them (`ToolSettings.checks`), `engine/preflight` finds out
whether they hold. Each names the keys of the blueprint that it verifies, and what to do when it
does not hold.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar

from stackwright.claims import Layer
from stackwright.cluster_access import ClusterAccess


class World(StrEnum):
    """Where a check looks: the account of AWS, the cluster's API server, or this machine."""

    AWS = "aws"
    KUBERNETES = "kubernetes"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Something that must be true."""

    world: ClassVar[World]
    layer: ClassVar[Layer] = Layer.FOUNDATION
    """The first layer that it must be true for."""
    title_text: ClassVar[str]
    """Text of `title`; braces name fields."""
    mend_text: ClassVar[str]
    """Text of `mend`; braces name fields, and `key` is the first key that is verified."""
    verifies: tuple[str, ...] = ()
    """Dotted keys whose values it verifies, with all below them. A tool writes keys of its own
    settings; where a check is collected, they are keys of the blueprint."""

    @property
    def title(self) -> str:
        """What must be true, as the begin of a line: no period."""
        return self.title_text.format_map(self._words())

    @property
    def mend(self) -> str:
        """The one command or key that mends it when it is not true."""
        return self.mend_text.format_map(self._words())

    def _words(self) -> dict[str, str]:
        words = {field.name: _word(getattr(self, field.name)) for field in fields(self)}
        return words | {"key": self.verifies[0] if self.verifies else ""}


def _word(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


class AwsCheck(Check):
    """Something that must be true of the account."""

    __slots__ = ()
    world: ClassVar[World] = World.AWS


class KubernetesCheck(Check):
    """Something that must be true of the cluster."""

    __slots__ = ()
    world: ClassVar[World] = World.KUBERNETES
    layer: ClassVar[Layer] = Layer.PLATFORM


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsAccount(AwsCheck):
    """The credentials are there, valid, and of the blueprint's account."""

    title_text: ClassVar[str] = "your AWS credentials are valid, and of account {account}"
    mend_text: ClassVar[str] = "export AWS_PROFILE=<a profile of account {account}>"
    account: str
    """Account of 12 digits."""
    region: str
    """Region that is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsZones(AwsCheck):
    """The account has the zones."""

    title_text: ClassVar[str] = "the account has the zones {zones}"
    mend_text: ClassVar[str] = "{key}: name zones that the account has"
    zones: tuple[str, ...]
    """Full names, such as `eu-west-1a`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointServicesOffered(AwsCheck):
    """The region has an interface endpoint for each service."""

    title_text: ClassVar[str] = "the region has interface endpoints for {services}"
    mend_text: ClassVar[str] = "{key}: leave out what the region does not have"
    region: str
    services: tuple[str, ...]
    """Names without the region, such as `ecr.api`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EksVersionOffered(AwsCheck):
    """EKS makes clusters of the version, and one that is there can get to it."""

    title_text: ClassVar[str] = "EKS offers Kubernetes {version}"
    mend_text: ClassVar[str] = "{key}: take a version that EKS offers"
    version: str
    """Minor version, such as `1.35`."""
    cluster: str
    """Name of the cluster, which may not be there yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EksAdministrator(AwsCheck):
    """Whoever deploys is one of the cluster's administrators."""

    title_text: ClassVar[str] = "the role that you act as is one of the cluster's administrators"
    mend_text: ClassVar[str] = "{key}: add the role that you act as"
    administrators: tuple[str, ...]
    """ARNs of IAM roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceTypesOffered(AwsCheck):
    """Each zone offers one of the types at least."""

    title_text: ClassVar[str] = "EC2 offers {types} in every zone, for the pool {pool}"
    mend_text: ClassVar[str] = "{key}: take types that every zone has"
    pool: str
    """Name of the node pool."""
    types: tuple[str, ...]
    """EC2 instance types; one of them in each zone is enough."""
    zones: tuple[str, ...] = ()
    """Full names of zones; empty for those of the environment's network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneInAccount(AwsCheck):
    """Something that an account holds once is there already, or is made here, and not both."""

    title_text: ClassVar[str] = "{name} is made once"
    mend_text: ClassVar[str] = "{key}: {otherwise}"
    name: str
    """Name for people."""
    made_here: bool
    """True when the environment makes it."""
    otherwise: str
    """Value of the key that says the opposite."""
    owner: tuple[tuple[str, str], ...]
    """Tags of what the environment makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRole(OneInAccount):
    """The role that a service of AWS acts as in the account."""

    role: str
    """Name of the role, such as `AWSServiceRoleForAutoScaling`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProvider(OneInAccount):
    """The account's trust in an issuer of tokens."""

    issuer: str
    """Host of the issuer, such as `token.actions.githubusercontent.com`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseOffered(AwsCheck):
    """RDS offers an engine's version on an instance class."""

    title_text: ClassVar[str] = "RDS offers {engine} {version} on {instance_class}"
    mend_text: ClassVar[str] = "{key}: take what RDS offers in the region"
    engine: str
    """Engine in RDS' words, such as `postgres`."""
    version: str
    """Major version."""
    instance_class: str
    """Instance class, such as `db.m7g.large`."""
    multi_az: bool
    """True when a standby in another zone is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterReached(KubernetesCheck):
    """The API server answers and knows the caller; every other check of the cluster needs it."""

    title_text: ClassVar[str] = "the cluster {access} answers"
    mend_text: ClassVar[str] = "stackwright doctor"
    access: ClusterAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterIdentity(KubernetesCheck):
    """It is the cluster that the blueprint means."""

    title_text: ClassVar[str] = "the cluster is the one whose UID is {uid}"
    mend_text: ClassVar[str] = "{key}: write the UID of this cluster, or take another context"
    uid: str
    """UID of the namespace kube-system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerVersion(KubernetesCheck):
    """The API server is of a minor version that Stackwright supports."""

    title_text: ClassVar[str] = "the cluster runs Kubernetes {supported}"
    mend_text: ClassVar[str] = "bring the cluster to one of Kubernetes {supported}"
    supported: tuple[str, ...]
    """Minor versions, such as `1.35`, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomResourcesInstalled(KubernetesCheck):
    """What is not installed from here is installed already: its custom resources are served."""

    title_text: ClassVar[str] = "the cluster has the custom resources {names}"
    mend_text: ClassVar[str] = "{key}: true"
    names: tuple[str, ...]
    """Names of CustomResourceDefinitions with a version that is served, such as
    `certificates.cert-manager.io/v1`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorNotForeign(KubernetesCheck):
    """What is installed from here is not installed by somebody else."""

    title_text: ClassVar[str] = "nobody else installs {names}"
    mend_text: ClassVar[str] = "{key}: false"
    names: tuple[str, ...]
    """Names of CustomResourceDefinitions with a version, as in `CustomResourcesInstalled`."""
    namespace: str
    """Begin of the names of the namespaces that it is installed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectExists(KubernetesCheck):
    """An object that the blueprint names is in the cluster."""

    title_text: ClassVar[str] = "the {kind} {name} is in the cluster"
    mend_text: ClassVar[str] = "{key}: name a {kind} of the cluster"
    kind: str
    """Kind for people, such as `ClusterIssuer`."""
    name: str
    path: str
    """Path at the API server, such as `/api/v1/namespaces/monitoring`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultStorageClass(KubernetesCheck):
    """Volumes can be made where no class is named."""

    title_text: ClassVar[str] = "the cluster has a default StorageClass"
    mend_text: ClassVar[str] = "{key}: name one of `kubectl get storageclass`"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespaceNotForeign(KubernetesCheck):
    """A namespace that will be made is not there, or is of this environment."""

    title_text: ClassVar[str] = "the namespace {name} is free, or of this environment"
    mend_text: ClassVar[str] = "kubectl get namespace {name} --show-labels"
    name: str
    platform: str
    """Name of the platform."""
    environment: str
    """Name of the environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramFound(Check):
    """A program that is run on this machine is on the path."""

    world: ClassVar[World] = World.MACHINE
    layer: ClassVar[Layer] = Layer.PLATFORM
    title_text: ClassVar[str] = "the program {program} is there, to {purpose}"
    mend_text: ClassVar[str] = "install {program}: {source}"
    program: str
    purpose: str
    """What it is run for, after "to"."""
    source: str
    """Page that tells how it is installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockAgrees(Check):
    """The clock of this machine agrees with those of the servers, which signatures depend on."""

    world: ClassVar[World] = World.MACHINE
    title_text: ClassVar[str] = "the clock of this machine is right"
    mend_text: ClassVar[str] = "sudo timedatectl set-ntp true"
