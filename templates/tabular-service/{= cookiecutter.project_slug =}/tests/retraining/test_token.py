"""The token comes from a file or a variable, is long enough, and never shows itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from {= cookiecutter.package_name =}.errors import InputError
from {= cookiecutter.package_name =}.retraining.token import (
    Token,
    read_token,
)

SECRET = "correct-horse-battery-staple"


def test_a_file_or_a_variable_gives_the_token(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(SECRET + "\n")
    assert read_token(file, None, {}).allows(f"Bearer {SECRET}")
    assert read_token(None, "TOKEN", {"TOKEN": SECRET}).allows(f"bearer {SECRET}")


@pytest.mark.parametrize("given", [None, "", "Bearer", SECRET, f"Basic {SECRET}", "Bearer \xff"])
def test_anything_else_is_not_allowed(given: str | None) -> None:
    assert not Token(SECRET).allows(given)


def test_the_token_does_not_show_itself() -> None:
    assert SECRET not in f"{Token(SECRET)!r} {Token(SECRET)}"


def test_exactly_one_source_is_needed(tmp_path: Path) -> None:
    for file, variable in ((None, None), (tmp_path, "TOKEN")):
        with pytest.raises(InputError, match="either --token-file or --token-variable"):
            read_token(file, variable, {"TOKEN": SECRET})


@pytest.mark.parametrize("value", ["", "short", "x" * 513, "with space " * 5, "ümlaut" * 10])
def test_a_weak_or_odd_token_is_refused_without_being_shown(value: str) -> None:
    with pytest.raises(InputError, match="--token-variable TOKEN: the token") as caught:
        read_token(None, "TOKEN", {"TOKEN": value})
    assert not value or value not in str(caught.value)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="TOKEN: the variable is not set"):
        read_token(None, "TOKEN", {})
    with pytest.raises(InputError, match="No such file"):
        read_token(tmp_path / "none", None, {})
