"""Only valid, labelled rows can be trained on; poisoned ones are rejected and counted."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from {= cookiecutter.package_name =}.data.contract import DataContract
from {= cookiecutter.package_name =}.data.labelled import (
    HELD_BACK_SHARE,
    Labelled,
    labelled_rows,
)
from {= cookiecutter.package_name =}.data.predictions import (
    read_labels,
    read_predictions,
)
from {= cookiecutter.package_name =}.project import Project
from {= cookiecutter.package_name =}.storage import Storage

NOW = datetime.now(UTC).replace(microsecond=0)
SINCE = NOW - timedelta(days=2)

CONTRACT = DataContract.model_validate(
    {
        "source": {"kind": "file", "path": "own.csv"},
        "target": {"column": "churned", "positive": "yes"},
        "columns": {
            "usage": {"type": "number", "minimum": 0, "maximum": 100},
            "plan": {"type": "category", "values": ["basic", "gold"]},
            "age": {"type": "number", "minimum": 0, "maximum": 120, "personal": True},
            "region": {"type": "category", "values": ["n", "s"], "role": "slice"},
        },
    }
)


@pytest.fixture
def own(project: Project) -> Project:
    project.__dict__["contract"] = CONTRACT
    return project


def _entry(identity: str, **changes: Any) -> dict[str, Any]:
    features = {"usage": 10.0, "plan": "basic"} | changes.pop("features", {})
    return {
        "prediction_id": identity,
        "time": NOW.isoformat(timespec="microseconds"),
        "model_version": 1,
        "features": features,
        "score": 0.4,
        "decision": 0,
    } | changes


def _log(project: Project, *entries: dict[str, Any] | str, day: datetime = NOW) -> None:
    lines = [entry if isinstance(entry, str) else json.dumps(entry) for entry in entries]
    key = f"{day:%Y-%m-%d}/120000.000000-1-{len(lines)}.jsonl"
    project.storage("predictions").write(key, "\n".join([*lines, ""]).encode())


def _label(project: Project, text: str, key: str = "20261121T100000000000Z-a.csv") -> None:
    project.storage("labels").write(key, text.encode())


def _records(labelled: Labelled) -> dict[str, dict[str, Any]]:
    return {
        str(identity): {str(name): value for name, value in row.items()}
        for identity, row in labelled.frame.iterrows()
    }


def test_a_prediction_meets_its_label_and_its_personal_features(own: Project) -> None:
    _log(own, _entry("a"), _entry("b", features={"usage": 50, "plan": "gold"}), _entry("c"))
    _label(own, "prediction_id,label,age\na,1,30\nb,0,40.5\n")
    labelled = labelled_rows(own, SINCE)
    assert (labelled.rejected_rows, labelled.rejected) == (0, ())
    records = _records(labelled)
    assert {name: row["churned"] for name, row in records.items()} == {"a": 1, "b": 0}
    assert (records["a"]["usage"], records["a"]["plan"], records["a"]["age"]) == (10, "basic", 30)
    assert (records["b"]["usage"], records["b"]["plan"], records["b"]["age"]) == (50, "gold", 40.5)


def test_the_latest_label_wins_and_an_invalid_one_does_not_count(own: Project) -> None:
    _log(own, _entry("a"), _entry("b"))
    _label(own, "prediction_id,label,age\na,0,1\nb,0,1\n", "20261121T100000000000Z-z.csv")
    _label(own, "prediction_id,label,age\na,1,1\nb,2,1\n", "20261121T110000000000Z-a.csv")
    labelled = labelled_rows(own, SINCE)
    assert {name: row["churned"] for name, row in _records(labelled).items()} == {"a": 1, "b": 0}
    assert labelled.rejected_rows == 1


def test_without_its_personal_feature_a_row_is_rejected_with_the_reason(own: Project) -> None:
    _log(own, _entry("a"))
    _label(own, "prediction_id,label\na,1\n")
    labelled = labelled_rows(own, SINCE)
    assert (len(labelled.frame), labelled.rejected_rows) == (0, 1)
    assert "age: is missing" in labelled.rejected[0]


def test_a_personal_feature_is_never_taken_from_the_log(own: Project) -> None:
    _log(own, _entry("a", features={"age": 99}))
    _label(own, "prediction_id,label,age\na,1,30\n")
    assert _records(labelled_rows(own, SINCE))["a"]["age"] == 30


@pytest.mark.parametrize(
    "features",
    [
        {"usage": 101},
        {"usage": -1},
        {"usage": 1e308},
        {"usage": math.nan},
        {"usage": math.inf},
        {"usage": None},
        {"usage": "many"},
        {"usage": True},
        {"usage": [10]},
        {"plan": "platinum"},
        {"plan": 0},
        {"plan": None},
    ],
)
def test_a_poisoned_row_is_rejected_and_the_others_stay(
    own: Project, features: dict[str, Any]
) -> None:
    _log(own, _entry("good"), _entry("poisoned", features=features))
    _label(own, "prediction_id,label,age\ngood,1,30\npoisoned,1,30\n")
    labelled = labelled_rows(own, SINCE)
    assert list(_records(labelled)) == ["good"]
    assert labelled.rejected_rows == 1
    assert labelled.rejected


@pytest.mark.parametrize("label", ["", "2", "-1", "nan", "1.0", "yes", " 1", "1e0", "inf"])
def test_a_label_that_is_not_0_or_1_is_rejected(own: Project, label: str) -> None:
    _log(own, _entry("a"))
    _label(own, f"prediction_id,label,age\na,{label},30\n")
    labelled = labelled_rows(own, SINCE)
    assert (len(labelled.frame), labelled.rejected_rows) == (0, 1)


def test_labels_for_unknown_predictions_are_counted(own: Project) -> None:
    _log(own, _entry("a"))
    _label(own, "prediction_id,label,age\na,1,30\nforged,1,30\nforged-too,0,30\n")
    labelled = labelled_rows(own, SINCE)
    assert (len(labelled.frame), labelled.rejected_rows) == (1, 2)
    assert "2 are for no prediction" in labelled.rejected[0]


def test_predictions_before_the_start_are_left_out(own: Project) -> None:
    early = SINCE - timedelta(seconds=1)
    _log(own, _entry("early", time=early.isoformat()), day=early)
    _log(own, _entry("late"))
    _label(own, "prediction_id,label,age\nearly,1,30\nlate,1,30\n")
    assert list(_records(labelled_rows(own, SINCE))) == ["late"]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "null",
        "[]",
        "[" * 5000,
        json.dumps({"prediction_id": "x"}),
        json.dumps(_entry("x", time="yesterday")),
        json.dumps(_entry("x", time="2026-11-21T10:00:00")),
        json.dumps(_entry("x", score=2)),
        json.dumps(_entry("x", score=math.nan)),
        json.dumps(_entry("x", decision=2)),
        json.dumps(_entry("x", decision=[1])),
        json.dumps(_entry("x", model_version="1")),
        json.dumps(_entry("x") | {"features": 1}),
        json.dumps(_entry("good")),
    ],
)
def test_a_broken_or_doubled_line_of_the_log_is_counted(own: Project, line: str) -> None:
    _log(own, _entry("good"), line)
    read = read_predictions(own.storage("predictions"), SINCE, NOW + timedelta(hours=1))
    assert [row.prediction_id for row in read.rows] == ["good"]
    assert read.rejected == 1


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", 'prediction_id,label\n"a,1\n', "\udcff"])
def test_a_broken_file_of_labels_is_rejected_by_its_key(own: Project, text: str) -> None:
    storage = own.storage("labels")
    storage.write("20261121T100000000000Z-b.csv", text.encode("utf-8", "surrogateescape"))
    _label(own, "prediction_id,label\na,1\n")
    labels = read_labels(storage)
    assert list(labels.by_prediction) == ["a"]
    assert labels.rejected[0].startswith("20261121T100000000000Z-b.csv")


def test_nothing_logged_gives_an_empty_frame_with_all_columns(own: Project) -> None:
    labelled = labelled_rows(own, SINCE)
    assert list(labelled.frame.columns) == ["usage", "plan", "age", "region", "churned"]
    assert (len(labelled.frame), len(labelled.training), len(labelled.recent)) == (0, 0, 0)


def test_a_row_held_back_once_is_held_back_for_ever(own: Project) -> None:
    names = [f"row-{number}" for number in range(400)]
    text = "prediction_id,label,age\n" + "".join(f"{name},1,30\n" for name in names)
    _label(own, text)
    _log(own, *(_entry(name) for name in names[:200]))
    first = labelled_rows(own, SINCE)
    _log(own, *(_entry(name) for name in names))
    second = labelled_rows(own, SINCE)
    assert set(first.training.index).isdisjoint(first.recent.index)
    assert set(first.recent.index) <= set(second.recent.index)
    assert set(first.training.index) <= set(second.training.index)
    assert len(second.recent) / 400 == pytest.approx(HELD_BACK_SHARE, abs=0.08)


class _Memory(Storage):
    """One object in memory, under any key."""

    def __init__(self, data: bytes, key: str) -> None:
        super().__init__("file:///nowhere")
        self._data, self._only = data, key

    def list(self, prefix: str = "") -> list[str]:
        return [self._only] if self._only.startswith(prefix) else []

    def read(self, key: str) -> bytes:
        return self._data


@given(data=st.binary(max_size=200))
def test_no_bytes_in_the_log_or_the_labels_stop_the_reading(data: bytes) -> None:
    read_labels(_Memory(data, "a.csv"))
    found = read_predictions(_Memory(data, f"{NOW:%Y-%m-%d}/a.jsonl"), SINCE, NOW)
    assert found.rows == ()
