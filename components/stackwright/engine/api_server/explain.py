"""Words for everything that can go wrong between this machine and an API server's answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from stackwright.engine.api_server.faults import ApiFault, Fault

if TYPE_CHECKING:
    from urllib3.exceptions import HTTPError

_LONGEST = 300
"""Characters of a server's own words that are shown."""


def explained(error: HTTPError, server: str) -> ApiFault:
    """Return the fault that an error of the HTTP library stands for."""
    import urllib3.exceptions as http

    cause: BaseException = error
    while isinstance(cause, http.MaxRetryError | http.ProxyError):
        inner = cause.reason if isinstance(cause, http.MaxRetryError) else cause.original_error
        if inner is None:
            break
        cause = inner
    if isinstance(cause, http.NameResolutionError):
        return ApiFault(
            Fault.NAME,
            f"the host name of {server} is not known here; a private endpoint is known only inside"
            " its network: is the VPN up?",
        )
    if isinstance(cause, http.TimeoutError) and not isinstance(cause, http.NewConnectionError):
        return ApiFault(
            Fault.TIMEOUT,
            f"{server} gave no answer in time; is the VPN up, and may this machine's address reach"
            " it?",
        )
    if isinstance(cause, http.SSLError):
        return ApiFault(Fault.TLS, f"the TLS of {server} is not trusted: {_reason(cause)}.")
    if isinstance(cause, http.NewConnectionError):
        return _no_connection(cause, server)
    return ApiFault(Fault.UNREACHABLE, f"{server} broke the connection off: {_reason(cause)}.")


def refused(status: int, body: bytes, path: str, server: str) -> ApiFault:
    """Return the fault that an answer without success stands for."""
    said = _said(body)
    if status == 401:
        return ApiFault(
            Fault.UNAUTHORIZED,
            f"{server} does not know you (401): your token is expired, or of another cluster.",
        )
    if status == 403:
        return ApiFault(Fault.FORBIDDEN, f"you may not read {path} (403){said}.")
    if status == 404:
        return ApiFault(Fault.NOT_FOUND, f"there is no {path} (404).")
    if status == 429:
        return ApiFault(Fault.BUSY, f"{server} is too busy to answer (429), at every try.")
    if status >= 500:
        return ApiFault(Fault.SERVER, f"{server} failed ({status}), at every try{said}.")
    return ApiFault(Fault.NO_KUBERNETES, f"{server} answered {status} for {path}{said}.")


def _no_connection(cause: BaseException, server: str) -> ApiFault:
    inner: BaseException | None = cause
    while inner is not None:
        if isinstance(inner, ConnectionRefusedError):
            return ApiFault(
                Fault.REFUSED, f"nothing listens at {server}: the connection was refused."
            )
        inner = inner.__cause__ or inner.__context__
    return ApiFault(Fault.UNREACHABLE, f"{server} cannot be reached: {_reason(cause)}.")


def _reason(error: BaseException) -> str:
    return str(error).rpartition(": ")[2].strip().rstrip(".")[:_LONGEST]


def _said(body: bytes) -> str:
    """Return the message of a `Status` object after a colon; empty for anything else."""
    try:
        message = json.loads(body)["message"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    return f": {' '.join(str(message).split())[:_LONGEST].rstrip('.')}"
