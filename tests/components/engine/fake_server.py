"""A fake server on loopback, for the faults that no real server can be made to have."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """What the server answers."""

    status: int = 200
    body: Any = b""
    """Bytes as they are; anything else as JSON."""
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: bool = False
    """True answers nothing until the server ends."""
    ahead: float = 0
    """Seconds that the server's clock is ahead."""

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Question:
    """What the server was asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class FakeServer:
    """A running fake server."""

    url: str
    questions: list[Question] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [question.path for question in self.questions]


Answering = Callable[[Question], Reply]


def refusal(status: int, message: str = "") -> Reply:
    """Return what an API server answers when it refuses."""
    return Reply(status, {"kind": "Status", "code": status, "message": message})


def by_path(replies: Mapping[str, Any]) -> Answering:
    """Answer by path without the query: a `Reply`, JSON, or a list of them, the last for ever."""
    left = {
        path: list(reply) if isinstance(reply, list) else [reply] for path, reply in replies.items()
    }

    def answer(question: Question) -> Reply:
        waiting = left.get(question.path.partition("?")[0])
        if waiting is None:
            return refusal(404, "not found")
        reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return reply if isinstance(reply, Reply) else Reply(body=reply)

    return answer


@contextmanager
def fake_server(answering: Answering) -> Iterator[FakeServer]:
    """Run a server on a free port of loopback until the block ends."""
    over = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    found = FakeServer(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = _handler(found, answering, over)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield found
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(
    found: FakeServer, answering: Answering, over: threading.Event
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            question = Question(
                self.command, self.path, {k.title(): v for k, v in self.headers.items()}, body
            )
            found.questions.append(question)
            reply = answering(question)
            if reply.hang:
                over.wait(30)
                self.close_connection = True
                return
            self.send_response_only(reply.status)
            date = datetime.now(UTC) + timedelta(seconds=reply.ahead)
            headers = {"Date": format_datetime(date, usegmt=True), **reply.headers}
            for name, value in {**headers, "Content-Length": str(len(reply.content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.content)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
