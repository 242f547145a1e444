"""Proposes a data contract for a table: types, bounds, and which columns tell about a person."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..errors import InputError
from ..problems import nearest
from .contract import LONGEST_VALUE, RESERVED
from .personal import describes_a_person, names_a_person
from .validation import numbers

_MOST_CODES = 5
"""Whole numbers with at most so many different values are codes, so a category."""
_MOST_CATEGORIES = 50
"""Text with more different values is no category."""
_MOST_PERSONAL = 10
"""The same for text about persons: the values stand in a file that many can read."""
_ROWS_PER_VALUE = 5
"""Rows that each value of a category has on average, at least."""
_TRUTHS = {"yes": "no", "y": "n", "true": "false", "t": "f", "1": "0", "positive": "negative"}
"""Pairs of values of which the first is the positive one without saying."""


@dataclass(frozen=True)
class ProposedColumn:
    """One column of the proposal: its keys in the contract, and the reason in words."""

    name: str
    keys: dict[str, Any]
    reason: str


@dataclass(frozen=True)
class Proposal:
    """A contract to be read by a person, and what that person should know."""

    target: dict[str, Any]
    columns: tuple[ProposedColumn, ...]
    warnings: tuple[str, ...]


def propose(
    frame: pd.DataFrame,
    target: str,
    *,
    above: float | None = None,
    positive: str | None = None,
    personal: Sequence[str] = (),
) -> Proposal:
    """Propose a contract for a table of text.

    The target is positive above a number, or when it has one value; with neither given it must
    have two values of which one plainly says yes.

    Raises:
        InputError: A named column is not there, the target is not binary, or no column is of use.
    """
    problems = [
        f"{option} {name}: no such column{nearest(name, frame.columns)}"
        for option, name in (("--target", target), *(("--personal", name) for name in personal))
        if name not in frame.columns
    ]
    if target in personal:
        problems.append(f"--personal {target}: is the target, which is never logged anyway")
    if problems:
        raise InputError(problems)
    keys = _target(frame[target], target, above, positive)
    label = _label(frame[target], keys)
    columns = [_column(frame[name], name, name in personal) for name in frame.columns.drop(target)]
    columns = _with_a_feature(columns, frame)
    warnings = [
        f"{column.name} alone decides the target: is it known before the target is? If not, give"
        " it `role: ignored`"
        for column in columns
        if column.keys["role"] == "feature" and _decides(frame[column.name], label, column.keys)
    ]
    return Proposal(keys, tuple(columns), tuple(warnings))


def _target(
    values: pd.Series[Any], name: str, above: float | None, positive: str | None
) -> dict[str, Any]:
    """Return the keys of the target."""
    missing = [int(row) + 1 for row in values.index[values.isna()]]
    if missing:
        shown = ", ".join(str(row) for row in missing[:5]) + (", ..." if missing[5:] else "")
        raise InputError([f"--target {name}: {len(missing)} rows have none (rows {shown})"])
    if above is not None:
        wrong = int(numbers(values).isna().sum())
        if wrong:
            problem = f"{wrong} rows hold no number; give --positive VALUE instead of --above"
            raise InputError([f"--target {name}: {problem}"])
        if (numbers(values) > above).nunique() < 2:
            low, high = numbers(values).min(), numbers(values).max()
            problem = f"gives all rows the same label; {name} goes from {low:g} to {high:g}"
            raise InputError([f"--above {above:g}: {problem}"])
        return {"column": name, "above": above}
    return {"column": name} | _values_of_target(values, name, positive)


def _values_of_target(values: pd.Series[Any], name: str, positive: str | None) -> dict[str, str]:
    found = sorted(values.unique())
    if len(found) < 2:
        raise InputError([f"--target {name}: all rows have the same value; nothing to predict"])
    if positive is not None and positive not in found:
        hint = nearest(positive, found)
        raise InputError([f"--positive {positive}: {name} never has this value{hint}"])
    if len(found) > 2:
        if positive is not None:
            return {"positive": positive}
        give = "--positive VALUE, or --above NUMBER" if _is_numeric(values) else "--positive VALUE"
        problem = f"has {len(found)} different values, and two are needed; give {give}"
        raise InputError([f"--target {name}: {problem}"])
    if positive is None:
        said = [value for value in found if value.lower() in _TRUTHS]
        other = [value.lower() for value in found if value not in said]
        if len(said) != 1 or other != [_TRUTHS[said[0].lower()]]:
            choice = f"--positive {found[0]} or --positive {found[1]}"
            raise InputError([f"--target {name}: give {choice}"])
        positive = said[0]
    return {"positive": positive, "negative": next(value for value in found if value != positive)}


def _label(values: pd.Series[Any], target: dict[str, Any]) -> pd.Series[bool]:
    if "above" in target:
        return numbers(values).gt(target["above"])
    return values.eq(target["positive"])


def _column(values: pd.Series[Any], name: str, said_personal: bool) -> ProposedColumn:
    """Return what is proposed for one column."""
    present = values.dropna()
    naming = names_a_person(name, present)
    personal = said_personal or naming or describes_a_person(name)
    flags: dict[str, Any] = {"personal": True} if personal else {}
    reason = "names a person" if naming else _reason_to_ignore(name, values)
    if not reason:
        if len(present) < len(values):
            flags["nullable"] = True
        keys = _number(present, flags) if _is_measured(present) else _category(present, flags)
        if keys:
            return ProposedColumn(name, keys, "")
        reason = "free text, or too many values for a category"
    return ProposedColumn(name, {"type": "text", "role": "ignored"} | flags, reason)


def _reason_to_ignore(name: str, values: pd.Series[Any]) -> str:
    """Return why a column is of no use to a model; empty when it may be."""
    present = values.dropna()
    distinct = present.nunique()
    if distinct < 2:
        return "has one value only" if distinct else "has no values"
    if name in RESERVED:
        return "files of labels use this name; rename it to use it"
    if distinct == len(values) and _is_identifier(name, present):
        return "differs in every row, so it names the row"
    return ""


def _number(present: pd.Series[Any], flags: dict[str, Any]) -> dict[str, Any]:
    found = numbers(present)
    bands = {"bands": _thirds(found)} if flags.get("personal") else {}
    return {"type": "number"} | _bounds(found) | {"role": _role(flags)} | flags | bands


def _category(present: pd.Series[Any], flags: dict[str, Any]) -> dict[str, Any]:
    """Return the keys of a category; none when there are too many values for one."""
    values = sorted(present.unique())
    most = _MOST_PERSONAL if flags.get("personal") else _MOST_CATEGORIES
    fits = len(values) <= most and max(map(len, values)) <= LONGEST_VALUE
    if not (fits and _is_often_repeated(present)):
        return {}
    if _is_numeric(present):
        values.sort(key=float)
    return {"type": "category", "values": values, "role": _role(flags)} | flags


def _role(flags: dict[str, Any]) -> str:
    return "slice" if flags.get("personal") else "feature"


def _with_a_feature(columns: list[ProposedColumn], frame: pd.DataFrame) -> list[ProposedColumn]:
    """Return columns of which at least one is a feature.

    Where every usable column tells about a person, the model may see them: they stay personal.
    """
    if any(column.keys["role"] == "feature" for column in columns):
        return columns
    if not any(column.keys["role"] == "slice" for column in columns):
        reasons = [f"{column.name}: {column.reason}" for column in columns]
        raise InputError(["no column can be a feature", *reasons])
    reason = "used by the model, because no other column is left; never logged"
    return [
        ProposedColumn(column.name, column.keys | {"role": "feature"}, reason)
        if column.keys["role"] == "slice"
        else column
        for column in columns
    ]


def _is_numeric(values: pd.Series[Any]) -> bool:
    return bool(numbers(values.dropna()).notna().all())


def _is_whole(values: pd.Series[Any]) -> bool:
    found = numbers(values)
    return bool((found == found.round()).all())


def _is_measured(values: pd.Series[Any]) -> bool:
    """Tell whether values are numbers that mean more than a code."""
    if not _is_numeric(values):
        return False
    few = values.nunique() <= _MOST_CODES and _is_often_repeated(values)
    return not (few and _is_whole(values))


def _is_often_repeated(values: pd.Series[Any]) -> bool:
    distinct = values.nunique()
    return distinct == 2 or distinct * _ROWS_PER_VALUE <= len(values)


def _is_identifier(name: str, values: pd.Series[Any]) -> bool:
    """Tell whether a column that differs in every row names the row."""
    if not _is_numeric(values):
        return True
    found = numbers(values)
    counts = _is_whole(values) and found.max() - found.min() == len(found) - 1
    return bool(counts) or bool(re.search(r"(?i)(?:^|[_ -])(?:id|uuid|key|number|nr)$", name))


def _bounds(values: pd.Series[float]) -> dict[str, float]:
    """Return bounds as far outside of what was seen as that is wide, so that drift gets through."""
    low, high = float(values.min()), float(values.max())
    width = high - low
    if not math.isfinite(high + 2 * width):
        return {}
    minimum = 0.0 if 0 <= low < width else low - width
    return {"minimum": _rounded(minimum, width), "maximum": _rounded(high + width, width)}


def _thirds(values: pd.Series[float]) -> list[float]:
    """Return two numbers that part the rows into three groups of about the same size."""
    width = float(values.max() - values.min())
    edges = {_rounded(float(edge), width / 10) for edge in values.quantile([1 / 3, 2 / 3])}
    return sorted(edges)


def _rounded(value: float, width: float) -> float:
    """Return a number with no more digits than the width of its range gives meaning to."""
    digits = 1 - math.floor(math.log10(width))
    return round(value, digits)


def _decides(values: pd.Series[Any], label: pd.Series[bool], keys: dict[str, Any]) -> bool:
    """Tell whether a column alone says what the label is."""
    if keys["type"] == "category":
        return bool(values.notna().all() and label.groupby(values).nunique().max() == 1)
    found = numbers(values)
    yes, no = found[label], found[~label]
    return bool(yes.min() > no.max() or no.min() > yes.max())
