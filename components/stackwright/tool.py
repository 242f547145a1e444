"""A tool's settings: what a user writes about it, and the facts that others need to know.

Each tool has one settings class. It says which claims the tool makes, which contract it answers
and in which layers it has a part, so that the whole environment can be resolved without Pulumi.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, ClassVar, get_args

from pydantic import Field

from stackwright import naming
from stackwright.blueprint.base import BlueprintModel, clash
from stackwright.blueprint.document import Location
from stackwright.blueprint.labels import (
    AnnotationKey,
    AnnotationValue,
    LabelKey,
    LabelValue,
    QualifiedName,
    TagKey,
    TagValue,
)
from stackwright.blueprint.names import InstanceName
from stackwright.checks import Check, CustomResourcesInstalled, OperatorNotForeign
from stackwright.claims import Claim, ClusterClaim, Layer
from stackwright.scope import Scope
from stackwright.secret_reference import SecretReference

AWS = "aws"
EXISTING_CLUSTER = "existing-cluster"


class ToolSettings(BlueprintModel):
    """What every tool has."""

    title: ClassVar[str]
    """The tool's own name, such as `Amazon S3`."""
    parts: ClassVar[Mapping[Layer, str]]
    """Component class in the tool's `component.py` for each layer that the tool has a part in."""
    contract: ClassVar[str]
    """Class in `contracts.py` that the tool gives its consumers; empty when it gives none."""
    gives: ClassVar[tuple[str, ...]] = ()
    """Fields of the contract that the foundation part gives, for the platform to read."""
    hands_over: ClassVar[tuple[str, ...]] = ()
    """What the foundation part hands to the tool's own platform part."""
    wires: ClassVar[tuple[str, ...]] = ()
    """Keys of the contract's wiring that a tool with no platform part fills."""
    targets: ClassVar[frozenset[str]] = frozenset({AWS, EXISTING_CLUSTER})
    """Targets that the tool can be used on."""
    default_for: ClassVar[frozenset[str]] = frozenset()
    """Targets where the tool is added when another tool needs its capability."""
    profiles: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """Defaults that differ by profile: profile, then key, then value."""
    namespaced: ClassVar[bool] = False
    """True when the tool lives in a Kubernetes namespace of its own."""

    kind: str
    uses: dict[str, InstanceName] = Field(
        default_factory=dict,
        description="Which instance answers which need of this tool, where a capability has "
        "several instances: need, then instance.",
        examples=[{"artifacts": "archive"}],
    )

    @classmethod
    def kind_name(cls) -> str:
        """Return the tool's `kind` in a blueprint."""
        (kind,) = get_args(cls.model_fields["kind"].annotation)
        return str(kind)

    @classmethod
    def capability(cls) -> str:
        """Return the capability that the tool fills: the folder above its own."""
        return cls.__module__.split(".")[-3]

    @classmethod
    def component_path(cls, layer: Layer) -> tuple[str, str]:
        """Return module and class of the tool's part in a layer."""
        package = sys.modules[cls.__module__].__package__
        return f"{package}.component", cls.parts[layer]

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return what the tool's part in a layer needs of other tools, by the tool's own word."""
        return {}

    def misfits(self, scope: Scope) -> Iterator[tuple[Location, str]]:
        """Yield what does not fit the environment: keys of the tool, and what is wrong there."""
        yield from ()

    def checks(self, scope: Scope, instance: str) -> Iterator[Check]:
        """Yield what must be true outside the blueprint, about this tool's instance."""
        yield from ()

    def leaves_behind(self) -> Iterator[str]:
        """Yield what no state knows and a destroyed tool may leave, and how to find it."""
        yield from ()

    def unreadable(
        self, reference: SecretReference, scope: Scope
    ) -> Iterator[tuple[Location, str]]:
        """Yield why this tool, as a secret store, cannot read a secret: keys of it, and what."""
        yield from ()

    def cloud_policies(self, scope: Scope) -> dict[str, str]:
        """Return IAM policies in JSON that the tool's workload needs beyond its claims."""
        return {}


class AwsToolSettings(ToolSettings):
    """What every tool on AWS has."""

    targets: ClassVar[frozenset[str]] = frozenset({AWS})

    tags: dict[TagKey, TagValue] = Field(
        default_factory=dict,
        max_length=25,
        description="AWS tags for every resource of this tool, besides those of the platform.",
        examples=[{"cost-center": "ml-research"}],
    )


class TolerationOperator(StrEnum):
    """How a toleration compares with a taint."""

    EXISTS = "Exists"
    EQUAL = "Equal"


class TaintEffect(StrEnum):
    """What a taint does to pods that do not accept it."""

    NO_SCHEDULE = "NoSchedule"
    PREFER_NO_SCHEDULE = "PreferNoSchedule"
    NO_EXECUTE = "NoExecute"


class Toleration(BlueprintModel):
    """A taint that pods accept."""

    key: str = Field(min_length=1, max_length=253, examples=["nvidia.com/gpu"])
    """Key of the taint."""
    operator: TolerationOperator = TolerationOperator.EXISTS
    """`Exists` accepts every value of the key; `Equal` accepts `value`."""
    value: str = ""
    """Value of the taint, for the operator `Equal`."""
    effect: TaintEffect | None = None
    """Effect that is accepted; absent for all."""


class Scheduling(BlueprintModel):
    """Which nodes the pods of a tool run on."""

    node_selector: dict[QualifiedName, LabelValue] = Field(
        default_factory=dict, examples=[{"stackwright.dev/pool": "general"}]
    )
    """Labels that a node must have."""
    tolerations: list[Toleration] = Field(default_factory=list)
    """Taints that the pods accept."""
    priority_class: str = Field(default="", examples=["system-cluster-critical"])
    """PriorityClass of the pods; empty for the cluster's default."""


class KubernetesToolSettings(ToolSettings):
    """What every tool in the cluster has."""

    namespaced: ClassVar[bool] = True

    scheduling: Scheduling = Field(default_factory=Scheduling)
    """Which nodes the pods run on."""
    labels: dict[LabelKey, LabelValue] = Field(
        default_factory=dict, max_length=20, examples=[{"team": "ml-platform"}]
    )
    """Labels for every object of this tool."""
    annotations: dict[AnnotationKey, AnnotationValue] = Field(
        default_factory=dict, max_length=50, examples=[{"owner": "ml-platform"}]
    )
    """Annotations for every object of this tool."""

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return the cluster; a tool adds its own needs."""
        return {"cluster": ClusterClaim()}


class ReleaseSettings(KubernetesToolSettings):
    """What every tool installed by a Helm release has."""

    verified_versions: ClassVar[tuple[str, ...]]
    """Chart versions that this release of Stackwright was verified with; the first is used."""
    once_per_cluster: ClassVar[bool] = False
    """True when the chart has names that a cluster can hold once, such as those of webhooks."""
    custom_resources: ClassVar[tuple[str, ...]] = ()
    """CustomResourceDefinitions that the chart installs and that are used here, each with the
    version that is used, such as `certificates.cert-manager.io/v1`."""

    install: bool = True
    """False uses what is already installed in the cluster and installs nothing cluster-wide."""
    version: str = Field(default="", examples=["2.9.0"])
    """Chart version; empty for the verified one."""
    unverified: bool = False
    """True accepts a chart version that Stackwright was not verified with."""
    helm_values: dict[str, Any] = Field(default_factory=dict, examples=[{"replicaCount": 3}])
    """Values merged last over those that Stackwright gives the chart."""

    def checks(self, scope: Scope, instance: str) -> Iterator[Check]:
        """Yield that the operator is there already, or that nobody else installs it."""
        yield from super().checks(scope, instance)
        if not self.custom_resources:
            return
        if self.install:
            yield OperatorNotForeign(
                names=self.custom_resources,
                namespace=naming.namespace(scope, instance),
                verifies=("install",),
            )
        else:
            yield CustomResourcesInstalled(names=self.custom_resources, verifies=("install",))

    def leaves_behind(self) -> Iterator[str]:
        """Yield the definitions of custom resources, which many charts tell Helm to keep."""
        if self.install and self.custom_resources:
            names = " ".join(name.partition("/")[0] for name in self.custom_resources)
            yield f"CustomResourceDefinitions, where the cluster stays: kubectl get crd {names}"

    @clash("version", "unverified")
    def _version_is_verified(self) -> str | None:
        if not self.version or self.version in self.verified_versions or self.unverified:
            return None
        return (
            f"version {self.version} is not verified; allowed is "
            f"{', '.join(self.verified_versions)}, or any with unverified: true."
        )
