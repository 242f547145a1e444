"""What an EC2 instance type's name says about the machine: processor and accelerator.

Source: Amazon EC2 instance types guide, "Instance type naming conventions".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

PATTERN = r"^[a-z]+[0-9]+[a-z0-9-]*\.[a-z0-9-]+$"

_FAMILY = re.compile(r"^(?P<series>[a-z]+)(?P<generation>[0-9]+)(?P<options>[a-z0-9-]*)\.")
_NVIDIA_SERIES = frozenset({"g", "gr", "p"})
_WITH_OTHER_GPU = frozenset({"g4ad"})


@dataclass(frozen=True, slots=True)
class Machine:
    """Processor and accelerator of an instance type."""

    arm: bool
    nvidia: bool

    @property
    def ami_type(self) -> str:
        """The Amazon Linux 2023 image for it (EKS API, CreateNodegroup, parameter `amiType`)."""
        if self.nvidia:
            return "AL2023_ARM_64_NVIDIA" if self.arm else "AL2023_x86_64_NVIDIA"
        return "AL2023_ARM_64_STANDARD" if self.arm else "AL2023_x86_64_STANDARD"


def machine(instance_type: str) -> Machine:
    """Return what an instance type is made of.

    Raises:
        ValueError: It is no name of an instance type.
    """
    found = _FAMILY.match(instance_type)
    if found is None:
        raise ValueError(f"{instance_type!r} is no instance type")
    series, options = found["series"], found["options"]
    family = f"{series}{found['generation']}{options}"
    return Machine(
        # The letter g after the generation stands for AWS Graviton; a1 was the first of them.
        arm="g" in options.split("-")[0] or family == "a1" or options.endswith("-gb200"),
        nvidia=series in _NVIDIA_SERIES and family not in _WITH_OTHER_GPU,
    )


def machines(instance_types: Sequence[str]) -> frozenset[Machine]:
    """Return the different kinds of machine among some instance types."""
    return frozenset(machine(instance_type) for instance_type in instance_types)
