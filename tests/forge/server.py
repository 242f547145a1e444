"""A fake forge on loopback, over real HTTP, whose answers can be made to go wrong."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tests.forge import github, gitlab
from tests.forge.state import Pull, State, User
from tests.forge.wire import Reply, Request, Trouble, parse_query

Answering = Callable[[State, Request], Reply]

PREFIXES = {"github": "", "gitlab": "/api/v4"}
ANSWERING: dict[str, Answering] = {"github": github.answer, "gitlab": gitlab.answer}

TOKEN = "canary-" + "7f3e9a" * 6
"""Of the one who comments; no output may hold it."""


class FakeForge:
    """One repository with one pull request, number 7, and one token that may write there."""

    def __init__(self, kind: str, port: int) -> None:
        self.kind = kind
        self.url = f"http://127.0.0.1:{port}{PREFIXES[kind]}"
        self.me = User("stackwright", 99, is_app=kind == "github")
        self.stranger = User("mallory", 66)
        self.state = State(users={TOKEN: self.me}, pulls={7: Pull(7)})
        self.requests: list[Request] = []
        self.troubles: list[Trouble] = []
        self._lock = threading.Lock()

    @property
    def pull(self) -> Pull:
        return self.state.pulls[7]

    def go_wrong(self, method: str, pattern: str, **options: Any) -> Trouble:
        """Make requests to one place go wrong; for the options see `Trouble`."""
        trouble = Trouble(method, pattern, **options)
        self.troubles.append(trouble)
        return trouble

    def bodies(self) -> list[str]:
        """Return our own comments on the pull request."""
        return self.state.bodies(7, self.me)

    def count(self, *methods: str) -> int:
        """Return how many requests with these methods came; GraphQL, which only reads, apart."""
        found = (one for one in self.requests if one.path != "/graphql")
        return sum(one.method in methods for one in found)

    def trouble(self, request: Request) -> Trouble | None:
        """Note a request, and return what goes wrong with it."""
        with self._lock:
            self.requests.append(request)
            found = next((one for one in self.troubles if one.meets(request)), None)
            if found is not None and found.times:
                found.times -= 1
                if not found.times:
                    self.troubles.remove(found)
            return found

    def answer(self, request: Request) -> Reply:
        return ANSWERING[self.kind](self.state, request)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, kind: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.forge = FakeForge(kind, self.server_address[1])

    def secure(self, certificate: Path) -> None:
        """Speak https with this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.forge.url = self.forge.url.replace("http:", "https:")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is none of our business."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server
    timeout = 20

    def do(self) -> None:
        forge = self.server.forge
        path, _, query = self.path.partition("?")
        prefix = PREFIXES[forge.kind]
        request = Request(
            self.command,
            path.removeprefix(prefix),
            parse_query(query),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(int(self.headers.get("Content-Length") or 0)),
            forge.url,
            parse_qs(query),
        )
        trouble = forge.trouble(request)
        if trouble is None:
            self._send(forge.answer(request))
            return
        time.sleep(trouble.seconds)
        trouble.reached.set()
        if trouble.until is not None:
            trouble.until.wait(60)
        reply = trouble.reply or forge.answer(request)
        if trouble.loses_answer:
            self._hang_up()
        else:
            self._send(reply, half=trouble.cuts_answer, drips=trouble.drips)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do  # noqa: N815

    def _send(self, reply: Reply, *, half: bool = False, drips: float = 0.0) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        body = reply.body[: len(reply.body) // 2] if half else reply.body
        size = 1 if drips else len(body) or 1
        for start in range(0, len(body), size):
            time.sleep(drips)
            self.wfile.write(body[start : start + size])
        if half:
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: the tests look at `requests`."""


@contextmanager
def fake_forge(kind: str, certificate: Path | None = None) -> Iterator[FakeForge]:
    """Run a fake forge.

    Args:
        kind: `github` or `gitlab`.
        certificate: File of a certificate and its key, to be spoken to by https; None for http.
    """
    server = Server(kind)
    if certificate is not None:
        server.secure(certificate)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.forge
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
