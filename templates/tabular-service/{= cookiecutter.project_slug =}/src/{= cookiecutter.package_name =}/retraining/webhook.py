"""Receives Alertmanager's webhook and starts the retraining command.

An answer is 202 (started), 200 (nothing to do: a duplicate, or not our alert), 400, 401, 404, 405,
408, 411 or 413 (the request is wrong), 429 (a job runs; try again), 500 (the command could not be
started) or 503 (too many connections).
"""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .job import Job
from .notification import Notification, Seen, read_notification
from .token import Token

logger = logging.getLogger(__name__)

PATH = "/alerts"
HEALTH_PATH = "/healthz"


@dataclass(frozen=True)
class Limits:
    """Bounds of requests: bytes of a body, seconds until it is complete, and how many at once."""

    body_bytes: int = 256 * 1024
    request_seconds: float = 10.0
    connections: int = 64


class _Refused(Exception):
    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Trigger:
    """Decides what a notification leads to.

    Args:
        job: started when one of our alerts fires anew.
        names: the alerts that may start it.
        model: the value their label ``model`` must have.
        seen: the alerts that started it before.
    """

    def __init__(self, job: Job, names: Collection[str], model: str, seen: Seen) -> None:
        self._job = job
        self._names = frozenset(names)
        self._model = model
        self._seen = seen
        self._lock = threading.Lock()

    def receive(self, notification: Notification) -> tuple[HTTPStatus, str]:
        """Start the job if the notification asks for it; return the answer's status and text."""
        wanted = notification.firing(self._names, self._model)
        if not wanted:
            return HTTPStatus.OK, "ignored: no alert of this project that asks for retraining fires"
        with self._lock:
            new = self._seen.new(wanted)
            if not new:
                return HTTPStatus.OK, "dropped: these alerts were received before"
            try:
                started = self._job.start()
            except OSError as error:
                logger.error("retraining could not be started: %s", error.strerror)
                return HTTPStatus.INTERNAL_SERVER_ERROR, "the retraining could not be started"
            if not started:
                return HTTPStatus.TOO_MANY_REQUESTS, "a retraining runs; try again later"
            self._seen.remember(new)
        logger.info("%d new alert(s): retraining started", len(new))
        return HTTPStatus.ACCEPTED, "started"


class Receiver(ThreadingHTTPServer):
    """The HTTP server. It listens as soon as it is made; ``serve_forever`` answers.

    Args:
        address: host and port; port 0 takes a free one (see ``server_address``).
        token: what every notification must carry.
        trigger: decides about accepted notifications.
        limits: bounds of a request.

    Raises:
        OSError: the address cannot be used.
    """

    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], token: Token, trigger: Trigger, limits: Limits | None = None
    ) -> None:
        self.token = token
        self.trigger = trigger
        self.limits = limits or Limits()
        self._slots = threading.BoundedSemaphore(self.limits.connections)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, or with 503 at once when all are taken."""
        if self._slots.acquire(blocking=False):
            super().process_request(request, client_address)
            return
        request.settimeout(1.0)
        try:
            request.sendall(b"HTTP/1.0 503 Service Unavailable\r\nRetry-After: 10\r\n\r\n")
        except OSError:
            logger.debug("a refused client had gone")
        self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer one request, cut off from reading when its time is over."""
        # A timeout for each read would let one byte now and then hold the thread for ever.
        watchdog = threading.Timer(self.limits.request_seconds, _stop_reading, (request,))
        watchdog.daemon = True
        watchdog.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            watchdog.cancel()
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log a broken connection in one line, without what the client sent."""
        logger.warning("a request failed", exc_info=logger.isEnabledFor(logging.DEBUG))


def _stop_reading(request: socket.socket) -> None:
    try:
        request.shutdown(socket.SHUT_RD)
    except OSError:
        logger.debug("a client had gone before its time was over")


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    server_version = "listen"
    sys_version = ""

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(self.server.limits.request_seconds)

    def do_GET(self) -> None:
        if self.path == HEALTH_PATH:
            self._answer(HTTPStatus.OK, "ok")
        elif self.path == PATH:
            self._answer(HTTPStatus.METHOD_NOT_ALLOWED, "use POST")
        else:
            self._answer(HTTPStatus.NOT_FOUND, "not found")

    def do_POST(self) -> None:
        unread = 0
        try:
            notification = read_notification(self._body())
            status, text = self.server.trigger.receive(notification)
        except _Refused as refused:
            status, text = refused.status, str(refused)
            unread = self._declared()
        except ValueError as error:
            status, text = HTTPStatus.BAD_REQUEST, str(error)
        self._answer(status, text)
        # Closing with unread bytes would reset the connection and could lose the answer.
        while unread > 0 and (chunk := self.rfile.read1(min(unread, 65536))):
            unread -= len(chunk)

    def _body(self) -> bytes:
        if self.path != PATH:
            raise _Refused(HTTPStatus.NOT_FOUND, "not found")
        if not self.server.token.allows(self.headers.get("Authorization")):
            raise _Refused(HTTPStatus.UNAUTHORIZED, "a valid bearer token is needed")
        length = self._length()
        body = self.rfile.read(length)
        if len(body) < length:
            raise _Refused(HTTPStatus.REQUEST_TIMEOUT, "the body did not arrive in time")
        return body

    def _length(self) -> int:
        lengths = self.headers.get_all("Content-Length") or []
        if "Transfer-Encoding" in self.headers or not lengths:
            raise _Refused(HTTPStatus.LENGTH_REQUIRED, "one Content-Length is needed")
        if len(lengths) > 1 or not (lengths[0].isascii() and lengths[0].isdigit()):
            raise _Refused(HTTPStatus.BAD_REQUEST, "Content-Length must be one whole number")
        limit = self.server.limits.body_bytes
        if len(lengths[0]) > 12 or int(lengths[0]) > limit:
            reason = f"the body may have {limit} bytes"
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)
        return int(lengths[0])

    def _declared(self) -> int:
        length = self.headers.get("Content-Length", "")
        small = len(length) <= 12 and length.isascii() and length.isdigit()
        return min(int(length) if small else 0, 4 * self.server.limits.body_bytes)

    def _answer(self, status: HTTPStatus, text: str) -> None:
        data = json.dumps({"status": text}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if status == HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", "Bearer")
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            self.send_header("Retry-After", "60")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Log requests at debug level only: their text comes from outside."""
        logger.debug("%r", format % args)
