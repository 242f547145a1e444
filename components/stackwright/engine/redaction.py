"""Hides secrets in text that others wrote: the engine, its plugins, a program, a server.

The values hidden are those of environment variables whose names say that they hold a secret. Each
is hidden as it is, and as JSON, URLs and Base64 would carry it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus

HIDDEN = "[secret]"
"""What stands in place of a secret; Pulumi's own mark."""

SHORTEST = 6
"""Characters that a value needs to be hidden: shorter ones would hide ordinary text too."""

_NAMES = re.compile(r"SECRET|TOKEN|PASSWORD|PASSPHRASE|PASSWD|PRIVATE_KEY|API_KEY|CREDENTIAL", re.I)
_PLACES = re.compile(r"_(FILE|PATH|URI|URL|DIR|COMMAND|EXPIRATION)$", re.I)
"""Variables that say where a secret is, and hold none."""


class Redactor:
    """Replaces every known secret in a text."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    @classmethod
    def of_environment(cls, variables: Mapping[str, str]) -> Redactor:
        """Return a redactor of what the variables of a process hold."""
        return cls(
            value
            for name, value in variables.items()
            if _NAMES.search(name) and not _PLACES.search(name)
        )

    def __call__(self, text: str) -> str:
        """Return the text with every secret replaced."""
        return self._pattern.sub(HIDDEN, text) if self._pattern else text


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote_plus(secret)
    encoded = secret.encode("utf-8", "surrogateescape")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = encode(encoded).decode("ascii")
        yield text
        yield text.rstrip("=")
