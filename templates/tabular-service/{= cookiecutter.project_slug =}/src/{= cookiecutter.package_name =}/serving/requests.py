"""The request model, made from the features of the model that is served.

The two kinds of body are `{"rows": [...]}` and, by version 1 of the KServe protocol,
`{"instances": [...]}`. A row is an object with one key per feature.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    create_model,
)

from ..model.contract import ModelFeature
from .failures import SHOWN_PROBLEMS, RequestRefused

SHOWN_VALUES = 20
"""How many values of a category an answer lists."""

Value = float | str | None
"""What a feature can be in a row: a number, a category, or missing."""


class RequestModel:
    """Checks rows against the features of one model, and encodes them for it.

    A number must be finite and within the feature's bounds, a category one of its values; a
    feature that is nullable may be null or left out. Unknown keys are refused. What is refused
    names the row, the feature and what was expected, never the value that came.
    """

    def __init__(self, features: Sequence[ModelFeature], maximum_rows: int) -> None:
        """Prepare the checks; `maximum_rows` bounds one request and must be at least 1."""
        self._features = tuple(features)
        self._maximum_rows = maximum_rows
        self._names = tuple(feature.name for feature in features)
        self._known = frozenset(self._names)
        self._expected = {feature.name: expected(feature) for feature in features}
        self._row = _row_model(self._features)
        self._rows = TypeAdapter(list[self._row])  # type: ignore[name-defined]
        self._encoders = [_encoder(feature) for feature in features]
        self._logged = [
            (position, feature.name)
            for position, feature in enumerate(features)
            if not feature.personal
        ]

    def rows(self, body: Any, key: str) -> list[tuple[Value, ...]]:
        """Return the values of each row under `key`, in the order of the model's features.

        Raises:
            RequestRefused: 422, with every problem of every row.
        """
        rows = self._listed(body, key)
        problems = [
            problem
            for number, row in enumerate(rows)
            if not isinstance(row, dict) or not row.keys() <= self._known
            for problem in self._shape_problems(f"{key}[{number}]", row)
        ]
        if problems:
            raise _refused(problems)
        try:
            checked: list[BaseModel] = self._rows.validate_python(rows)
        except ValidationError as error:
            raise _refused(self._value_problems(key, error)) from None
        return [tuple(row.__dict__.values()) for row in checked]

    def encode(self, row: Sequence[Value]) -> list[float]:
        """Return a row as the model's numbers, as in training.

        A number stays as it is, a category is its position in the feature's values, and what is
        missing is NaN.
        """
        return [encode(value) for encode, value in zip(self._encoders, row, strict=True)]

    def logged(self, row: Sequence[Value]) -> dict[str, Value]:
        """Return the features of a row that may be logged: those that are not personal."""
        return {name: row[position] for position, name in self._logged}

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of one row, for the OpenAPI document."""
        schema = self._row.model_json_schema()
        for feature in self._features:
            schema["properties"][feature.name]["description"] = self._expected[feature.name]
        return schema

    def _listed(self, body: Any, key: str) -> list[Any]:
        if not isinstance(body, dict) or body.keys() != {key}:
            raise _refused([f"body: expected an object with the one key '{key}'"])
        rows = body[key]
        if not isinstance(rows, list) or not 1 <= len(rows) <= self._maximum_rows:
            raise _refused([f"{key}: expected a list of 1 to {self._maximum_rows} rows"])
        return rows

    def _shape_problems(self, place: str, row: Any) -> list[str]:
        if not isinstance(row, dict):
            return [f"{place}: expected an object with the keys {_listing(self._names)}"]
        unknown = [name for name in row if name not in self._known]
        problems = [
            f"{place}: unknown key {_shown(name)}{self._hint(name)}"
            for name in unknown[:SHOWN_PROBLEMS]
        ]
        if len(unknown) > SHOWN_PROBLEMS:
            problems.append(f"{place}: {len(unknown) - SHOWN_PROBLEMS} more unknown keys")
        return problems

    def _hint(self, name: str) -> str:
        near = difflib.get_close_matches(name[:200], self._names, n=1)
        return f"; did you mean '{near[0]}'?" if near else f"; known: {_listing(self._names)}"

    def _value_problems(self, key: str, error: ValidationError) -> list[str]:
        found: dict[tuple[int, str], str] = {}
        for problem in error.errors(include_url=False, include_context=False, include_input=False):
            number, name = int(problem["loc"][0]), str(problem["loc"][1])
            missing = "is missing, " if problem["type"] == "missing" else ""
            found[number, name] = f"{missing}expected {self._expected[name]}"
        return [f"{key}[{number}].{name}: {text}" for (number, name), text in found.items()]


def expected(feature: ModelFeature) -> str:
    """Return in words what a feature must be, such as `a number from 10 to 60, or null`."""
    if feature.values is not None:
        shown = ", ".join(f'"{value}"' for value in feature.values[:SHOWN_VALUES])
        text = f"one of {shown}" + (", ..." if len(feature.values) > SHOWN_VALUES else "")
    else:
        text = "a finite number" + _bounds(feature.minimum, feature.maximum)
    return f"{text}, or null" if feature.nullable else text


def _bounds(minimum: float | None, maximum: float | None) -> str:
    if minimum is not None and maximum is not None:
        return f" from {minimum:.15g} to {maximum:.15g}"
    if minimum is not None:
        return f" of at least {minimum:.15g}"
    return "" if maximum is None else f" of at most {maximum:.15g}"


def _row_model(features: Sequence[ModelFeature]) -> type[BaseModel]:
    # A column need not have a name that Python takes, so fields are numbered and names are aliases.
    fields: dict[str, Any] = {}
    for number, feature in enumerate(features):
        kind: Any
        if feature.values is not None:
            kind = Literal[feature.values]
        else:
            kind = Annotated[
                float, Field(ge=feature.minimum, le=feature.maximum, allow_inf_nan=False)
            ]
        default = None if feature.nullable else ...
        fields[f"f{number}"] = (
            kind | None if feature.nullable else kind,
            Field(default, alias=feature.name, title=feature.name),
        )
    return create_model("Row", __config__=ConfigDict(extra="forbid", strict=True), **fields)


def _encoder(feature: ModelFeature) -> Callable[[Any], float]:
    if feature.values is None:
        return lambda value: math.nan if value is None else value
    positions: Mapping[str | None, float] = {
        value: float(position) for position, value in enumerate(feature.values)
    }
    return lambda value: positions.get(value, math.nan)


def _refused(problems: Sequence[str]) -> RequestRefused:
    return RequestRefused(422, "the request does not fit the model", problems)


def _listing(names: Sequence[str]) -> str:
    return ", ".join(names[:30]) + (", ..." if len(names) > 30 else "")


def _shown(name: str) -> str:
    """Return a key for an answer: short, and with nothing but plain characters."""
    return ascii(name if len(name) <= 60 else name[:60] + "...")
