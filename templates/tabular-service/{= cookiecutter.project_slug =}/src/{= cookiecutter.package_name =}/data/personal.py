"""Guesses which columns say something about a person, by their names and by how values look."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

_NAMING = frozenset(
    {"address", "email", "firstname", "forename", "fullname", "iban", "ip", "lastname", "mail"}
    | {"mobile", "name", "passport", "phone", "ssn", "street", "surname", "telephone", "username"}
)
"""Words in the name of a column that names a person."""

_DESCRIBING = frozenset(
    {"age", "birth", "birthdate", "birthday", "citizenship", "city", "dateofbirth", "disability"}
    | {"dob", "ethnicity", "gender", "latitude", "longitude", "marital", "nationality", "postal"}
    | {"postcode", "race", "religion", "sex", "zip", "zipcode"}
)
"""Words in the name of a column that describes a person."""

_SHAPES = (
    r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}",
    r"\d{1,3}(?:\.\d{1,3}){3}",
    r"\+\d[\d ()/-]{6,}",
    r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?",
)
"""Mail addresses, IP addresses, international phone numbers, bank accounts."""

_SAMPLE = 1000
"""Values that are looked at."""
_SHARE = 0.1
"""Part of the sample that must have one shape."""


def names_a_person(name: str, values: pd.Series[Any]) -> bool:
    """Tell whether a column probably holds names, addresses, or other ways to reach a person."""
    if _NAMING & _words(name):
        return True
    sample = values.head(_SAMPLE).astype(str)
    return any(sample.str.fullmatch(shape).mean() >= _SHARE for shape in _SHAPES)


def describes_a_person(name: str) -> bool:
    """Tell whether a column probably says what a person is like, such as its age."""
    return bool(_DESCRIBING & _words(name))


def _words(name: str) -> set[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return set(re.findall(r"[a-z]+", spaced.lower()))
