"""HTTP/1.1 with what uvicorn's protocol lacks: a time for headers, and reasons in JSON."""

from __future__ import annotations

import asyncio
import re
import socket
from http import HTTPStatus
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from .failures import body_of

HEADER_BYTES = 16 * 1024
"""Most bytes of a request line with its headers."""
_END_OF_HEADERS = re.compile(rb"\n\r?\n")


class BoundedProtocol(H11Protocol):
    """Ends a connection whose request line and headers are not complete in time.

    Without this, a client that sends a header byte by byte holds its connection for ever. A
    connection that has sent nothing yet is bounded as well; one that waits for its next request is
    bounded by uvicorn's keep-alive time.
    """

    header_seconds: ClassVar[float] = 10.0
    """Seconds from the first byte (or from connecting) to the end of the headers."""

    _header_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        # An answer is two writes. asyncio turns delays off only for some ways to make a socket, and
        # with them the second write waits 40 ms for the client's system.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._await_headers()

    def data_received(self, data: bytes) -> None:
        """Pass data on; the time runs while headers are incomplete."""
        if self.conn.their_state is h11.IDLE and self._too_long(data):
            reason = f"the request line and headers are larger than {HEADER_BYTES} bytes"
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, reason)
            return
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._forget_timer()
        elif self._header_timer is None and self.conn.trailing_data[0]:
            self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the timer go with the connection."""
        self._forget_timer()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP."""
        self._refuse(HTTPStatus.BAD_REQUEST, "this is not a valid HTTP request")

    def _too_long(self, data: bytes) -> bool:
        # h11 bounds only headers that come in several parts.
        if len(data) <= HEADER_BYTES:
            return False
        received = self.conn.trailing_data[0] + data
        return _END_OF_HEADERS.search(received, 0, HEADER_BYTES) is None

    def _await_headers(self) -> None:
        self._header_timer = self.loop.call_later(self.header_seconds, self._too_late)

    def _forget_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _too_late(self) -> None:
        reason = f"the headers were not complete after {self.header_seconds:g} seconds"
        self._refuse(HTTPStatus.REQUEST_TIMEOUT, reason)

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        if self.transport.is_closing():
            return
        # After an answer has begun there is no room for another: only the connection can end.
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            body = body_of(reason)
            headers = [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
                (b"connection", b"close"),
            ]
            events: list[Any] = [
                h11.Response(status_code=status, headers=headers, reason=status.phrase.encode()),
                h11.Data(data=body),
                h11.EndOfMessage(),
            ]
            for event in events:
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


def protocol_with(seconds: float) -> type[BoundedProtocol]:
    """Return the protocol with `seconds` for the headers."""
    return type("Protocol", (BoundedProtocol,), {"header_seconds": seconds})
