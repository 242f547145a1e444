"""The same figures for each group of rows that the contract names as a slice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .metrics import Metrics, measure

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from ..data.contract import DataContract


def slice_metrics(
    contract: DataContract,
    rows: pd.DataFrame,
    labels: NDArray[np.int64],
    scores: NDArray[np.float64],
    threshold: float,
) -> dict[str, Metrics]:
    """The figures of each group, by a name such as `age: 40 to 60`.

    A column that the rows lack is left out: recent rows have no personal columns unless the labels
    brought them.
    """
    import numpy as np

    found: dict[str, Metrics] = {}
    for column in contract.slices():
        if column.name not in rows.columns:
            continue
        groups = np.array([column.group(value) for value in rows[column.name]])
        for group in sorted(set(groups.tolist())):
            inside = groups == group
            found[f"{column.name}: {group}"] = measure(labels[inside], scores[inside], threshold)
    return found
