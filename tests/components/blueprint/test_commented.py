"""A commented blueprint says what each key means, and reads back as the data it was made of."""

from __future__ import annotations

from stackwright.blueprint.commented import commented
from stackwright.blueprint.reader import parse

DATA = {
    "apiVersion": "stackwright/v1",
    "name": "acme-ml",
    "target": {"kind": "aws", "region": "eu-west-1", "account": "123456789012"},
    "cluster": {
        "kind": "eks",
        "node_pools": {"gpu": {"gpu": True, "min_size": 0, "max_size": 2, "disk_gib": 200}},
    },
    "storage": {"data": {"kind": "s3"}, "archive": {"kind": "s3", "log_retention_days": 400}},
    "environments": {"dev": {"profile": "development"}, "prod": {}},
}

TEXT = """\
# Title.

apiVersion: stackwright/v1  # Version of the blueprint's own format.
name: acme-ml  # Name of the platform.
target:  # Where the platform is made.
  kind: aws
  region: eu-west-1  # Region that everything is made in.
  account: "123456789012"  # EXAMPLE, write your own. Account of 12 digits.
cluster:  # The Kubernetes cluster that workloads run in.
  kind: eks
  node_pools:  # Pools of nodes by name.
    gpu:
      gpu: true  # True for nodes with NVIDIA GPUs: they get the taint `nvidia.com/gpu`.
      min_size: 0  # Fewest nodes.
      max_size: 2  # Most nodes.
      disk_gib: 200  # Size of each node's encrypted disk in GiB.
storage:  # Where objects are kept: data sets, model artifacts and logs.
  data: {kind: s3}
  archive: {kind: s3, log_retention_days: 400}
environments:  # Environments by name.
  dev: {profile: development}
  prod: {}
"""


def test_each_key_has_its_meaning_beside_it() -> None:
    assert commented(DATA, "Title.") == TEXT


def test_the_text_reads_back_as_the_data() -> None:
    assert parse(commented(DATA, "Title."), "blueprint.yaml").plain() == DATA


def test_an_own_value_is_no_example() -> None:
    own = {**DATA, "target": {"kind": "aws", "region": "eu-west-1", "account": "210987654321"}}
    assert "EXAMPLE" not in commented(own, "Title.")


def test_no_line_is_wider_than_the_page() -> None:
    long = {"name": "acme-ml", "labels": {"team": "x" * 60}, "requires": ">=0.1,<0.2"}
    assert max(map(len, commented(long, "word " * 60).splitlines())) <= 100
