"""A secret is named, never written."""

from __future__ import annotations

import json

import pytest

from stackwright.blueprint.base import BlueprintModel
from stackwright.blueprint.reader import parse
from stackwright.blueprint.validation import problems_of, validate
from stackwright.secret_reference import (
    AwsSecretsManagerReference,
    EnvironmentReference,
    KubernetesReference,
    SecretReference,
    references,
)


class Settings(BlueprintModel):
    """Settings that need a secret."""

    login: SecretReference


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        (
            "{from: aws-secrets-manager, name: acme/db, key: password}",
            AwsSecretsManagerReference(name="acme/db", key="password"),
        ),
        (
            "{from: kubernetes, namespace: mlflow, name: login, key: password}",
            KubernetesReference(namespace="mlflow", name="login", key="password"),
        ),
        ("{from: environment, variable: LOGIN}", EnvironmentReference(variable="LOGIN")),
    ],
)
def test_a_reference_says_where_the_secret_is_kept(text: str, reference: object) -> None:
    root = parse(f"login: {text}\n", "f").root
    assert validate(Settings, root, "f") == Settings(login=reference)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    ["hunter2-value", "ghp_" + "a1B2" * 9, 987654321, 2.75, ["hunter2-value"], "yes", "010"],
)
def test_a_secret_that_is_written_is_refused_and_never_repeated(value: object) -> None:
    text = f"login: {value if value in ('yes', '010') else json.dumps(value)}\n"
    (problem,) = problems_of(Settings, parse(text, "f").root, "f")
    assert problem.message.startswith("a secret is named, never written: ")
    assert (problem.line, problem.column, problem.path) == (1, 8, "login")
    for secret in ("hunter2", "ghp_", "987654321", "2.75", "yes", "010"):
        assert secret not in str(problem)


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        ("{from: vault, name: a, key: b}", "login.from", "one of aws-secrets-manager, kubernetes"),
        ("{name: a, key: b}", "login.from", "this key is missing"),
        ("{from: environment}", "login.variable", "this key is missing"),
        ("{from: kubernetes, namespace: A, name: a, key: b}", "login.namespace", "lower-case"),
        ("{from: environment, variable: 1A}", "login.variable", "letters, digits and under"),
        ("{from: environment, variable: A, value: b}", "login.value", "no such key"),
        ("", "login", "a value is missing"),
    ],
)
def test_a_wrong_reference_is_told_with_its_place(text: str, path: str, said: str) -> None:
    (problem,) = problems_of(Settings, parse(f"login: {text}\n", "f").root, "f")
    assert problem.path == path
    assert said in problem.message


class Many(BlueprintModel):
    """Settings with secrets at several depths."""

    one: Settings
    by_name: dict[str, SecretReference]
    listed: list[Settings]


def test_every_reference_of_a_model_is_found_under_its_keys() -> None:
    variable = EnvironmentReference(variable="LOGIN")
    secret = KubernetesReference(namespace="mlflow", name="login", key="password")
    many = Many(
        one=Settings(login=variable),
        by_name={"API": secret},
        listed=[Settings(login=secret), Settings(login=variable)],
    )
    assert list(references(many)) == [
        (("one", "login"), variable),
        (("by_name", "API"), secret),
        (("listed", 0, "login"), secret),
        (("listed", 1, "login"), variable),
    ]
