"""Which values of a resource are secrets, told by what they are called or how they look."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from enum import IntEnum
from functools import lru_cache

from stackwright.blueprint.shown import looks_secret, names_secret
from stackwright.plan.graph import JsonValue
from stackwright.report.bindings import SECRET_DATA

HIDDEN = "[secret]"
"""What stands for a secret inside a longer text; Pulumi's own mark."""

_SPELLED = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_WORD = re.compile(
    r"(^|_)(password|passwd|passphrase|pwd|pgpass|token|credentials?|private_key|api_key"
    r"|secret_key|(client|shared|app|webhook|cookie|jwt|signing|session|auth)_secret"
    r"|secret_(string|binary|access_key)|connection_string|dsn|basic_auth|auth_header)"
    r"(_(value|text|base64|wo|hash))?$"
)
"""Names, as words joined by `_`, of what is a secret itself."""

_VARIABLE = re.compile(r"SECRET|TOKEN|PASSWORD|PASSPHRASE|PASSWD|PRIVATE_KEY|API_KEY|CRED")
_PLACE = re.compile(
    r"_(FILE|PATH|URI|URL|DIR|COMMAND|EXPIRATION|NAME|NAMESPACE|REF|ARN|ID|TTL|SECONDS|LENGTH)$"
)
"""Environment variables that say where a secret is, or something else about it."""

_ABOUT = frozenset(
    {
        *("name", "key", "namespace", "kind", "apiVersion", "secretName", "secretKey", "path"),
        *("property", "version", "optional", "existingSecret", "mountPath", "type"),
        *("algorithm", "encoding", "size", "rotationPolicy", "expirationSeconds", "audience"),
    }
)
"""Keys that say which secret is meant or of what kind, below one that is named like a secret."""

_REFERENCE = re.compile(r"\s*(\{\{[^{}]*\}\}|\$\([A-Z0-9_]+\)|\$\{?[A-Z0-9_]+\}?|\*+)?\s*")
"""A text that only says where its value comes from, or an empty one."""

_ASSIGNED = re.compile(
    r"((?:password|passwd|passphrase|pwd|secret|token|api_?key|private_?key|access_?key)"
    r"[\w.-]{0,16}[\"']?[ \t]{0,4}(?:=|:[ \t]|:(?=\"))[ \t]{0,4})"
    r"(\"[^\"\n]*\"|'[^'\n]*'|[^\s\"',;&]+)",
    re.IGNORECASE,
)
"""A secret that a longer text gives a value, such as `--password=x` or `token: x`."""

_PASSED = re.compile(
    r"(--?[\w-]{0,40}(?:password|passwd|passphrase|secret|token|api-key)[ \t]{1,4}"
    r"|\b(?:Bearer|Basic)[ \t]{1,4}(?=[\w.~+/=-]{8}))([^\s\"';&|]+)",
    re.IGNORECASE,
)
"""A secret that stands after its flag or in the header of a request."""

_SUSPICIOUS = re.compile(
    r"pass|pwd|secret|token|cred|key|auth|dsn|connection|bearer|basic|://", re.IGNORECASE
)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4}){4,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
"""A text of 16 characters or more that may be Base64, such as the user data of a machine."""

_SHORT = 200


class Secrecy(IntEnum):
    """How secret a value is by where it stands."""

    NONE = 0
    NAMED = 1
    """It is called like a secret: what says which secret is meant may be shown."""
    WHOLE = 2
    """It is kept for secrets, and nothing of it is shown."""


def secrecy(
    holder: Mapping[str, JsonValue], key: str, inherited: Secrecy = Secrecy.NONE
) -> Secrecy:
    """Return how secret is what a mapping holds under a key.

    Args:
        holder: The mapping: its `kind` and its `name` may tell.
        key: A key of it.
        inherited: How secret the mapping is.
    """
    if inherited is Secrecy.WHOLE or (key in SECRET_DATA and holder.get("kind") == "Secret"):
        return Secrecy.WHOLE
    if inherited is Secrecy.NAMED:
        return Secrecy.NONE if key in _ABOUT else Secrecy.NAMED
    if key == "auth" and isinstance(holder[key], str):  # `user:password` of a registry, encoded
        return Secrecy.NAMED
    name = key
    if key in ("value", "default"):
        name = holder.get("name", holder.get("key"))
    named = isinstance(name, str) and is_named_secret(name)
    return Secrecy.NAMED if named else Secrecy.NONE


@lru_cache(maxsize=4096)
def is_named_secret(name: str) -> bool:
    """Tell whether a key, a variable or a flag is called what a secret itself is called."""
    if name.isupper():
        return _VARIABLE.search(name) is not None and _PLACE.search(name) is None
    words = _SPELLED.sub("_", name.lstrip("-")).lower()
    return names_secret(name) or _WORD.search(words) is not None


def is_reference(text: str) -> bool:
    """Tell whether a text only names what a value is taken from, such as `{{ .password }}`."""
    return _REFERENCE.fullmatch(text) is not None


def is_harmless(text: str) -> bool:
    """Tell at little cost whether a text cannot hold a secret that could be told."""
    return _is_harmless(text) if len(text) < _SHORT else not _may_hold_secret(text)


def masked(text: str) -> str:
    """Return a text with `HIDDEN` for every secret that it gives a value by name."""
    return _PASSED.sub(_masked, _ASSIGNED.sub(_masked, text))


def _masked(match: re.Match[str]) -> str:
    return match[0] if is_reference(match[2].strip("\"'")) else match[1] + HIDDEN


@lru_cache(maxsize=16384)
def _is_harmless(text: str) -> bool:
    return not _may_hold_secret(text)


def decoded(text: str) -> str:
    """Return the text that another one is in Base64; empty when it is none."""
    if not _BASE64.fullmatch(text):
        return ""
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except ValueError:
        return ""


def _may_hold_secret(text: str) -> bool:
    if _SUSPICIOUS.search(text) is not None or looks_secret(text):
        return True
    inside = decoded(text)
    return bool(inside) and _may_hold_secret(inside)
