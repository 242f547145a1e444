"""Hides secrets in text that others wrote: the engine, its plugins, a program, a server.

The values hidden are those of environment variables whose names say that they hold a secret, and
the passphrase in a file. Each is hidden as it is, and as JSON, URLs and Base64 would carry it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

HIDDEN = "[secret]"
"""What stands in place of a secret; Pulumi's own mark."""

SHORTEST = 6
"""Characters that a value needs to be hidden: shorter ones would hide ordinary text too."""

_NAMES = re.compile(r"SECRET|TOKEN|PASSWORD|PASSPHRASE|PASSWD|PRIVATE_KEY|API_KEY|CREDENTIAL", re.I)
_PLACES = re.compile(r"_(FILE|PATH|URI|URL|DIR|COMMAND|EXPIRATION)$", re.I)
"""Variables that say where a secret is, and hold none."""

_PASSPHRASE_FILE = "PULUMI_CONFIG_PASSPHRASE_FILE"  # noqa: S105  # a name, no secret

_LARGEST_FILE = 64 * 1024

_SHORTEST_LINE = 16
"""Characters of a line that is hidden alone, as a log indents the lines of a key."""


class Redactor:
    """Replaces every known secret in a text."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self.longest = len(longest_first[0]) if forms else 0
        """Characters of the longest form of a secret."""
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    @classmethod
    def of_environment(cls, variables: Mapping[str, str]) -> Redactor:
        """Return a redactor of what the variables of a process hold."""
        found = [
            value
            for name, value in variables.items()
            if _NAMES.search(name) and not _PLACES.search(name)
        ]
        return cls([*found, *_passphrases(variables.get(_PASSPHRASE_FILE, ""))])

    def __call__(self, text: str) -> str:
        """Return the text with every secret replaced."""
        return self._pattern.sub(HIDDEN, text) if self._pattern else text


def _passphrases(file: str) -> Iterator[str]:
    """Yield what a file of a passphrase holds; nothing when it cannot be read."""
    if not file:
        return
    try:
        with Path(file).open(encoding="utf-8", errors="surrogateescape") as stream:
            yield stream.read(_LARGEST_FILE).strip()
    except OSError:
        return


def _forms(secret: str) -> Iterator[str]:
    for text in (secret, *_lines(secret)):
        yield text
        yield from _json(text)
        yield quote(text, safe="", errors="surrogateescape")
        yield quote(text, errors="surrogateescape")
        yield quote_plus(text, errors="surrogateescape")
        yield from _base64(text.encode("utf-8", "surrogateescape"))


def _lines(secret: str) -> Iterator[str]:
    """Yield a secret without blanks around it, and the long lines of one of several.

    Lines that say what it is, such as a key's first, are no secret.
    """
    lines = [line.strip() for line in secret.splitlines()]
    if len(secret.strip()) >= SHORTEST:
        yield secret.strip()
    if len(lines) > 1:
        yield from (x for x in lines if len(x) >= _SHORTEST_LINE and not x.startswith("-----"))


def _json(text: str) -> Iterator[str]:
    """Yield a text as a JSON string has it, written by Python and by the engine."""
    yield json.dumps(text)[1:-1]
    plain = json.dumps(text, ensure_ascii=False)[1:-1]
    yield plain
    yield plain.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")


def _base64(data: bytes) -> Iterator[str]:
    """Yield what is the same in every Base64 text that holds the data, such as `user:data`."""
    for before in range(3):
        # Three bytes become four characters; those at the ends depend on the neighbours.
        skipped, whole = (0, 2, 3)[before], (before + len(data)) // 3 * 4
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(bytes(before) + data).decode("ascii")
            if before == 0:
                yield text
                yield text.rstrip("=")
            if whole - skipped >= SHORTEST:
                yield text[skipped:whole]
