"""The data contract: training and serving see the same numbers, and a wrong contract is refused."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from {= cookiecutter.package_name =}.configuration import parse_configuration
from {= cookiecutter.package_name =}.data.contract import DataContract
from {= cookiecutter.package_name =}.errors import InputError

TEXT = """\
source: {kind: file, path: source.csv}
target: {column: churned, positive: "yes", negative: "no"}
columns:
  spend: {type: number, minimum: 0, maximum: 1000}
  plan: {type: category, values: [basic, pro], slice: true}
  age: {type: number, role: slice, personal: true, bands: [40, 60]}
  note: {type: text, role: ignored}
  income: {type: number, personal: true, nullable: true}
"""


def contract(text: str = TEXT) -> DataContract:
    return parse_configuration(text, DataContract, "data.yaml")


def problems(text: str) -> list[str]:
    with pytest.raises(InputError) as raised:
        contract(text)
    return list(raised.value.problems)


def test_the_order_of_the_file_is_the_order_of_the_models_input() -> None:
    assert [column.name for column in contract().features()] == ["spend", "plan", "income"]
    assert [column.name for column in contract().slices()] == ["plan", "age"]
    used = [column.name for column in contract().used_columns()]
    assert used == ["spend", "plan", "age", "income"]
    assert contract().personal() == ["age", "income"]


def test_a_table_is_encoded_by_position_and_what_is_unknown_is_nan() -> None:
    frame = pd.DataFrame(
        {
            "income": [1, None, 3],
            "spend": ["12", 1.5, 10**400],
            "plan": ["pro", None, "gold"],
        }
    )
    expected = [[math.nan, 1, 1], [1.5, math.nan, math.nan], [math.nan, math.nan, 3]]
    np.testing.assert_array_equal(contract().encode(frame), expected)
    assert contract().encode(frame).dtype == np.float64


anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from(["basic", "pro", "gold"])
)
rows = st.lists(
    st.fixed_dictionaries({"spend": anything, "plan": anything, "income": anything}), max_size=5
)


@given(rows)
def test_a_row_is_encoded_as_the_table_it_is_in(rows: list[dict[str, Any]]) -> None:
    frame = pd.DataFrame(rows, columns=["spend", "plan", "income"], dtype=object)
    matrix = contract().encode(frame)
    assert matrix.shape == (len(rows), 3)
    for encoded, row in zip(matrix, rows, strict=True):
        np.testing.assert_array_equal(contract().encode_row(row), encoded)


@given(st.lists(st.floats(allow_infinity=False), min_size=1, max_size=5))
def test_a_typed_table_is_encoded_as_its_rows(values: list[float]) -> None:
    frame = pd.DataFrame({"spend": values, "income": values, "plan": ["pro"] * len(values)})
    matrix = contract().encode(frame)
    for encoded, value in zip(matrix, values, strict=True):
        row = {"spend": value, "income": value, "plan": "pro"}
        np.testing.assert_array_equal(contract().encode_row(row), encoded)


def test_what_a_row_lacks_is_nan() -> None:
    np.testing.assert_array_equal(contract().encode_row({}), [math.nan] * 3)


@pytest.mark.parametrize(
    ("value", "group"),
    [
        (39.9, "below 40"),
        (40, "40 to 60"),
        (59, "40 to 60"),
        (60, "60 and above"),
        (None, "missing"),
        (math.nan, "missing"),
        ("x", "missing"),
    ],
)
def test_a_number_is_in_the_group_between_its_bands(value: object, group: str) -> None:
    (_, age) = contract().slices()
    assert age.group(value) == group


def test_a_category_is_its_own_group() -> None:
    (plan, _) = contract().slices()
    assert [plan.group(value) for value in ("pro", "gold", None)] == ["pro", "missing", "missing"]


def test_labels_are_read_from_a_source_and_from_a_prepared_table() -> None:
    assert contract().label(pd.Series(["yes", "no", "yes"])).tolist() == [1, 0, 1]
    numeric = contract(TEXT.replace('positive: "yes", negative: "no"', "above: 140"))
    assert numeric.label(pd.Series([140.0, 141.0])).tolist() == [0, 1]
    assert numeric.target.meaning == "churned above 140"
    prepared = pd.DataFrame({"churned": [1, 0]})
    assert numeric.labels(prepared).tolist() == [1, 0]
    with pytest.raises(ValueError, match="0 and 1 only"):
        numeric.labels(pd.DataFrame({"churned": [140, 141]}))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("minimum: 0, maximum", "minimum: 9999, maximum", "columns.spend: minimum is above"),
        ("[40, 60]", "[60, 40]", "data.yaml:6: columns.age: bands must rise"),
        (", bands: [40, 60]", "", "columns.age: a slice of numbers needs bands"),
        ("[basic, pro]", "[basic, basic]", "columns.plan: values must differ"),
        ("[basic, pro]", "[1, 2]", "columns.plan.values.0: expected text; put it in quotes"),
        ("[basic, pro]", '[""]', "an empty value is a missing one: use nullable: true"),
        ("[basic, pro]", "[]", "columns.plan.values: tuple should have at least 1 item"),
        ("role: ignored", "role: feature", "columns.note.role: input should be 'ignored'"),
        ("  spend:", "  churned:", "columns.churned: is the target; remove it here"),
        ("  spend:", "  label:", "columns.label: files of labels use this name; rename it"),
        ("maximum: 1000", "maximum: .inf", "columns.spend.maximum: input should be a valid"),
        ("maximum: 1000", "maximum: 1e999", "columns.spend.maximum: input should be a finite"),
        ("personal: true", "personal: 1", "columns.age.personal: input should be a valid bool"),
        ("{type: text", "{type: texts", "columns.note: type must be one of 'number'"),
        ("{type: text, ", "{", "columns.note: type is missing"),
        ("path: source.csv", "path: ../x.csv", "source.path: string should match"),
        ("path: source.csv", "pathe: x.csv", "source.pathe: no such key; did you mean path?"),
        (', negative: "no"', ', above: 1, negative: "no"', "target: expected exactly one of"),
        ('negative: "no"', 'negative: "yes"', "target: negative and positive must differ"),
    ],
)
def test_a_wrong_contract_says_what_is_wrong_and_where(old: str, new: str, problem: str) -> None:
    assert old in TEXT
    assert any(problem in found for found in problems(TEXT.replace(old, new, 1)))


def test_a_contract_without_a_feature_is_refused() -> None:
    text = TEXT.partition("columns:")[0] + "columns:\n  note: {type: text}\n"
    assert problems(text) == ["data.yaml: columns: at least one must have the role feature"]
