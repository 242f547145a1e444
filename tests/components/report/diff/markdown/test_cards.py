from __future__ import annotations

from dataclasses import replace

import pytest
from tests.components.report.diff.diffs import (
    RDS,
    database,
    diff,
    environment,
    grave,
    loss,
    urn,
)

from stackwright.diff.findings import Allowance
from stackwright.report.diff.markdown import markdown


def test_a_card_says_what_is_lost_why_what_keeps_it_and_how_to_go_on() -> None:
    shown = markdown(grave())
    card = shown[shown.index("#### RDS database `database-server` in `prod`") :]
    card = card[: card.index("### Projects")]
    assert "Would be **replaced by an empty one**. Lost: database." in card
    assert "**Refused:** the blueprint does not allow it." in card
    assert "! engine: postgres -> mysql  (forces replacement, measured)" in card
    assert "- Blueprint: `database.engine` in `blueprint.yaml:31`: `postgres` to `mysql`" in card
    assert "- Kept by protect. The engine refuses to delete it while it is set." in card
    assert "- **Not kept** by final snapshot. None is taken when it is deleted." in card
    assert "1. Take a snapshot of the database." in card


@pytest.mark.parametrize(
    ("allowed", "words"),
    [
        (
            Allowance("moved by hand", "2030-01-31", False),
            'The blueprint allows it until 2030-01-31: "moved by hand".',
        ),
        (
            Allowance("moved by hand", "2020-01-31", True),
            '**Refused:** the blueprint allowed it until 2020-01-31: "moved by hand".',
        ),
    ],
)
def test_a_card_says_whether_the_blueprint_allows_the_loss(allowed: Allowance, words: str) -> None:
    one = replace(environment("prod", database("prod")), losses=(loss("prod", allowed),))
    assert words in markdown(diff(one))


def test_the_same_loss_in_two_environments_is_one_card() -> None:
    both = [
        replace(environment(name, database(name)), losses=(loss(name),)) for name in ("dev", "prod")
    ]
    assert "#### RDS database `database-server` in `dev` and `prod`" in markdown(diff(*both))


def test_many_cards_are_folded_with_their_kinds_in_the_title() -> None:
    many = [replace(loss("prod"), urn=urn(RDS, f"db-{n}"), what=f"data {n}") for n in range(9)]
    shown = markdown(diff(replace(environment("prod"), losses=tuple(many))))
    folded = shown.index("<b>More data that would be lost</b>: 4 RDS databases</summary>")
    assert shown.index("`db-4`") < folded < shown.index("`db-5`")
    assert shown.count("#### ") == 9


def test_what_nothing_holds_is_the_first_card() -> None:
    held = loss("prod")
    bare = replace(held, urn=urn(RDS, "bare"), protections=())
    shown = markdown(diff(replace(environment("prod"), losses=(held, bare))))
    assert shown.index("`bare`") < shown.index("`database-server`")


def test_losses_of_the_same_kind_share_a_card_and_keep_their_steps() -> None:
    both = [
        replace(loss("prod"), urn=urn(RDS, name), steps=(f"{name}{name}",))
        for name in ("one", "two")
    ]
    shown = markdown(diff(replace(environment("prod"), losses=tuple(both))))
    assert shown.count("#### ") == 1
    assert "#### 2 RDS databases `one` and `two` in `prod`" in shown
    assert "<summary>The safe way for <code>two</code></summary>\n\n1. twotwo\n" in shown


def test_a_safe_way_that_differs_in_names_alone_is_said_once() -> None:
    both = [
        replace(loss("prod"), urn=urn(RDS, name), steps=(f"Back up {name}.", f"Keep not-{name}."))
        for name in ("one", "two")
    ]
    shown = markdown(diff(replace(environment("prod"), losses=tuple(both))))
    assert shown.count("<summary>The safe way") == 2
    same = [replace(one, steps=one.steps[:1]) for one in both]
    shown = markdown(diff(replace(environment("prod"), losses=tuple(same))))
    assert "<summary>The safe way for each NAME</summary>\n\n1. Back up NAME.\n" in shown
    assert shown.count("<summary>The safe way") == 1
