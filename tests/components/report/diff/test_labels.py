from __future__ import annotations

from dataclasses import replace

from tests.components.report.diff.diffs import DEPLOYMENT, change, diff, environment, grave

from stackwright.report.diff.labels import LABELS, LONGEST_TITLE, labels, title


def test_every_risk_that_was_found_is_a_label_and_so_is_a_refusal() -> None:
    assert labels(grave()) == (
        "stackwright: data-loss",
        "stackwright: broken-project",
        "stackwright: interruption",
        "stackwright: access",
        "stackwright: replacement",
        "stackwright: uncertain",
        "stackwright: refused",
    )
    assert set(labels(grave())) <= set(LABELS)


def test_a_routine_change_has_no_label() -> None:
    assert labels(diff(environment("prod", change(DEPLOYMENT, "api")))) == ()


def test_a_risk_that_a_stranger_made_up_is_no_label() -> None:
    made = grave()
    odd = replace(made.verdict, risks={"own: goal": 3}, refused=False)
    assert labels(replace(made, verdict=odd)) == ()


def test_the_title_is_one_short_line() -> None:
    made = grave()
    assert title(made).startswith("1 resource with data would be lost, 1 project would break")
    long = replace(made, verdict=replace(made.verdict, sentence="a\n" * 900))
    assert "\n" not in title(long)
    assert len(title(long)) < LONGEST_TITLE + 30
