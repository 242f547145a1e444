"""Opens connections to a place: its certificate is verified, and no redirect is followed."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stackwright import __version__
from stackwright.errors import InputError, Problem
from stackwright_cli.forge.addresses import is_loopback
from stackwright_cli.forge.place import Place

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


def connect(place: Place) -> httpx.Client:
    """Return a client for one API.

    Raises:
        InputError: The certificate authority that the place names cannot be read.
    """
    import httpx

    parts = urlsplit(place.base)
    return httpx.Client(
        headers={"User-Agent": f"stackwright/{__version__}", **place.headers},
        timeout=httpx.Timeout(READ_WITHIN, connect=CONNECT_WITHIN),
        follow_redirects=False,
        verify=_tls(place, parts.scheme),
        # What runs on this machine is not reached through a proxy.
        trust_env=not is_loopback(parts.hostname or ""),
    )


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

    context = httpx.create_ssl_context()
    # A company's own authority is known to the system, and not to the list that httpx brings.
    context.load_default_certs()
    if place.authority:
        try:
            context.load_verify_locations(place.authority)
        except OSError:
            message = "this certificate authority, which the CI system names, cannot be read."
            raise InputError([Problem(message, file=place.authority)]) from None
    return context
