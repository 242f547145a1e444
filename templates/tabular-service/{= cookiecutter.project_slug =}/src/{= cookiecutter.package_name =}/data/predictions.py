"""Reads the prediction log that the service wrote, and the labels that came in later.

Both are read as untrusted: a line that is not what it must be is left out and counted, so that one
broken or forged file cannot stop monitoring.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..storage import Storage

Value = float | str | None


@dataclass(frozen=True)
class Prediction:
    """One logged prediction; ``features`` holds no personal feature."""

    prediction_id: str
    time: datetime
    model_version: int
    features: Mapping[str, Value]
    score: float
    decision: int


@dataclass(frozen=True)
class Predictions:
    """The logged predictions of some time, in the order of the log; ``rejected`` counts lines."""

    rows: tuple[Prediction, ...]
    rejected: int


@dataclass(frozen=True)
class Label:
    """What came true: 0 or 1, and the further columns that were given with it, as text."""

    value: int
    given: Mapping[str, str]


@dataclass(frozen=True)
class Labels:
    """The valid label of each prediction, and the reasons why others were rejected."""

    by_prediction: Mapping[str, Label]
    rejected: tuple[str, ...]


def read_predictions(storage: Storage, start: datetime, end: datetime) -> Predictions:
    """Read the predictions from ``start`` up to and without ``end``.

    Of several lines with one identity the first counts.

    Args:
        storage: that of purpose ``predictions``.
        start: aware of its zone.
        end: aware of its zone.
    """
    rows: dict[str, Prediction] = {}
    rejected = 0
    for line in _log_lines(storage, start.astimezone(UTC), end.astimezone(UTC)):
        prediction = _prediction(line)
        if prediction is None or prediction.prediction_id in rows:
            rejected += 1
        elif start <= prediction.time < end:
            rows[prediction.prediction_id] = prediction
    return Predictions(tuple(rows.values()), rejected)


def read_labels(storage: Storage) -> Labels:
    """Read all labels; of several valid ones for a prediction the latest counts.

    Args:
        storage: that of purpose ``labels``; keys sort by time.
    """
    found: dict[str, Label] = {}
    rejected: list[str] = []
    for key in storage.list():
        if not key.endswith(".csv"):
            continue
        try:
            _read_label_file(storage.read(key), key, found, rejected)
        except KeyError:
            continue
        except (csv.Error, UnicodeDecodeError):
            rejected.append(f"{key}: not a CSV file in UTF-8")
    return Labels(found, tuple(rejected))


def _log_lines(storage: Storage, start: datetime, end: datetime) -> Iterator[bytes]:
    day = start.date()
    while day <= end.date():
        for key in storage.list(f"{day.isoformat()}/"):
            try:
                data = storage.read(key) if key.endswith(".jsonl") else b""
            except KeyError:
                # The service removed it, because it was too old, while we looked.
                continue
            yield from data.splitlines()
        day += timedelta(days=1)


def _prediction(line: bytes) -> Prediction | None:
    try:
        entry = json.loads(line)
        time = datetime.fromisoformat(entry["time"])
        prediction = Prediction(
            prediction_id=entry["prediction_id"],
            time=time,
            model_version=entry["model_version"],
            features={name: _value(value) for name, value in entry["features"].items()},
            score=float(entry["score"]),
            decision=entry["decision"],
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None
    valid = (
        time.tzinfo is not None
        and isinstance(prediction.prediction_id, str)
        and isinstance(prediction.model_version, int)
        and 0 <= prediction.score <= 1
        and isinstance(prediction.decision, int)
        and 0 <= prediction.decision <= 1
    )
    return prediction if valid else None


def _value(value: Any) -> Value:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if math.isfinite(value) else None
    return value if isinstance(value, str) else None


def _read_label_file(data: bytes, key: str, found: dict[str, Label], rejected: list[str]) -> None:
    reader = csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""), strict=True)
    if not {"prediction_id", "label"} <= set(reader.fieldnames or ()):
        rejected.append(f"{key}: has no columns prediction_id and label")
        return
    for row in reader:
        identity, label = row["prediction_id"], row["label"]
        if label not in {"0", "1"} or not identity or None in row:
            rejected.append(f"{key}:{reader.line_num}: the label must be 0 or 1")
            continue
        given = {
            name: value
            for name, value in row.items()
            if name not in {"prediction_id", "label"} and value
        }
        found[identity] = Label(int(label), given)
