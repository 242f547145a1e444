from __future__ import annotations

import json
from pathlib import Path

import pytest

from stackwright.data import ec2


@pytest.mark.parametrize(
    ("instance_type", "spot", "code"),
    [
        ("m7i.xlarge", False, "L-1216C47A"),
        ("is4gen.xlarge", True, "L-34B43A08"),
        ("g6.xlarge", False, "L-DB2E81BA"),
        ("gr6.4xlarge", True, "L-3819A6DF"),
        ("p4d.24xlarge", False, "L-417A185B"),
        ("p4d.24xlarge", True, "L-7212CCBC"),
        ("p5en.48xlarge", True, "L-C4BD4855"),
        ("p6-b200.48xlarge", False, "L-417A185B"),
        ("trn1.32xlarge", False, "L-2C3B7624"),
        ("inf2.xlarge", False, "L-1945791B"),
        ("u-6tb1.56xlarge", False, "L-43DA4232"),
        ("x2idn.16xlarge", False, "L-7295265B"),
    ],
)
def test_every_series_is_counted_by_its_quota(instance_type: str, spot: bool, code: str) -> None:
    found = ec2.quota(instance_type, spot)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "instance_type", ["p6-b200.48xlarge", "hpc7a.96xlarge", "nonsense", "q1.x"]
)
def test_a_quota_that_is_not_published_is_not_guessed(instance_type: str) -> None:
    assert ec2.quota(instance_type, spot=True) is None


def test_sizes_are_those_of_the_table() -> None:
    assert ec2.size("p5.48xlarge") == ec2.Size(vcpus=192, gpus=8)
    assert ec2.size("t3.medium") == ec2.Size(vcpus=2, gpus=0)
    assert ec2.size("nonsense") is None


def test_every_type_of_the_table_has_a_quota_and_every_gpu_a_size() -> None:
    table = json.loads((Path(ec2.__file__).with_name("ec2_instance_types.json")).read_text())
    families = {family: next(iter(sizes)) for family, sizes in table["vcpus"].items()}
    for family, size in families.items():
        assert ec2.quota(f"{family}.{size}", spot=False) is not None, family
    for family, sizes in table["gpus"].items():
        assert sizes.keys() <= table["vcpus"][family].keys()
