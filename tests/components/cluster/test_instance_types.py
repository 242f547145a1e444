from __future__ import annotations

import pytest

from stackwright.cluster.eks.instance_types import Machine, machine, machines

PLAIN = Machine(arm=False, nvidia=False)
GRAVITON = Machine(arm=True, nvidia=False)
GPU = Machine(arm=False, nvidia=True)
ARM_GPU = Machine(arm=True, nvidia=True)


@pytest.mark.parametrize(
    ("instance_type", "kind"),
    [
        ("m7i.xlarge", PLAIN),
        ("m7i-flex.large", PLAIN),
        ("r7iz.metal-16xl", PLAIN),
        ("c8a.large", PLAIN),
        ("i4i.large", PLAIN),
        ("u7i-12tb.224xlarge", PLAIN),
        ("g4ad.xlarge", PLAIN),
        ("m7g.large", GRAVITON),
        ("c7gn.large", GRAVITON),
        ("r8gd.large", GRAVITON),
        ("im4gn.large", GRAVITON),
        ("is4gen.large", GRAVITON),
        ("a1.large", GRAVITON),
        ("g4dn.xlarge", GPU),
        ("g5.2xlarge", GPU),
        ("g6e.12xlarge", GPU),
        ("gr6.4xlarge", GPU),
        ("p4d.24xlarge", GPU),
        ("p5en.48xlarge", GPU),
        ("p6-b200.48xlarge", GPU),
        ("g5g.xlarge", ARM_GPU),
        ("p6e-gb200.36xlarge", ARM_GPU),
    ],
)
def test_the_name_tells_processor_and_gpu(instance_type: str, kind: Machine) -> None:
    assert machine(instance_type) == kind


@pytest.mark.parametrize(
    ("kind", "ami_type"),
    [
        (PLAIN, "AL2023_x86_64_STANDARD"),
        (GRAVITON, "AL2023_ARM_64_STANDARD"),
        (GPU, "AL2023_x86_64_NVIDIA"),
        (ARM_GPU, "AL2023_ARM_64_NVIDIA"),
    ],
)
def test_each_kind_of_machine_has_its_image(kind: Machine, ami_type: str) -> None:
    assert kind.ami_type == ami_type


def test_mixed_instance_types_are_several_kinds() -> None:
    assert machines(["m7i.large", "m6i.large"]) == {PLAIN}
    assert machines(["m7i.large", "m7g.large", "g6.xlarge"]) == {PLAIN, GRAVITON, GPU}


def test_what_is_no_instance_type_is_refused() -> None:
    with pytest.raises(ValueError, match="'xlarge' is no instance type"):
        machine("xlarge")
