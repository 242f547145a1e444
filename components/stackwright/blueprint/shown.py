"""Values as a message may show them: short, escaped, and never a secret."""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

LONGEST = 60
"""Characters of a value that a message shows before it is cut."""

REDACTED = "[redacted]"
"""What stands in the place of anything that looks like a secret."""

SECRET_KEY = re.compile(
    r"passw|passphrase|passwd|pwd|secret|token|credential|auth|apikey|accesskey|privatekey"
    r"|signingkey|encryptionkey|accountkey|connectionstring|dsn$|^from$"
)
"""Key names, lower case without `_` and `-`, whose values are never shown."""

SECRET_NAME = re.compile(
    r"(^|[a-z0-9_.-])(password|passwd|passphrase|secret_?access_?key|client_?secret|api_?key"
    r"|private_?key|(access|auth|bearer|refresh|api|admin|bot|root)[_-]?token)$",
    re.IGNORECASE,
)
"""Names of what is a secret itself; the names of where one is kept end with other words."""

SECRET_KEY_EXCEPTIONS = frozenset({"kind", "secrets"})
"""Keys of the blueprint that hold a choice or a section, and no secret."""

SECRET_FORMS = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{12,}"
    r"|\bgh[pousr]_\w{16,}|\bgithub_pat_\w{16,}|\bglpat-[\w-]{16,}"
    r"|-----BEGIN "
    r"|\beyJ[\w-]{8,}\.[\w-]+"
    r"|\bsk-(?:[a-z0-9]+-){0,2}[A-Za-z0-9_]{16,}|\bsk_(?:live|test)_\w{10,}"
    r"|\bxox[a-z]-[\w-]{8,}"
    r"|\bAIza[\w-]{30,}|\bhf_\w{20,}|\bnpm_\w{20,}|\bpypi-[\w-]{20,}"
    r"|[a-z][a-z0-9+.-]{0,20}://[^\s/@]*:[^\s/@]+@",
    re.IGNORECASE,
)
"""Texts that a well-known service gives out as a secret, and addresses with a password inside."""

AWS_SECRET_KEY = re.compile(r"(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])(?=\D*\d)[A-Za-z0-9/+]{40}")
"""The form of an AWS secret access key: 40 characters of mixed kinds."""

HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that a reader cannot see: controls, directions, zero width, unassigned."""

_PLAIN_TEXT = re.compile(r"[A-Za-z/]([A-Za-z0-9_./:@-]*[A-Za-z0-9_./@-])?")


def looks_secret(value: object) -> bool:
    """Return whether `value` is a text of a form that well-known secrets have."""
    if not isinstance(value, str):
        return False
    return bool(SECRET_FORMS.search(value) or AWS_SECRET_KEY.fullmatch(value))


def names_secret(name: object) -> bool:
    """Return whether `name` is what a secret itself is called, such as `adminPassword`."""
    return isinstance(name, str) and SECRET_NAME.search(name.replace("-", "_")) is not None


def is_secret_place(path: Sequence[str | int]) -> bool:
    """Return whether a key of `path` is named like something that holds a secret."""
    names = [re.sub(r"[_-]", "", part).lower() for part in path if isinstance(part, str)]
    if names and names[-1] == "kind":
        return False
    return any(
        name not in SECRET_KEY_EXCEPTIONS and SECRET_KEY.search(name) is not None for name in names
    )


def escaped(text: str) -> str:
    """Return `text` with control, direction, zero-width and unassigned characters as escapes."""
    return "".join(
        _escape(character) if unicodedata.category(character) in HIDDEN_CATEGORIES else character
        for character in text
    )


def shown(value: object, path: Sequence[str | int] = ()) -> str:
    """Return `value` as a message may show it, given the key path where it stands.

    Text is quoted, escaped and cut at `LONGEST` characters; a list or mapping is only named;
    a value that looks like a secret, or that stands under a key named like one, is `[redacted]`.
    """
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if is_secret_place(path) or looks_secret(value):
        return REDACTED
    if isinstance(value, str):
        return f'"{_cut(escaped(value))}"'
    return _cut(str(value))


def shown_source(source: str, path: Sequence[str | int] = ()) -> str:
    """Return a scalar as it was typed, without quotes, under the same rules as `shown`."""
    if is_secret_place(path) or looks_secret(source):
        return REDACTED
    return _cut(escaped(source))


def shown_key(key: str) -> str:
    """Return a key for a message or a key path; odd ones are quoted and cut."""
    if looks_secret(key):
        return REDACTED
    plain = bool(key) and len(key) <= LONGEST and not re.search(r"[\s.\"'`\\]", key)
    return key if plain and key == escaped(key) else f'"{_cut(escaped(key))}"'


def dotted(path: Iterable[str | int]) -> str:
    """Return a key path such as `cluster.node_pools[0].size`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{shown_key(part)}" if text else shown_key(part)
    return text


def unexpected_character(text: object) -> str:
    """Return a sentence that names the first character that is not plain ASCII; empty if none.

    A letter of another script can look like one of the expected ones.
    """
    found = re.search(r"[^ -~]", text) if isinstance(text, str) else None
    if found is None or looks_secret(text):
        return ""
    name = unicodedata.name(found[0], "a control character")
    return f"It holds U+{ord(found[0]):04X} ({name})."


def example(value: Any) -> str:
    """Return an example value, written as it would stand in the blueprint on one line."""
    if isinstance(value, str) and _PLAIN_TEXT.fullmatch(value):
        from stackwright.blueprint.scalars import resolve

        scalar = resolve(value)
        if scalar.value == value and not scalar.ambiguous and not scalar.refused:
            return value
    return json.dumps(value, ensure_ascii=False)


def nearest(word: object, known: Iterable[str]) -> str:
    """Return a sentence that names the known word nearest to `word`; empty if none is near."""
    if not isinstance(word, str) or len(word) > 2 * LONGEST:
        return ""
    by_lower = {name.lower(): name for name in known}
    longer = [name for name in by_lower if len(word) > 1 and name.startswith(word.lower())]
    if len(longer) == 1:
        return f"Did you mean {by_lower[longer[0]]}?"
    matches = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return f"Did you mean {by_lower[matches[0]]}?" if matches else ""


def listed(words: Iterable[str], last: str = "or") -> str:
    """Return words as a sentence lists them: `a, b or c`."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
