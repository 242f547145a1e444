"""A place is one API: where it is, how it is spoken to, and what a token is safe with there.

A token goes to one server, by https, and never on to another: the certificate is verified, and no
redirect is followed here.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from stackwright import __version__
from stackwright.errors import InputError, Problem
from stackwright_cli.forge.faults import Fault
from stackwright_cli.forge.token import Token

if TYPE_CHECKING:
    import httpx

CONNECT_WITHIN = 10.0
"""Seconds that a connection may take."""

READ_WITHIN = 30.0
"""Seconds between two pieces of an answer; GitHub ends a request itself after 10 seconds
("Troubleshooting the REST API", section "Timeouts")."""

DISTRUSTED = (
    "its certificate is not trusted. If it is your company's own, name the file of the authority in"
    " SSL_CERT_FILE."
)


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


def connect(place: Place) -> httpx.Client:
    """Return a client for one API.

    Raises:
        InputError: The place or the environment names certificates or a proxy that cannot be used.
    """
    import httpx

    parts = urlsplit(place.base)
    tls = _tls(place, parts.scheme)
    try:
        return httpx.Client(
            headers={"User-Agent": f"stackwright/{__version__}", **place.headers},
            timeout=httpx.Timeout(READ_WITHIN, connect=CONNECT_WITHIN),
            follow_redirects=False,
            verify=tls,
            # What runs on this machine is not reached through a proxy.
            trust_env=not is_loopback(parts.hostname or ""),
        )
    except (ValueError, ImportError, httpx.InvalidURL):
        # Its own words would show the address, which may hold a password.
        message = "HTTPS_PROXY or ALL_PROXY names no proxy that can be used."
        hint = "Only http://HOST:PORT and https://HOST:PORT can be."
        raise InputError([Problem(message, hint=hint)]) from None


def is_distrust(error: Exception) -> bool:
    """Tell whether a connection failed because of the server's certificate."""
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def why(error: Exception) -> str:
    """Return the kind of a failure; its own words may hold what was sent."""
    words = {
        "ConnectError": "no connection",
        "ConnectTimeout": "no connection in time",
        "ReadTimeout": "no answer in time",
        "RemoteProtocolError": "it broke off",
        "ReadError": "the connection was cut",
    }
    return words.get(type(error).__name__, type(error).__name__)


def _tls(place: Place, scheme: str) -> ssl.SSLContext:
    if scheme != "https":
        # It is never used, and trusts nobody; to load whom to trust takes time.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    import httpx

    try:
        context = httpx.create_ssl_context()
    except OSError:
        message = "what SSL_CERT_FILE, SSL_CERT_DIR or SSLKEYLOGFILE names cannot be used."
        raise InputError([Problem(message)]) from None
    # A company's own authority is known to the system, and not to the list that httpx brings.
    context.load_default_certs()
    if place.authority:
        try:
            context.load_verify_locations(place.authority)
        except OSError:
            message = "this certificate authority, which the CI system names, cannot be read."
            raise InputError([Problem(message, file=place.authority)]) from None
    return context


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")
