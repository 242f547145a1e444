"""Where rows come from: the data set of scikit-learn, or a file of your own in the storage."""

from __future__ import annotations

import pandas as pd

from ..errors import InputError
from ..storage import Storage
from .contract import DataContract, DiabetesSource
from .tables import read_table

SOURCE_KEY = "source.csv"
"""Key in the storage of data under which `prepare --from` keeps a file."""


def read_source(contract: DataContract, storage: Storage) -> tuple[pd.DataFrame, str]:
    """Return the source table, and what to call it in messages.

    Raises:
        InputError: The file is not in the storage, or is no CSV file of the form we read.
    """
    if isinstance(contract.source, DiabetesSource):
        return _diabetes(), "diabetes"
    key = contract.source.path
    try:
        data = storage.read(key)
    except KeyError:
        problem = "is not there; bring it with `prepare --from FILE`"
        raise InputError([f"{storage.url(key)}: {problem}"]) from None
    return read_table(data, key), key


def _diabetes() -> pd.DataFrame:
    """Return 442 patients with a code for the sex as text, and what was measured as numbers."""
    from sklearn.datasets import load_diabetes

    frame: pd.DataFrame = load_diabetes(as_frame=True, scaled=False).frame
    frame = frame.rename(columns={"target": "progression"})
    return frame.assign(sex=frame["sex"].astype("int64").astype(str))
