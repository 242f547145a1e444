"""The files of a new platform fit each other and the installed version."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackwright import __version__
from stackwright_cli.platform_files import NewPlatform, compatible, new_platform, next_steps


def default(question: str, answer: str) -> str:
    return answer


@pytest.mark.parametrize(
    ("version", "range_"),
    [("0.1.0", ">=0.1,<0.2"), ("0.12.3", ">=0.12,<0.13"), ("2.3.4", ">=2.3,<3")],
)
def test_a_blueprint_is_for_versions_up_to_the_next_that_may_break_it(
    version: str, range_: str
) -> None:
    assert compatible(version) == range_


def test_a_platform_on_aws_has_a_program_for_each_layer() -> None:
    files = new_platform("starter", "aws", "acme-ml", {}, default).files
    assert [path for path in files if path.endswith("__main__.py")] == [
        "stacks/foundation/__main__.py",
        "stacks/platform/__main__.py",
    ]
    assert "name: acme-ml-foundation" in files["stacks/foundation/Pulumi.yaml"]
    assert files["requirements.txt"] == f"stackwright[aws]=={__version__}\n"


def test_a_platform_on_a_given_cluster_has_no_foundation() -> None:
    files = new_platform("starter", "existing-cluster", "acme-ml", {}, default).files
    assert not any(path.startswith("stacks/foundation") for path in files)
    assert files["requirements.txt"] == f"stackwright[kubernetes]=={__version__}\n"
    assert "stacks/foundation" not in files["README.md"]


def test_what_is_answered_is_written_and_is_no_example() -> None:
    def answer(question: str, example: str) -> str:
        return "210987654321" if question.startswith("target.account:") else example

    asked = new_platform("starter", "aws", "acme-ml", {}, answer).files["blueprint.yaml"]
    assert 'account: "210987654321"  # Account of 12 digits.' in asked


@pytest.mark.parametrize(
    ("text", "environments", "lines"),
    [
        ("a: 1\n", ("dev",), ["stackwright plan -f acme/blueprint.yaml"]),
        (
            "a: 1  # EXAMPLE\n",
            ("dev", "prod"),
            ["Replace the 1 example value", "stackwright plan -f acme/blueprint.yaml -e dev"],
        ),
    ],
)
def test_the_next_steps_name_what_is_to_do(
    text: str, environments: tuple[str, ...], lines: list[str]
) -> None:
    said = next_steps(Path("acme"), NewPlatform({"blueprint.yaml": text}, environments))
    assert all(line in said for line in lines)
    assert ("Replace" in said) == ("EXAMPLE" in text)
    assert said.endswith(lines[-1])
