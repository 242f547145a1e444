"""A requirement says which versions of Stackwright a blueprint was written for."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from stackwright import __version__
from stackwright.blueprint.base import Wording
from stackwright.blueprint.shown import shown


def require_this_version(text: str) -> str:
    """Return `text` if it is a version specifier that the running version fits.

    Raises:
        ValueError: It is none (PyPA, "Version specifiers"), or asks for another version.
    """
    if not text:
        return text
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        specifiers = SpecifierSet(text)
    except InvalidSpecifier:
        raise ValueError(
            f"{shown(text)} is no range of versions; a range such as >=0.1,<0.2 is expected."
        ) from None
    if not specifiers.contains(__version__, prereleases=True):
        raise ValueError(
            f"the blueprint was written for Stackwright {shown(text)}, and this is {__version__};"
            f" install the version with: pip install 'stackwright{text}'"
        )
    return text


Requirement = Annotated[
    str,
    StringConstraints(pattern=r"^[<>=!~0-9.,* ]*$", max_length=100),
    AfterValidator(require_this_version),
    Wording("a range of versions such as >=0.1,<0.2"),
]
"""Versions in pip's words; empty for any."""
