"""A blueprint is composed of a preset and of what was given."""

from __future__ import annotations

import pytest

from stackwright.blueprint.reader import parse
from stackwright_cli.composing import compose, platform_name


def composed(preset: str = "starter", **given: str) -> dict[str, object]:
    values = {key.replace("__", "."): value for key, value in given.items()}
    text, _ = compose(preset, "aws", "acme-ml", ">=0.1,<0.2", values, lambda _, default: default)
    return parse(text, "blueprint.yaml").plain()


def test_an_account_may_be_given_without_quotes() -> None:
    target = composed(target__account="210987654321")["target"]
    assert target == {"kind": "aws", "account": "210987654321", "region": "eu-west-1"}


def test_a_number_stays_a_number_and_a_list_a_list() -> None:
    data = composed("team", tracking__replicas="3", network__zones="[a, b]")
    assert data["tracking"] == {"kind": "mlflow", "replicas": 3}
    assert data["network"] == {"kind": "vpc", "cidr": "10.20.0.0/16", "zones": ["a", "b"]}


def test_a_value_of_one_environment_stays_there() -> None:
    data = composed("team", environments__dev__tracking__replicas="1")
    assert data["environments"] == {
        "dev": {"profile": "development", "tracking": {"replicas": 1}},
        "prod": {},
    }


def test_a_preset_is_not_changed_by_what_is_given() -> None:
    composed("team", tracking__replicas="3")
    assert composed("team")["tracking"] == {"kind": "mlflow"}


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("acme-ml", "acme-ml"),
        ("Acme_ML", "acme-ml"),
        ("aws-production", "production"),
        ("a-name-that-is-far-too-long", "a-name-that-is"),
        ("...", "acme-ml"),
        ("", "acme-ml"),
    ],
)
def test_a_platform_is_called_after_its_folder(folder: str, name: str) -> None:
    assert platform_name(folder) == name
