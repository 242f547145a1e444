"""The effective environment tells each value with where it came from."""

from __future__ import annotations

from pathlib import Path

from stackwright import effective
from stackwright.blueprint.reader import parse
from stackwright.environment import check

TEXT = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "123456789012"}
storage:
  data: {kind: s3, tags: {team: research}}
environments:
  dev: {profile: development}
"""

ENVIRONMENT = check(parse(TEXT, "blueprint.yaml"))["dev"]


def test_each_value_has_one_origin() -> None:
    found = {value.path: value.origin for value in effective.values(ENVIRONMENT, "blueprint.yaml")}
    assert found == {
        ("name",): "blueprint.yaml:2",
        ("target", "kind"): "blueprint.yaml:3",
        ("target", "region"): "blueprint.yaml:3",
        ("target", "account"): "blueprint.yaml:3, example, to be replaced",
        ("storage", "data", "kind"): "blueprint.yaml:5",
        ("storage", "data", "noncurrent_version_days"): "profile",
        ("storage", "data", "tags", "team"): "blueprint.yaml:5",
        ("storage", "data", "log_retention_days"): "default",
        ("profile",): "blueprint.yaml:7",
    }


def test_the_text_is_yaml_of_the_same_values(tmp_path: Path) -> None:
    tree = parse(effective.text(ENVIRONMENT, "blueprint.yaml"), "effective.yaml").plain()
    assert tree["storage"] == {
        "data": {
            "kind": "s3",
            "noncurrent_version_days": 7,
            "tags": {"team": "research"},
            "log_retention_days": 365,
        }
    }
    assert tree["profile"] == "development"
