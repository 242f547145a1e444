"""Counts and times every request; a plain ASGI layer, as it is in the way of each prediction."""

from __future__ import annotations

import time
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .metrics import Metrics

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""The methods that are counted by name; what else comes is counted as `OTHER`."""


class Draining(Protocol):
    """What the layer needs of the service."""

    metrics: Metrics
    draining: bool


class Measured:
    """Counts requests by route, never by path: paths that do not exist are counted as one."""

    def __init__(self, app: ASGIApp, service: Draining) -> None:
        """Wrap `app`."""
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and count its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def measured(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if self._service.draining:
                    # Else clients go on to use a connection that is about to be closed.
                    message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        try:
            await self._app(scope, receive, measured)
        finally:
            method = scope["method"] if scope["method"] in METHODS else "OTHER"
            route = getattr(scope.get("route"), "path", "none")
            self._service.metrics.request(method, route, status, time.perf_counter() - started)
