"""A proposal guesses types, bounds, persons and leaks, and says why it leaves a column out."""

from typing import Any

import pandas as pd
import pytest

from {= cookiecutter.package_name =}.data.personal import (
    describes_a_person,
    names_a_person,
)
from {= cookiecutter.package_name =}.data.proposal import Proposal, propose
from {= cookiecutter.package_name =}.errors import InputError

ROWS = 40


def table(**columns: list[Any]) -> pd.DataFrame:
    """A table of text with the target y (yes, no in turn) and a number x."""
    given: dict[str, list[Any]] = {
        "x": [number * 1.5 for number in range(ROWS)],
        "y": ["yes", "no"] * (ROWS // 2),
    }
    text = {
        name: [None if value is None else str(value) for value in values]
        for name, values in (given | columns).items()
    }
    return pd.DataFrame(text, dtype="str")


def column(values: list[Any], name: str = "c", **options: Any) -> tuple[dict[str, Any], str]:
    """What is proposed for one column, and why."""
    proposal = propose(table(**{name: values}), "y", **options)
    (found,) = [found for found in proposal.columns if found.name == name]
    return found.keys, found.reason


def problems(frame: pd.DataFrame, target: str = "y", **options: Any) -> list[str]:
    with pytest.raises(InputError) as raised:
        propose(frame, target, **options)
    return list(raised.value.problems)


def test_numbers_get_bounds_as_far_out_as_they_are_wide() -> None:
    def bounds(values: list[float]) -> tuple[float | None, float | None]:
        keys, _ = column(list(values))
        assert (keys["type"], keys["role"]) == ("number", "feature")
        return keys.get("minimum"), keys.get("maximum")

    assert bounds([-0.5, 40, *[20.5] * 19, *[1] * 19]) == (-41, 80)
    assert bounds([number + 0.0 for number in range(20)] * 2) == (0, 38)
    assert bounds([1000 + number % 20 + 0.5 for number in range(ROWS)]) == (982, 1038)
    assert bounds([0.001 * (number % 20) for number in range(ROWS)]) == (0, 0.038)
    assert bounds([1e307 * (number % 20 - 10) for number in range(ROWS)]) == (None, None)


def test_few_whole_numbers_are_codes_and_few_texts_are_categories() -> None:
    assert column([10, 9, 2, 1] * 10)[0]["values"] == ["1", "2", "9", "10"]
    assert column(["b", "a", None, "c"] * 10) == (
        {"type": "category", "values": ["a", "b", "c"], "role": "feature", "nullable": True},
        "",
    )
    assert column([0.5, 1.5] * 20)[0]["type"] == "number"
    assert column([number % 6 for number in range(ROWS)])[0]["type"] == "number"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (["same"] * ROWS, "has one value only"),
        ([None] * ROWS, "has no values"),
        ([f"C{number}" for number in range(ROWS)], "differs in every row"),
        (list(range(500, 500 + ROWS)), "differs in every row"),
        ([f"text {number % 39}" for number in range(ROWS)], "free text"),
        (["long" * 60, "short"] * 20, "free text"),
    ],
)
def test_what_no_model_can_use_is_ignored_and_said(values: list[Any], reason: str) -> None:
    keys, said = column(values)
    assert keys == {"type": "text", "role": "ignored"}
    assert said.startswith(reason)


def test_a_number_that_names_the_row_is_ignored_by_its_name() -> None:
    values = [7 * number + number % 3 for number in range(ROWS)]
    assert column(values)[0]["type"] == "number"
    assert column(values, name="customer_id")[0] == {"type": "text", "role": "ignored"}


def test_a_name_that_files_of_labels_use_is_ignored() -> None:
    assert column([1.5, 2.5] * 20, name="label")[0] == {"type": "text", "role": "ignored"}


def test_what_describes_a_person_is_compared_and_not_learnt() -> None:
    ages = [20 + number % 30 + 0.0 for number in range(ROWS)]
    assert column(ages, name="age")[0] == {
        "type": "number",
        "minimum": 0,
        "maximum": 78,
        "role": "slice",
        "personal": True,
        "bands": [26, 36],
    }
    keys = {"type": "category", "values": ["f", "m"], "role": "slice", "personal": True}
    assert column(["f", "m"] * 20, name="Gender")[0] == keys
    assert column(["f", "m"] * 20, name="code", personal=["code"])[0] == keys


def test_values_that_name_persons_are_never_written_into_the_contract() -> None:
    ignored = {"type": "text", "role": "ignored", "personal": True}
    assert column(["Ann", "Bob"] * 20, name="firstName")[0] == ignored
    assert column(["ann@example.org", "bob@example.org"] * 20)[0] == ignored
    assert column([f"v{number % 20}" for number in range(ROWS)], name="city")[0] == ignored


@pytest.mark.parametrize(
    ("value", "personal"),
    [
        ("ann@example.org", True),
        ("10.0.0.7", True),
        ("+49 30 1234567", True),
        ("DE89 3704 0044 0532 0130 00", True),
        ("blue", False),
        ("1.5", False),
        ("2026-01-31", False),
    ],
)
def test_values_that_look_like_a_person_are_found(value: str, personal: bool) -> None:
    assert names_a_person("c", pd.Series([value] * 3)) is personal


@pytest.mark.parametrize("name", ["age", "Age", "customer_age", "birthDate", "sex", "zip-code"])
def test_names_that_describe_a_person_are_found(name: str) -> None:
    assert describes_a_person(name)


@pytest.mark.parametrize("name", ["stage", "usage", "average", "package", "sextant", "bmi"])
def test_names_that_only_look_so_are_not(name: str) -> None:
    assert not describes_a_person(name)
    assert not names_a_person(name, pd.Series(["1"]))


def test_where_only_persons_are_described_the_model_sees_that_and_it_stays_personal() -> None:
    frame = table(age=[20.5 + number for number in range(ROWS)]).drop(columns="x")
    (age,) = propose(frame, "y").columns
    assert (age.keys["role"], age.keys["personal"]) == ("feature", True)
    assert "never logged" in age.reason


def test_a_column_that_gives_the_target_away_is_warned_of() -> None:
    leaks: dict[str, list[Any]] = {
        "won": ["a", "b"] * 20,
        "paid": [5.5, 1.5] * 20,
        "fair": ["a", "a", "b", "b"] * 10,
    }
    warnings = propose(table(**leaks), "y").warnings
    assert [warning.partition(" ")[0] for warning in warnings] == ["won", "paid"]


def target(frame: pd.DataFrame, **options: Any) -> dict[str, Any]:
    proposal: Proposal = propose(frame, "y", **options)
    return proposal.target


def test_a_target_of_two_values_says_itself_which_is_positive() -> None:
    assert target(table()) == {"column": "y", "positive": "yes", "negative": "no"}
    bits = table(y=[0, 1] * 20)
    assert target(bits) == {"column": "y", "positive": "1", "negative": "0"}
    assert target(bits, positive="0")["negative"] == "1"
    assert problems(table(y=["red", "blue"] * 20)) == [
        "--target y: give --positive blue or --positive red"
    ]


def test_a_target_of_numbers_needs_a_limit() -> None:
    frame = table(y=list(range(ROWS)))
    assert target(frame, above=20) == {"column": "y", "above": 20}
    assert problems(frame) == [
        "--target y: has 40 different values, and two are needed; give --positive VALUE, or"
        " --above NUMBER"
    ]
    assert problems(frame, above=99.0) == [
        "--above 99: gives all rows the same label; y goes from 0 to 39"
    ]
    assert problems(table(), above=1.0) == [
        "--target y: 40 rows hold no number; give --positive VALUE instead of --above"
    ]


def test_one_value_of_several_may_be_the_positive_one() -> None:
    frame = table(y=["a", "b", "c", "b"] * 10)
    assert target(frame, positive="b") == {"column": "y", "positive": "b"}
    assert problems(frame, positive="bb") == [
        "--positive bb: y never has this value; did you mean b?"
    ]
    assert problems(frame) == [
        "--target y: has 3 different values, and two are needed; give --positive VALUE"
    ]


def test_what_cannot_be_a_target_is_refused() -> None:
    assert problems(table(y=["a"] * ROWS)) == [
        "--target y: all rows have the same value; nothing to predict"
    ]
    assert problems(table(y=["a", None] * 20))[0].startswith(
        "--target y: 20 rows have none (rows 2, 4, 6, 8, 10, ...)"
    )


def test_all_names_that_are_not_there_are_listed_with_the_nearest() -> None:
    assert problems(table(spend=[1] * ROWS), "yy", personal=["spent", "y"]) == [
        "--target yy: no such column; did you mean y?",
        "--personal spent: no such column; did you mean spend?",
    ]


def test_a_file_without_a_usable_column_says_why_for_each() -> None:
    frame = table(x=["same"] * ROWS, z=[f"t{number}" for number in range(ROWS)])
    assert problems(frame) == [
        "no column can be a feature",
        "x: has one value only",
        "z: differs in every row, so it names the row",
    ]
