"""Where a token may be sent: to one server, by https, and never on to another."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urljoin, urlsplit

from stackwright.errors import InputError, Problem


def refuse_unsafe(base: str, title: str) -> None:
    """Refuse a base URL that a token would not be safe with.

    Args:
        base: Of an API; plain http is for this machine itself only.
        title: Name of the forge, for people.

    Raises:
        InputError: It is not https, or holds a user.
    """
    parts = _split(base)
    host = parts.hostname or ""
    if parts.scheme == "https" and host and not parts.username:
        return
    if parts.scheme == "http" and is_loopback(host):
        return
    message = f"{server(base)} is no address that a token is sent to: only https is safe."
    raise InputError([Problem(message, hint=f"Give the https URL of {title}'s API.")])


def origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port; two URLs with the same belong to one server."""
    parts = _split(url)
    try:
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        port = 0
    return parts.scheme, parts.hostname or "", port


def server(url: str) -> str:
    """Return scheme and host, for people; nothing else of a URL is shown."""
    parts = _split(url)
    return f"{parts.scheme}://{parts.hostname}" if parts.hostname else "an address without a host"


def joined(base: str, reference: str) -> str:
    """Return what a reference means at a URL; empty where it is no address."""
    try:
        return urljoin(base, reference)
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")
