"""Labelled rows: logged predictions joined with the labels that came in later.

Only rows that fulfil the data contract are kept. Traffic is untrusted: what a client sends must
not teach the model anything that `prepare` would have refused.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .predictions import Label, Labels, Prediction, read_labels, read_predictions

if TYPE_CHECKING:
    import pandas

    from ..project import Project
    from .contract import DataContract

HELD_BACK_SHARE = 0.3
"""Part of the labelled rows that is never trained on: the recent window that the gate looks at."""


@dataclass(frozen=True)
class Labelled:
    """Valid labelled rows, and why others were rejected.

    ``frame`` has the columns of prepared data (features, slices as far as known, and the label, 0
    or 1, in the target's column); its index is the identity of the prediction. ``rejected_rows``
    counts what was left out, ``rejected`` gives the reasons in words.
    """

    frame: pandas.DataFrame
    rejected_rows: int
    rejected: tuple[str, ...]

    @property
    def training(self) -> pandas.DataFrame:
        """The rows that may be trained on."""
        return self.frame[[not _is_held_back(str(identity)) for identity in self.frame.index]]

    @property
    def recent(self) -> pandas.DataFrame:
        """The rows held back for the gate.

        Chosen by the identity alone, so that a row held back once is held back for ever, and no
        champion has seen what its successor is judged on.
        """
        return self.frame[[_is_held_back(str(identity)) for identity in self.frame.index]]


def labelled_rows(project: Project, since: datetime) -> Labelled:
    """Join the predictions made from ``since`` on with their labels, and keep the valid rows.

    What is not in the log, such as personal features, comes from the file of labels where that has
    it, and is missing otherwise. Of several labels for one prediction the latest counts.

    Args:
        project: gives the contract and the storages.
        since: aware of its zone.

    Raises:
        ProjectError: a storage could not be reached.
    """
    predictions = read_predictions(project.storage("predictions"), since, _end())
    labels = read_labels(project.storage("labels"))
    known = {prediction.prediction_id for prediction in predictions.rows}
    unknown = len(labels.by_prediction.keys() - known)
    joined = [
        (prediction, labels.by_prediction[prediction.prediction_id])
        for prediction in predictions.rows
        if prediction.prediction_id in labels.by_prediction
    ]
    frame, reasons = _valid(project.contract, joined)
    counted = _counted(predictions.rejected, labels, unknown, since)
    return Labelled(
        frame=frame,
        rejected_rows=len(joined) - len(frame) + unknown + len(labels.rejected),
        rejected=(*counted, *reasons),
    )


def _end() -> datetime:
    # Clocks of the service and of this process differ; a row is not lost for that.
    return datetime.now(UTC) + timedelta(hours=1)


def _valid(
    contract: DataContract, joined: list[tuple[Prediction, Label]]
) -> tuple[pandas.DataFrame, list[str]]:
    import pandas

    from .validation import valid_rows

    columns = [column.name for column in contract.used_columns()]
    target = contract.target.column
    personal = set(contract.personal())
    rows = [_row(prediction, label, columns, personal) for prediction, label in joined]
    table = pandas.DataFrame(rows, columns=columns, dtype=object)
    table[target] = [label.value for _, label in joined]
    if not joined:
        return table, []
    valid, reasons = valid_rows(contract, table)
    identities = [prediction.prediction_id for prediction, _ in joined]
    valid.index = pandas.Index([identities[int(place)] for place in valid.index], dtype=object)
    return valid, reasons


def _row(
    prediction: Prediction, label: Label, columns: list[str], personal: set[str]
) -> dict[str, Any]:
    logged = {name: value for name, value in prediction.features.items() if name not in personal}
    return {name: logged.get(name, label.given.get(name)) for name in columns}


def _counted(lines: int, labels: Labels, unknown: int, since: datetime) -> list[str]:
    found = list(labels.rejected)
    if lines:
        found.append(f"prediction log: {lines} lines are not predictions, or are there twice")
    if unknown:
        found.append(
            f"labels: {unknown} are for no prediction that was logged since {since:%Y-%m-%d %H:%M}"
        )
    return found


def _is_held_back(identity: str) -> bool:
    number = int.from_bytes(hashlib.sha256(identity.encode("utf-8", "replace")).digest()[:4])
    return number < HELD_BACK_SHARE * 2**32
