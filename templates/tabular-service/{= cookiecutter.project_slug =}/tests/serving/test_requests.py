import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from {= cookiecutter.package_name =}.data.contract import DataContract
from {= cookiecutter.package_name =}.model.contract import (
    ModelFeature,
    model_features,
)
from {= cookiecutter.package_name =}.serving.failures import RequestRefused
from {= cookiecutter.package_name =}.serving.requests import RequestModel

CONTRACT = DataContract.model_validate(
    {
        "source": {"kind": "diabetes"},
        "target": {"column": "label of it", "above": 1.0},
        "columns": {
            "a b": {"type": "number", "nullable": True},
            "class": {"type": "category", "values": ["x", "y", "z"], "nullable": True},
            "_id": {"type": "number", "minimum": -5.0, "maximum": 5.0, "personal": True},
        },
    }
)
MODEL = RequestModel(model_features(CONTRACT), maximum_rows=3)


@given(
    row=st.fixed_dictionaries(
        {"_id": st.floats(-5, 5)},
        optional={
            "a b": st.none()
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.integers(-9, 9),
            "class": st.sampled_from(["x", "y", "z", None]),
        },
    )
)
def test_a_row_is_encoded_as_in_training(row: dict[str, Any]) -> None:
    (checked,) = MODEL.rows({"rows": [row]}, "rows")
    ours, theirs = MODEL.encode(checked), CONTRACT.encode_row(row)
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        assert one == other or (math.isnan(one) and math.isnan(other))


def test_personal_features_are_not_among_what_is_logged() -> None:
    (row,) = MODEL.rows({"rows": [{"a b": 1, "class": "y", "_id": 2}]}, "rows")
    assert MODEL.logged(row) == {"a b": 1.0, "class": "y"}


@pytest.mark.parametrize(
    ("feature", "words"),
    [
        (ModelFeature(name="n", type="number"), "a finite number"),
        (ModelFeature(name="n", type="number", minimum=1.0), "a finite number of at least 1"),
        (
            ModelFeature(name="n", type="number", maximum=1234567.5),
            "a finite number of at most 1234567.5",
        ),
        (
            ModelFeature(name="n", type="category", values=("x",), nullable=True),
            'one of "x", or null',
        ),
    ],
)
def test_what_is_expected_is_said_in_words(feature: ModelFeature, words: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        RequestModel([feature], 1).rows({"rows": [{"n": []}]}, "rows")
    assert refused.value.problems == (f"rows[0].n: expected {words}",)
