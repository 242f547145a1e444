"""The bearer token of the alert receiver: read from a file or a variable, never an argument."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from pathlib import Path

from ..errors import InputError

MINIMUM_LENGTH = 24
MAXIMUM_LENGTH = 512
HOW_TO_MAKE = "make one: python -c 'import secrets; print(secrets.token_urlsafe(32))'"


class Token:
    """A secret that can be compared, and does not show itself."""

    def __init__(self, value: str) -> None:
        self._value = value.encode("ascii")

    def __repr__(self) -> str:
        return "Token(hidden)"

    def allows(self, authorization: str | None) -> bool:
        """Whether an ``Authorization`` header carries the token; takes the same time either way."""
        scheme, _, given = (authorization or "").partition(" ")
        same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), self._value)
        return same and scheme.lower() == "bearer"


def read_token(file: Path | None, variable: str | None, environment: Mapping[str, str]) -> Token:
    """Read the token from exactly one of a file and an environment variable.

    Raises:
        InputError: none or both were given, it cannot be read, is too short, or is not plain ASCII.
    """
    if file is not None and variable is None:
        where = f"--token-file {file}"
        try:
            value = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise InputError([f"{where}: cannot be read: {reason}"]) from None
    elif variable is not None and file is None:
        where = f"--token-variable {variable}"
        if variable not in environment:
            raise InputError([f"{where}: the variable is not set"])
        value = environment[variable]
    else:
        raise InputError(["the token: give either --token-file or --token-variable"])
    return Token(_checked(where, value.strip()))


def _checked(where: str, value: str) -> str:
    if not MINIMUM_LENGTH <= len(value) <= MAXIMUM_LENGTH:
        raise InputError(
            [
                f"{where}: the token has {len(value)} characters, and must have "
                f"{MINIMUM_LENGTH} to {MAXIMUM_LENGTH}; {HOW_TO_MAKE}"
            ]
        )
    if not value.isascii() or not value.isprintable() or " " in value:
        raise InputError(
            [f"{where}: the token may hold ASCII letters, digits and signs only; {HOW_TO_MAKE}"]
        )
    return value
