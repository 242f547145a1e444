"""The pipeline reads role and registry from the wiring when it runs."""

import json
from pathlib import Path

import pytest

from {= cookiecutter.package_name =} import PROJECT
from {= cookiecutter.package_name =}.command import main
from {= cookiecutter.package_name =}.delivery.pipeline import pipeline
from {= cookiecutter.package_name =}.errors import InputError

from .conftest import wire, wired


def test_role_and_image_end_with_the_projects_name(root: Path) -> None:
    found = pipeline(wired(root).environment)

    assert found.role == f"arn:aws:iam::123456789012:role/acme-dev-ci-{PROJECT}"
    assert found.image == f"{found.registry}/acme/dev/{PROJECT}"
    assert found.region == "eu-central-1"


def test_all_that_is_missing_is_named_at_once(root: Path) -> None:
    wire(root, without=("Delivery.role_prefix",), pending=("ImageRegistry.url",))

    with pytest.raises(InputError) as caught:
        pipeline(wired(root).environment)

    assert [problem.split()[3] for problem in caught.value.problems] == [
        "Delivery.role_prefix",
        "ImageRegistry.url",
    ]


def test_scripts_read_lines_of_name_and_value(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)

    assert main(["-e", "dev", "wiring", "pipeline"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.partition("=")[0] for line in lines] == ["role", "region", "registry", "image"]


def test_one_value_is_printed_alone(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)

    assert main(["-e", "dev", "wiring", "get", "ModelServer.namespace"]) == 0

    assert capsys.readouterr().out == "acme-dev-serving\n"


def test_a_pending_value_is_an_error_that_says_what_to_run(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wire(root, pending=("ModelServer.namespace",))
    monkeypatch.chdir(root)

    assert main(["-e", "dev", "wiring", "get", "ModelServer.namespace"]) == 2

    answer = capsys.readouterr()
    assert answer.out == ""
    assert "ModelServer.namespace is not known yet" in answer.err
    assert "stackwright wire -e dev" in answer.err


def test_scripts_read_the_same_as_json(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)

    assert main(["-e", "dev", "wiring", "pipeline", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert main(["-e", "dev", "wiring", "get", "ModelServer.mode", "--format", "json"]) == 0
    value = json.loads(capsys.readouterr().out)

    assert found["schema"] == "pipeline/v1"
    assert found["region"] == "eu-central-1"
    assert value["value"] == "InferenceService"


def test_a_registry_of_another_kind_takes_the_region_of_the_store(root: Path) -> None:
    wire(root, other={"ImageRegistry.url": "registry.example.com/team"})

    found = pipeline(wired(root).environment)

    assert (found.registry, found.region) == ("registry.example.com", "eu-central-1")
    assert found.image == f"registry.example.com/team/{PROJECT}"
