"""What a user writes about a pool of nodes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from stackwright.blueprint.base import BlueprintModel, Text, Wording, clash
from stackwright.blueprint.labels import LabelKey, LabelValue
from stackwright.cluster.eks.instance_types import PATTERN, machines
from stackwright.tool import TaintEffect

InstanceType = Annotated[
    str,
    StringConstraints(pattern=PATTERN, max_length=40),
    Wording("an EC2 instance type such as m7i.xlarge"),
]

PoolName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z](-?[a-z0-9])*$", max_length=20),
    Wording(
        "a name of at most 20 lower-case letters, digits and single hyphens, which starts with a"
        " letter,"
    ),
]


class Capacity(StrEnum):
    """How instances are bought."""

    ON_DEMAND = "on-demand"
    """At list price, kept until they are given back."""
    SPOT = "spot"
    """Spare capacity at a discount, taken back with two minutes' notice."""


class Taint(BlueprintModel):
    """Keeps pods off a node unless they accept it."""

    key: LabelKey = Field(examples=["dedicated"])
    """Key of the taint."""
    value: LabelValue = Field(default="", examples=["training"])
    """Value of the taint."""
    effect: TaintEffect = TaintEffect.NO_SCHEDULE
    """What happens to pods that do not accept it."""


class NodePool(BlueprintModel):
    """Nodes of one kind, which grow and shrink together."""

    purpose: Text = Field(default="workloads", examples=["training on GPUs"])
    """What runs here, for people."""
    instance_types: list[InstanceType] = Field(
        default=["m7i.xlarge"], min_length=1, max_length=20, examples=[["m7i.xlarge", "m6i.xlarge"]]
    )
    """EC2 instance types, most wanted first; all with the same processor and accelerator."""
    min_size: int = Field(default=2, ge=0, le=1000)
    """Fewest nodes."""
    max_size: int = Field(default=6, ge=1, le=1000)
    """Most nodes."""
    desired_size: int | None = Field(default=None, ge=0, le=1000, examples=[3])
    """Nodes at the start; afterwards an autoscaler decides. The fewest when absent."""
    disk_gib: int = Field(default=100, ge=20, le=16384)
    """Size of each node's encrypted disk in GiB; images and scratch space live there."""
    gpu: bool = False
    """True for nodes with NVIDIA GPUs: they get the taint `nvidia.com/gpu`."""
    capacity: Capacity = Capacity.ON_DEMAND
    """How instances are bought."""
    labels: dict[LabelKey, LabelValue] = Field(
        default_factory=dict, max_length=40, examples=[{"team": "research"}]
    )
    """Kubernetes labels of the nodes, besides `stackwright.dev/pool`."""
    taints: list[Taint] = Field(default_factory=list, max_length=20)
    """Taints of the nodes, besides that of GPUs."""

    @property
    def start_size(self) -> int:
        """Nodes that the pool is made with."""
        return self.min_size if self.desired_size is None else self.desired_size

    @clash("min_size", "max_size")
    def _smallest_first(self) -> str | None:
        if self.min_size <= self.max_size:
            return None
        return f"min_size {self.min_size} is more than max_size {self.max_size}."

    @clash("min_size", "desired_size", "max_size")
    def _starts_between(self) -> str | None:
        if self.desired_size is None or self.min_size > self.max_size:
            return None
        if self.min_size <= self.desired_size <= self.max_size:
            return None
        return (
            f"desired_size {self.desired_size} is not between min_size {self.min_size} and"
            f" max_size {self.max_size}."
        )

    @clash("gpu", "instance_types")
    def _has_gpus(self) -> str | None:
        kinds = machines(self.instance_types)
        names = ", ".join(self.instance_types)
        if len(kinds) > 1:
            return f"instance_types {names} mix processors or accelerators; make a pool of each."
        (kind,) = kinds
        if kind.nvidia == self.gpu:
            return None
        if self.gpu:
            return f"gpu is true, but instance_types {names} have no NVIDIA GPU; take g6 or p5."
        return f"instance_types {names} have NVIDIA GPUs; say `gpu: true`."


def default_pools() -> dict[str, NodePool]:
    """Return a pool for everything and one for GPUs that is empty until somebody needs it."""
    return {
        "general": NodePool(purpose="everything that needs no GPU"),
        "gpu": NodePool(
            purpose="training and serving on GPUs",
            instance_types=["g6.2xlarge"],
            min_size=0,
            max_size=4,
            disk_gib=200,
            gpu=True,
        ),
    }
