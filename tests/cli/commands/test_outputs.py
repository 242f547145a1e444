"""`stackwright outputs`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stackwright_cli import main
from stackwright_cli.projects.wiring_source import Pending, read_offer

CLUSTER = """\
cluster:
  kind: eks
  access: {endpoint: private, via: vpn}
  administrators: [arn:aws:iam::210987654321:role/platform]
"""


@pytest.fixture
def with_cluster(blueprint: Path) -> Path:
    """Give the blueprint a cluster, so that it has a platform to rely on."""
    blueprint.write_text(blueprint.read_text(encoding="utf-8") + CLUSTER, encoding="utf-8")
    return blueprint


def test_the_wiring_of_an_environment_is_shown(
    with_cluster: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["outputs", "--offline", "-e", "dev"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  environment = dev" in lines
    assert "  contracts.storage = ObjectStore" in lines


def test_the_wiring_as_json(with_cluster: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outputs", "--offline", "-e", "prod", "--format", "json"]) == 0
    wiring = json.loads(capsys.readouterr().out)
    assert wiring["schema"] == "stackwright.wiring/v1"
    assert wiring["environment"] == "prod"
    assert wiring["tools"]["storage"]["region"] == "eu-west-1"


def test_a_project_is_not_wired_to_the_example_values_of_what_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = Path(__file__).parents[3] / "examples" / "aws-production" / "blueprint.yaml"
    assert main(["outputs", "--offline", "-f", str(example), "-e", "prod", "--format", "json"]) == 0
    printed = tmp_path / "outputs.json"
    printed.write_text(capsys.readouterr().out, encoding="utf-8")
    storage = read_offer(printed, "prod").values["storage"]
    assert storage["data_url"] == Pending("example value target.account of the blueprint")
    assert storage["region"] == "eu-west-1"


def test_an_environment_without_a_cluster_has_wiring_too(
    blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["outputs", "--offline", "-e", "dev"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  contracts.storage = ObjectStore" in lines
    assert "  tools.storage.region = eu-west-1" in lines


def test_without_an_engine_a_deployed_environment_cannot_be_read(
    blueprint: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["outputs", "-e", "dev"]) == 1
    assert "the Pulumi CLI is not on PATH" in capsys.readouterr().err


def test_offline_there_are_no_layers(blueprint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outputs", "--offline", "-e", "dev", "--layer", "foundation"]) == 2
    assert "--layer" in capsys.readouterr().err
