"""Why a cluster could not be asked, each in words of its own."""

from __future__ import annotations

from enum import StrEnum

from stackwright.errors import StackwrightError


class Fault(StrEnum):
    """Kind of what went wrong between this machine and an API server's answer."""

    KUBECONFIG = "kubeconfig"
    """The kubeconfig or its context is missing or wrong."""
    CREDENTIALS = "credentials"
    """The program that gives the token failed."""
    NAME = "name"
    """The server's host name is not known."""
    REFUSED = "refused"
    """Nothing listens there."""
    UNREACHABLE = "unreachable"
    """No connection for another reason, such as no route."""
    TIMEOUT = "timeout"
    """No answer in time."""
    TLS = "tls"
    """The server's certificate is not of the authority that the kubeconfig names."""
    UNAUTHORIZED = "unauthorized"
    """The server does not know the caller (401)."""
    FORBIDDEN = "forbidden"
    """The caller may not read this (403)."""
    NOT_FOUND = "not-found"
    """There is no such object (404)."""
    BUSY = "busy"
    """The server refused for now (429), each time it was asked."""
    SERVER = "server"
    """The server failed (5xx), each time it was asked."""
    NO_KUBERNETES = "no-kubernetes"
    """What answers is no API server, such as a proxy's web page."""


class ApiFault(StackwrightError):
    """An API server could not be asked, or refused."""

    def __init__(self, fault: Fault, message: str, mend: str = "") -> None:
        self.fault = fault
        self.mend = mend
        """The one command that mends it; empty when none is known."""
        super().__init__(message)
