"""A scalar is one unquoted word of YAML, read by the core schema of YAML 1.2.

Source of the forms: YAML 1.2.2, section 10.3.2 "Tag Resolution"; the forms that YAML 1.1 reads
otherwise are those of its type repository (bool, int, float, timestamp).
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

MAX_DIGITS = 18
"""Digits of a whole number: every number of 18 digits fits in 64 bits."""

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGERS = (
    (re.compile(r"[-+]?[0-9]+"), "", 10),
    (re.compile(r"0o[0-7]+"), "0o", 8),
    (re.compile(r"0x[0-9a-fA-F]+"), "0x", 16),
)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

_OTHER_BOOLEAN = re.compile(r"yes|no|on|off|y|n", re.IGNORECASE)
_OTHER_FORMS = (
    (re.compile(r"[-+]?0[0-9_]+"), "a number with a leading zero"),
    (re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"), "a number of base 60"),
    (
        re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?|0[xb][0-9a-fA-F_]*_[0-9a-fA-F_]*"),
        "a number with underscores",
    ),
    (re.compile(r"[-+]?0b[01]+"), "a binary number"),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?"), "a date"),
)


class Scalar(NamedTuple):
    """What an unquoted word means."""

    value: str | int | float | bool | None
    ambiguous: str = ""
    """What another version of YAML takes it for, such as `a date`; empty when all agree."""
    refused: str = ""
    """Why the word is no value of a blueprint; empty when it is."""


def resolve(text: str) -> Scalar:
    """Return what the unquoted `text` means."""
    if text in _NULL:
        return Scalar(None)
    if text in _TRUE or text in _FALSE:
        return Scalar(text in _TRUE)
    if _OTHER_BOOLEAN.fullmatch(text):
        return Scalar(text, ambiguous="true or false")
    if text[0] in "-+.0123456789":
        return _number(text)
    return Scalar(text)


def _number(text: str) -> Scalar:
    if _NOT_FINITE.fullmatch(text):
        return Scalar(None, refused="infinity and not-a-number are no values here.")
    ambiguous = _other_form(text)
    for form, prefix, base in _INTEGERS:
        if form.fullmatch(text):
            return _integer(text[len(prefix) :], base, ambiguous)
    if not _FLOAT.fullmatch(text):
        return Scalar(text, ambiguous)
    number = float(text)
    if math.isinf(number):
        return Scalar(None, refused="the number is too large.")
    return Scalar(number, ambiguous)


def _integer(digits: str, base: int, ambiguous: str) -> Scalar:
    count = len(digits.lstrip("-+0"))
    number = int(digits, base) if count <= MAX_DIGITS and len(digits) <= 4 * MAX_DIGITS else None
    if number is None or abs(number) >= 10**MAX_DIGITS:
        reason = (
            f"the whole number has {count} digits; at most {MAX_DIGITS} are allowed."
            if base == 10
            else "the whole number is too large."
        )
        return Scalar(None, refused=reason)
    return Scalar(number, ambiguous)


def _other_form(text: str) -> str:
    return next((name for form, name in _OTHER_FORMS if form.fullmatch(text)), "")
