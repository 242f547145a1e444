"""The data contract: which columns there are, what they may hold, and what is predicted.

Two forms of a table are in use. A *source* table holds the target as it is in the source, such as
`progression` 151 or `churned` "yes"; `DataContract.label` turns such a column into labels. A
*prepared* table (train, validation, holdout, labelled rows) holds the label itself, 0 or 1, in the
column that the target names; `DataContract.labels` reads it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from ..settings import Section

if TYPE_CHECKING:
    import numpy
    import pandas
    from numpy.typing import NDArray

MOST_COLUMNS = 500
MOST_VALUES = 1000
LONGEST_VALUE = 200
"""Characters in the longest value of a category."""
RESERVED = frozenset({"prediction_id", "label"})
"""Names that files of labels use themselves."""
_PLAIN_NUMBERS = ("float64", "int64")
"""Types of table columns that hold numbers and nothing else."""

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""Name of a column: one line of text."""
Values = Annotated[tuple[Annotated[str, Field(max_length=LONGEST_VALUE)], ...], Field(strict=False)]
Bands = Annotated[tuple[float, ...], Field(strict=False)]


class _Column(Section):
    """What all kinds of column have."""

    role: Literal["feature", "slice", "ignored"] = "feature"
    """`feature`: the model sees it. `slice`: only the evaluation compares its groups."""
    personal: bool = False
    """Says something about a person: never logged, and never part of what a model carries."""
    nullable: bool = False
    """Whether a value may be missing."""
    slice: bool = False
    """Whether the groups of a feature are compared as well."""

    _name: str = PrivateAttr(default="")

    @property
    def name(self) -> str:
        """Name of the column in the source and in requests."""
        return self._name

    @property
    def is_slice(self) -> bool:
        """Whether the evaluation compares the groups of this column."""
        return self.role == "slice" or (self.role == "feature" and self.slice)


class NumberColumn(_Column):
    """A column of numbers."""

    type: Literal["number"]
    minimum: float | None = None
    """Least value that is valid."""
    maximum: float | None = None
    """Greatest value that is valid."""
    bands: Bands = ()
    """Where one group of a slice ends and the next begins, rising."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("minimum is above maximum")
        if list(self.bands) != sorted(set(self.bands)):
            raise ValueError("bands must rise")
        if self.is_slice and not self.bands:
            raise ValueError("a slice of numbers needs bands, such as [40, 60]")
        return self

    def encode(self, value: Any) -> float:
        """Return a value as the model sees it; what is no number is NaN."""
        if not isinstance(value, Real):
            return math.nan
        try:
            return float(value)
        except OverflowError:
            return math.nan

    def group(self, value: Any) -> str:
        """Return the name of the group that a value is in, such as `40 to 60`."""
        number = self.encode(value)
        if math.isnan(number):
            return "missing"
        edges = [f"{edge:g}" for edge in self.bands]
        position = sum(number >= edge for edge in self.bands)
        if position == 0:
            return f"below {edges[0]}"
        if position == len(edges):
            return f"{edges[-1]} and above"
        return f"{edges[position - 1]} to {edges[position]}"


class CategoryColumn(_Column):
    """A column of few values, which are text."""

    type: Literal["category"]
    values: Values = Field(min_length=1, max_length=MOST_VALUES)
    """Every value that is valid; the position of a value is what the model sees."""

    _positions: dict[str, float] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len(set(self.values)) < len(self.values):
            raise ValueError("values must differ")
        if "" in self.values:
            raise ValueError("an empty value is a missing one: use nullable: true")
        self._positions.update({value: float(at) for at, value in enumerate(self.values)})
        return self

    def encode(self, value: Any) -> float:
        """Return a value as the model sees it; one that is missing or unknown is NaN."""
        return self._positions.get(value, math.nan) if isinstance(value, str) else math.nan

    def group(self, value: Any) -> str:
        """Return the name of the group that a value is in, which is the value."""
        return value if isinstance(value, str) and value in self._positions else "missing"


class TextColumn(_Column):
    """A column of free text or of identifiers, which no model here can use."""

    type: Literal["text"]
    role: Literal["ignored"] = "ignored"


Column = Annotated[NumberColumn | CategoryColumn | TextColumn, Field(discriminator="type")]
ModelColumn = NumberColumn | CategoryColumn


class DiabetesSource(Section):
    """442 patients that come with scikit-learn; needs no network."""

    kind: Literal["diabetes"]


class FileSource(Section):
    """A CSV file in the storage of data, where `prepare --from` puts it."""

    kind: Literal["file"]
    path: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*$", max_length=100)]
    """Key in the storage of data; locally the file is state/data/<path>."""


class Target(Section):
    """What is predicted: whether a column is above a number, or has one value."""

    column: Name
    above: float | None = None
    """Numbers above this one are positive."""
    positive: Annotated[str, Field(min_length=1)] | None = None
    """The value that is positive."""
    negative: Annotated[str, Field(min_length=1)] | None = None
    """The value that is negative; without it every other value is."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.above is None) == (self.positive is None):
            raise ValueError("expected exactly one of above, positive")
        if self.negative is not None and self.negative == self.positive:
            raise ValueError("negative and positive must differ")
        if self.negative is not None and self.positive is None:
            raise ValueError("negative goes with positive only")
        return self

    @property
    def meaning(self) -> str:
        """What label 1 means, in words."""
        if self.above is not None:
            return f"{self.column} above {self.above:g}"
        return f"{self.column} is {self.positive}"


class DataContract(Section):
    """What configuration/data.yaml says."""

    source: Annotated[DiabetesSource | FileSource, Field(discriminator="kind")]
    target: Target
    columns: dict[Name, Column] = Field(min_length=1, max_length=MOST_COLUMNS)
    """Columns by name; the order of the features is the order of the model's input."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for name, column in self.columns.items():
            column._name = name
        if self.target.column in self.columns:
            raise ValueError(f"columns.{self.target.column}: is the target; remove it here")
        reserved = sorted(RESERVED & {column.name for column in self.features()})
        if reserved:
            raise ValueError(f"columns.{reserved[0]}: files of labels use this name; rename it")
        if not self.features():
            raise ValueError("columns: at least one must have the role feature")
        return self

    def features(self) -> list[ModelColumn]:
        """Return the columns that the model sees, in the order of its input."""
        return [
            column
            for column in self.columns.values()
            if column.role == "feature" and not isinstance(column, TextColumn)
        ]

    def slices(self) -> list[ModelColumn]:
        """Return the columns whose groups the evaluation compares."""
        return [
            column
            for column in self.columns.values()
            if column.is_slice and not isinstance(column, TextColumn)
        ]

    def used_columns(self) -> list[ModelColumn]:
        """Return the columns that are kept: features and slices, in the order of the file."""
        return [
            column
            for column in self.columns.values()
            if column.role != "ignored" and not isinstance(column, TextColumn)
        ]

    def personal(self) -> list[str]:
        """Return the names of the columns that say something about a person."""
        return [name for name, column in self.columns.items() if column.personal]

    def encode(self, frame: pandas.DataFrame) -> NDArray[numpy.float64]:
        """Return the features of a table as the model sees them: one row each, float64.

        Numbers are as they are, a category is its position in `values`, and what is missing or
        unknown is NaN.

        Raises:
            KeyError: The table lacks a feature.
        """
        import numpy as np

        matrix = np.empty((len(frame), len(self.features())), dtype=np.float64)
        for position, column in enumerate(self.features()):
            series = frame[column.name]
            if isinstance(column, NumberColumn) and series.dtype in _PLAIN_NUMBERS:
                matrix[:, position] = series.to_numpy(dtype=np.float64)
            else:
                matrix[:, position] = [column.encode(value) for value in series]
        return matrix

    def encode_row(self, row: Mapping[str, Any]) -> list[float]:
        """Return the features of one row as the model sees them, as `encode`; absent is NaN."""
        return [column.encode(row.get(column.name)) for column in self.features()]

    def label(self, series: pandas.Series[Any]) -> NDArray[numpy.int64]:
        """Return the labels of the target as it is in the source: 1 is positive, 0 is not.

        A prepared table already holds labels: see `labels`.
        """
        import numpy as np

        if self.target.above is not None:
            positive = series.to_numpy(dtype=np.float64) > self.target.above
        else:
            positive = (series == self.target.positive).to_numpy()
        return positive.astype(np.int64)

    def labels(self, prepared: pandas.DataFrame) -> NDArray[numpy.int64]:
        """Return the labels of a prepared table.

        Raises:
            ValueError: The column of the target holds anything but 0 and 1.
        """
        import numpy as np

        series = prepared[self.target.column]
        if not series.isin([0, 1]).all():
            raise ValueError(f"{self.target.column}: a prepared table holds 0 and 1 only")
        return series.to_numpy(dtype=np.int64)
