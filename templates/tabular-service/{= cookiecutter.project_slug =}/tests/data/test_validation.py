"""Rows that do not keep the contract are named, and values about persons never are."""

from typing import Any

import pandas as pd
import pytest

from {= cookiecutter.package_name =}.configuration import parse_configuration
from {= cookiecutter.package_name =}.data.contract import DataContract
from {= cookiecutter.package_name =}.data.validation import require_valid, valid_rows
from {= cookiecutter.package_name =}.errors import InputError

CONTRACT = parse_configuration(
    """\
source: {kind: file, path: source.csv}
target: {column: churned, positive: "yes", negative: "no"}
columns:
  spend: {type: number, minimum: 0, maximum: 1000}
  plan: {type: category, values: [basic, pro]}
  age: {type: number, minimum: 0, role: slice, personal: true, bands: [40]}
  income: {type: number, personal: true, nullable: true, maximum: 99}
  note: {type: text}
""",
    DataContract,
    "data.yaml",
)


def source(**changes: list[Any]) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {
        "spend": ["1.5", "2", "3"],
        "plan": ["basic", "pro", "pro"],
        "age": ["30", "40", "50"],
        "income": ["5", None, "7"],
        "churned": ["yes", "no", "no"],
        "note": ["a", "b", None],
    }
    return pd.DataFrame(columns | changes)


def problems(frame: pd.DataFrame) -> list[str]:
    with pytest.raises(InputError) as raised:
        require_valid(CONTRACT, frame, "f.csv")
    return list(raised.value.problems)


def test_a_valid_table_gets_types_and_labels() -> None:
    frame = require_valid(CONTRACT, source(), "f.csv")
    assert frame.columns.tolist() == ["spend", "plan", "age", "income", "churned"]
    assert frame["spend"].tolist() == [1.5, 2.0, 3.0]
    assert frame["churned"].tolist() == [1, 0, 0]
    assert frame["income"].isna().tolist() == [False, True, False]


def test_every_problem_is_listed_and_no_personal_value_is_shown() -> None:
    frame = source(
        spend=["-7", "1001", "x"],
        plan=["gold", None, "pro"],
        age=["-66", "77.7.7", None],
        income=["77123", "inf", "1"],
        churned=["yes", "maybe", None],
    )
    found = problems(frame)
    assert found == [
        "f.csv: spend: expected a number: row 3 ('x')",
        "f.csv: spend: expected at least 0: row 1 ('-7')",
        "f.csv: spend: expected at most 1000: row 2 ('1001')",
        "f.csv: plan: is missing; set nullable: true to allow that: row 2",
        "f.csv: plan: expected one of basic, pro: row 1 ('gold')",
        "f.csv: age: is missing; set nullable: true to allow that: row 3",
        "f.csv: age: expected a number: row 2",
        "f.csv: age: expected at least 0: row 1",
        "f.csv: income: expected a number: row 2",
        "f.csv: income: expected at most 99: row 1",
        "f.csv: churned: is missing: row 3",
        "f.csv: churned: expected yes or no: row 2",
    ]
    assert not any(secret in " ".join(found) for secret in ("66", "77", "maybe"))


def test_a_number_too_large_to_train_on_is_refused() -> None:
    found = problems(source(spend=["1e101", "-1e300", "1e99"]))
    words = "expected a number from -1e+100 to 1e+100"
    assert f"f.csv: spend: {words}: rows 1 ('1e101'), 2 ('-1e300')" in found


def test_missing_and_unknown_columns_are_named() -> None:
    frame = source().rename(columns={"spend": "spent"}).drop(columns=["churned"])
    assert problems(frame) == [
        "f.csv: column spend is missing; did you mean spent?",
        "f.csv: column churned is missing",
        "f.csv: column spent is not in the contract; add it there, with `role: ignored` to leave"
        " it out",
    ]


def test_an_ignored_column_may_be_absent() -> None:
    assert len(require_valid(CONTRACT, source().drop(columns="note"), "f.csv")) == 3


def test_rows_of_one_label_only_are_refused() -> None:
    (problem,) = problems(source(churned=["no", "no", "no"]))
    assert problem == "f.csv: churned: all rows have the same label (churned is yes?)"


def test_many_bad_rows_are_counted() -> None:
    frame = pd.concat([source(spend=["-1", "-2", "-3"])] * 4, ignore_index=True)
    (problem,) = problems(frame)
    assert problem.endswith("rows 1 ('-1'), 2 ('-2'), 3 ('-3'), 4 ('-1'), 5 ('-2') and 7 more")


def test_labelled_rows_are_parted_into_valid_ones_and_reasons() -> None:
    frame = pd.DataFrame(
        {
            "spend": [1.0, -5.0, 3.0, 4.0],
            "plan": ["pro", "basic", "gold", "pro"],
            "income": [None, 5.0, 6.0, 7.0],
            "churned": [1, 0, 1, 2],
        },
        index=[10, 11, 12, 13],
    )
    valid, reasons = valid_rows(CONTRACT, frame)
    assert valid.index.tolist() == [0]
    assert valid["churned"].tolist() == [1]
    assert reasons == [
        "spend: expected at least 0: row 2 ('-5.0')",
        "plan: expected one of basic, pro: row 3 ('gold')",
        "churned: expected 0 or 1: row 4",
    ]


def test_labelled_rows_without_a_feature_are_refused() -> None:
    frame = pd.DataFrame({"spend": [1.0], "plan": ["pro"], "churned": [1]})
    with pytest.raises(InputError, match="labelled rows: column income is missing"):
        valid_rows(CONTRACT, frame)


def test_rows_that_are_all_valid_or_all_wrong_are_parted_too() -> None:
    frame = pd.DataFrame({"spend": [1.0], "plan": ["pro"], "income": [1.0], "churned": [1]})
    assert len(valid_rows(CONTRACT, frame)[0]) == 1
    assert valid_rows(CONTRACT, frame)[1] == []
    valid, reasons = valid_rows(CONTRACT, frame.assign(spend=["x"]))
    assert (len(valid), len(reasons)) == (0, 1)
