"""A message shows values short, escaped, and never a secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright.blueprint.shown import (
    escaped,
    looks_secret,
    names_secret,
    nearest,
    shown,
    unexpected_character,
)


@pytest.mark.parametrize(
    "secret",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_" + "a1B2" * 9,
        "-----BEGIN RSA PRIVATE KEY-----",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
        "sk-" + "a1B2" * 8,
        "xoxb-1234567890-abcdef",
        "postgres://user:pass" + "word@host/db",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    ],
)
def test_a_text_of_a_secret_form_is_never_shown(secret: str) -> None:
    assert looks_secret(secret)
    assert shown(secret) == "[redacted]"


@pytest.mark.parametrize(
    "key", ["password", "accessKey", "access_key", "API-TOKEN", "client_secret", "private_key"]
)
def test_a_value_under_a_key_named_like_a_secret_is_never_shown(key: str) -> None:
    assert shown("hunter2", ("tracking", key)) == "[redacted]"
    assert shown("hunter2", (key, "value")) == "[redacted]"


@pytest.mark.parametrize(
    "text", ["acme-ml", "sk-learn-serving-production", "https://example.com/a", "s3://bucket/key"]
)
def test_ordinary_text_is_shown(text: str) -> None:
    assert shown(text, ("secrets", "kind")) == f'"{text}"'


def test_hidden_characters_are_shown_escaped_and_long_values_cut() -> None:
    assert shown("a\x1b[31m\u202e\u200b") == '"a\\x1b[31m\\u202e\\u200b"'
    assert shown("x" * 100) == f'"{"x" * 60}..."'


@given(st.text())
def test_what_is_escaped_can_be_printed_on_one_line(text: str) -> None:
    assert all(character.isprintable() or character.isspace() for character in escaped(text))
    assert len(escaped(text).splitlines()) <= 1


@pytest.mark.parametrize(
    "name",
    ["password", "adminPassword", "DB_PASSWORD", "secret-access-key", "apiKey", "GF_AUTH_TOKEN"],
)
def test_the_name_of_a_secret_itself_is_known(name: str) -> None:
    assert names_secret(name)


@pytest.mark.parametrize(
    "name",
    ["existingSecret", "passwordKey", "PASSWORD_FILE", "tokenTTL", "author", "secretName", 3],
)
def test_the_name_of_where_a_secret_is_kept_is_another(name: object) -> None:
    assert not names_secret(name)


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("prod", ["development", "production"], "Did you mean production?"),
        ("storge", ["storage", "serving"], "Did you mean storage?"),
        ("STORAGE", ["storage", "serving"], "Did you mean storage?"),
        ("s", ["storage", "serving"], ""),
        ("redis", ["storage", "serving"], ""),
        (3, ["storage"], ""),
    ],
)
def test_the_nearest_known_word_is_named(word: object, known: list[str], said: str) -> None:
    assert nearest(word, known) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("acme", ""),
        ("\u0430cme", "It holds U+0430 (CYRILLIC SMALL LETTER A)."),
        ("acme\n", "It holds U+000A (a control character)."),
        ("ghp_" + "a1B2" * 9 + "\u0430", ""),
        (None, ""),
    ],
)
def test_a_character_that_looks_like_another_is_named(text: object, said: str) -> None:
    assert unexpected_character(text) == said
