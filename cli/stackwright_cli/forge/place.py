"""A place is one API: where it is, and how it is spoken to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from stackwright_cli.forge.faults import Fault
from stackwright_cli.forge.token import Token


@dataclass(frozen=True, slots=True)
class Place:
    """One API, and how it is spoken to."""

    title: str
    """Name of the forge, for people."""
    base: str
    """URL that every path follows, without a slash at its end."""
    token: Token
    headers: Mapping[str, str] = field(repr=False)
    """Sent with every request; the token is in one of them."""
    pace: float = 0.0
    """Seconds between two requests that write."""
    hints: Mapping[Fault, str] = field(default_factory=dict)
    """What to do, by what went wrong."""
    authority: str = ""
    """File of a certificate authority to trust as well; empty for none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a forge said."""

    status: int
    headers: Mapping[str, str]
    """By names in small letters."""
    body: bytes
    next: str = ""
    """URL of the next page; empty where this was the last."""
