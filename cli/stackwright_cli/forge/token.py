"""A token is what a forge knows us by. It is never shown: not in a message, a log or an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from stackwright.errors import InputError, Problem

HIDDEN = "[hidden]"

_USABLE = re.compile(r"[\x21-\x7e]+")
"""A header takes no other characters, and a library that refuses one shows it in its message."""


@dataclass(frozen=True, slots=True)
class Token:
    """A secret that shows itself as `[hidden]`."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return HIDDEN

    def redacted(self, text: str) -> str:
        """Return a text in which the token is hidden, also as part of a URL or in small letters."""
        for shape in {self.value, quote(self.value, safe="")}:
            text = re.sub(re.escape(shape), HIDDEN, text, flags=re.IGNORECASE)
        return text


def read_token(environment: Mapping[str, str], variable: str, hint: str) -> Token:
    """Return the token of an environment variable.

    Args:
        environment: Of the process.
        variable: Its name; a token is never an argument, because others see these.
        hint: What to do where there is none.

    Raises:
        InputError: There is none, or it is none that can be sent. Its value is not shown.
    """
    value = environment.get(variable, "").strip()
    if not value:
        raise InputError([Problem(f"there is no token in {variable}.", hint=hint)])
    if not _USABLE.fullmatch(value):
        message = f"{variable} holds no token: it has blanks or characters that no token has."
        raise InputError([Problem(message)])
    return Token(value)
