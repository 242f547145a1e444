"""`stackwright plan`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from stackwright.plan.graph import Plan
from stackwright_cli import main


def test_a_plan_is_told_by_capability(blueprint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "-e", "dev"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("acme-ml, environment dev, on aws\n")
    assert "    storage (s3): Amazon S3\n" in out
    assert err == ""


def test_json_can_be_read_back(blueprint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "-e", "dev", "--format", "json"]) == 0
    out = capsys.readouterr().out
    assert Plan.from_json(out).to_json() == out


@pytest.mark.parametrize("format_", ["markdown", "mermaid", "html", "manifests"])
def test_every_format_is_given(
    format_: str, blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "-e", "dev", "--format", format_]) == 0
    assert capsys.readouterr().err == ""


def test_one_layer_is_shown_alone(blueprint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "-e", "dev", "--layer", "foundation", "--format", "json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert [layer["name"] for layer in plan["layers"]] == ["foundation"]


def test_a_layer_that_is_not_there_is_refused(
    blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "-e", "dev", "--layer", "platform"]) == 2
    assert capsys.readouterr().err == (
        "error: blueprint.yaml: environment dev has no layer platform; it has: foundation.\n"
        "1 problem.\n"
    )


def test_it_is_written_to_a_file(blueprint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "-e", "dev", "--format", "html", "-o", "out/plan.html"]) == 0
    assert capsys.readouterr() == ("", "Wrote out/plan.html.\n")
    page = (blueprint.parent / "out" / "plan.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")


def test_manifests_are_written_to_a_folder(
    blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "-e", "dev", "--format", "manifests", "-o", "manifests"]) == 0
    assert capsys.readouterr().err == (
        "manifests is empty: environment dev has nothing in a cluster.\n"
    )


def test_bindings_that_are_not_there_are_wrong_input(
    blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["plan", "-e", "dev", "--format", "manifests", "--bindings", "values.json"]
    assert main(arguments) == 2
    assert capsys.readouterr().err == (
        "error: values.json: this file cannot be read: No such file or directory.\n1 problem.\n"
    )


def test_manifests_are_not_written_where_a_file_is(
    blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "-e", "dev", "--format", "manifests", "-o", "blueprint.yaml"]) == 2
    assert capsys.readouterr().err == ("error: blueprint.yaml: this is no folder.\n1 problem.\n")


def test_bindings_are_for_manifests_only(
    blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "-e", "dev", "--bindings", "values.json"]) == 2
    assert capsys.readouterr().err.startswith("error: --bindings goes with --format manifests.\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "this is not valid JSON: "),
        ("[]", "an object with a value for each output is expected."),
    ],
)
def test_wrong_bindings_are_wrong_input(
    text: str, message: str, blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (blueprint.parent / "values.json").write_text(text, encoding="utf-8")
    arguments = ["plan", "-e", "dev", "--format", "manifests", "--bindings", "values.json"]
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith(f"error: values.json: {message}")


def test_a_missing_package_names_the_extra(
    blueprint: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pulumi_aws", None)
    assert main(["plan", "-e", "dev"]) == 1
    assert capsys.readouterr().err == (
        "error: pulumi-aws is not installed. Install it with: pip install 'stackwright[aws]'\n"
    )


def test_an_unknown_environment_names_the_known(
    blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "-e", "prd"]) == 2
    assert capsys.readouterr().err == (
        'error: blueprint.yaml: no environment is called "prd"; there are: dev, prod. '
        "Did you mean prod?\n1 problem.\n"
    )


def test_what_a_user_adds_to_a_program_is_planned(
    blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = blueprint.parent / "stacks" / "foundation" / "__main__.py"
    program.parent.mkdir(parents=True)
    program.write_text(
        "import pulumi\n"
        "import pulumi_aws\n"
        "import stackwright\n"
        "\n"
        'platform = stackwright.build("foundation")\n'
        'pulumi_aws.sns.Topic("mine", opts=pulumi.ResourceOptions(provider=platform.provider))\n',
        encoding="utf-8",
    )
    assert main(["plan", "-e", "dev", "--layer", "foundation", "--format", "json"]) == 0
    (layer,) = json.loads(capsys.readouterr().out)["layers"]
    types = [resource["type"] for resource in layer["resources"]]
    assert "aws:sns/topic:Topic" in types


def test_a_program_that_fails_is_told_with_its_line(
    blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = blueprint.parent / "stacks" / "foundation" / "__main__.py"
    program.parent.mkdir(parents=True)
    program.write_text("1 / 0\n", encoding="utf-8")
    assert main(["plan", "-e", "dev"]) == 1
    assert capsys.readouterr().err == (
        "error: stacks/foundation/__main__.py:1: ZeroDivisionError: division by zero\n"
    )
