from __future__ import annotations

import pytest
from tests.components.report.diff.diffs import (
    DEPLOYMENT,
    RDS,
    cause,
    change,
    diff,
    environment,
    updated,
    urn,
)

from stackwright.diff.changes import Action, Effect, Evidence, PropertyChange, PropertyKind
from stackwright.diff.model import MatrixRow
from stackwright.report.diff.markdown import markdown


def test_values_are_words_and_never_secrets() -> None:
    origin = f"{urn(RDS, 'database-server')}#address"
    made = change(
        DEPLOYMENT,
        "api",
        Action.UPDATE,
        updated("a", "old.internal", f"${{output:{origin}}}"),
        updated("b", 1, {"$unknown": [origin]}),
        updated("c", {"$secret": [origin]}, {"$secret": []}),
        updated("d", {"$secret": []}, {"$secret": []}),
    )
    shown = markdown(diff(environment("prod", made)))
    assert "! a: old.internal -> output address of database-server" in shown
    assert "! b: 1 -> known after deployment (output address of database-server)" in shown
    assert "! c: secret made from output address of database-server -> secret" in shown
    assert "! d: another secret" in shown


SECRETS = (
    "ghp_" + "a1" * 12,
    "AKIA" + "A" * 16,
    "postgres://mlflow:hunter2@db/mlflow",
    "-----BEGIN RSA PRIVATE KEY-----",
)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("pad", ["", "x" * 300])
def test_what_looks_like_a_secret_is_not_shown(secret: str, pad: str) -> None:
    made = change(
        DEPLOYMENT,
        "api",
        Action.UPDATE,
        updated("a", f"{pad} {secret}", f"{pad} other"),
        PropertyChange("b", PropertyKind.ADD, after=secret),
    )
    line = cause("tracking.token", secret, secret, "tracking", 3)
    row = MatrixRow("token", {"prod": secret}, ("prod",), True)
    shown = markdown(diff(environment("prod", made), causes=[line], matrix=[row]))
    assert secret not in shown
    assert "+ b: [redacted]" in shown


def test_of_long_values_the_part_that_differs_is_shown() -> None:
    before, after = "x" * 500 + "old" + "y" * 500, "x" * 500 + "new" + "y" * 500
    made = change(DEPLOYMENT, "api", Action.UPDATE, updated("text", before, after))
    shown = markdown(diff(environment("prod", made)))
    assert "- text: ..." + "x" * 24 + "oldyyy" in shown
    assert "+ text: ..." + "x" * 24 + "newyyy" in shown
    assert "more characters)" in shown


def test_properties_beyond_twenty_are_counted() -> None:
    many = [updated(f"spec.value{n}", n, n + 1) for n in range(35)]
    shown = markdown(diff(environment("prod", change(DEPLOYMENT, "api", Action.UPDATE, *many))))
    assert shown.count("! spec.value") == 20
    assert "not shown: 15 more properties" in shown


def test_a_property_that_replaces_comes_first_with_its_evidence() -> None:
    made = change(
        RDS,
        "database-server",
        Action.REPLACE,
        updated("allocatedStorage", 20, 40),
        updated("engine", "postgres", "mysql", Effect.REPLACES, Evidence.DOCUMENTED),
    )
    shown = markdown(diff(environment("prod", made)))
    assert (
        "! engine: postgres -> mysql  (forces replacement, documented)\n! allocatedStorage"
    ) in shown


@pytest.mark.parametrize("value", [{"$unknown": 5}, {"$unknown": [1]}, {"$secret": "x"}])
def test_a_mark_that_no_plan_holds_is_no_failure(value: object) -> None:
    made = change(DEPLOYMENT, "api", Action.UPDATE, updated("a", 1, value))
    assert "! a: 1 -> " in markdown(diff(environment("prod", made)))
