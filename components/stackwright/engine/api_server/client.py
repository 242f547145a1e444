"""Reads objects of one API server, and turns every way to fail into words.

Nothing is ever written there: only GET is sent.
"""

from __future__ import annotations

import json
import os
import ssl
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from stackwright.engine.api_server import credentials
from stackwright.engine.api_server.explain import explained, refused
from stackwright.engine.api_server.faults import ApiFault, Fault
from stackwright.engine.api_server.kubeconfig import Connection, Material

if TYPE_CHECKING:
    from datetime import datetime

    import urllib3

CONNECT_WITHIN = 5.0
"""Seconds that a connection may take."""

READ_WITHIN = 15.0
"""Seconds between two pieces of an answer."""

TRIES = 5
"""How often a question is asked at most."""

LARGEST = 64 * 1024 * 1024
"""Bytes of an answer that are read at most."""

_PATIENCE = 10
"""Seconds that a server may ask to wait before the next try."""

_AGAIN = (429, 500, 502, 503, 504)
"""Answers after which a question is asked again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    body: bytes
    date: datetime | None
    """The server's clock; None when it does not tell."""


class ApiServer:
    """One API server, asked as one user. Safe to use from several threads."""

    def __init__(self, connection: Connection, *, tries: int = TRIES) -> None:
        self._connection = connection
        self._tries = tries
        self._lock = threading.Lock()
        self._credential: credentials.Credential | None = None

    @property
    def server(self) -> str:
        """URL of the server."""
        return self._connection.server

    def read(self, path: str) -> Mapping[str, Any]:
        """Return the object at a path.

        Args:
            path: From the root of the server, such as `/api/v1/namespaces/kube-system`.

        Raises:
            ApiFault: It could not be read.
        """
        answer = self.ask(path)
        if answer.status != 200:
            raise refused(answer.status, answer.body, path, self.server)
        return document(answer, self.server)

    def find(self, path: str) -> Mapping[str, Any] | None:
        """Return the object at a path; None when there is none.

        Raises:
            ApiFault: It could not be read.
        """
        try:
            return self.read(path)
        except ApiFault as fault:
            if fault.fault is Fault.NOT_FOUND:
                return None
            raise

    def items(self, path: str) -> list[Mapping[str, Any]]:
        """Return the objects of a list.

        Raises:
            ApiFault: It could not be read.
        """
        found = self.read(path).get("items")
        return [item for item in found or [] if isinstance(item, Mapping)]

    def ask(self, path: str, *, once: bool = False) -> Answer:
        """Send GET and return whatever is answered.

        Args:
            path: From the root of the server.
            once: True asks no second time, whatever is answered.

        Raises:
            ApiFault: Nothing was answered.
        """
        answer = self._get(path, once)
        if answer.status == 401 and self._is_short_lived:
            self._credential = None
            answer = self._get(path, once)
        return answer

    @property
    def _is_short_lived(self) -> bool:
        return bool(self._connection.program or self._connection.token_source)

    def _get(self, path: str, once: bool) -> Answer:
        import urllib3

        headers = self._headers()
        options: dict[str, Any] = {"retries": False} if once else {}
        try:
            response = self._pool.request(
                "GET", self.server + path, headers=headers, preload_content=False, **options
            )
            body = response.read(LARGEST + 1, decode_content=True)
            response.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise explained(error, self.server) from error
        if len(body) > LARGEST:
            raise ApiFault(
                Fault.NO_KUBERNETES, f"{self.server} answered more than {LARGEST} bytes."
            )
        return Answer(response.status, body, _date(response.headers.get("Date", "")))

    def _given(self) -> credentials.Credential:
        """Return the short-lived credential; nothing where there is none."""
        with self._lock:
            if self._credential is None:
                self._credential = self._renewed()
            return self._credential

    def _renewed(self) -> credentials.Credential:
        connection = self._connection
        if connection.token_source is not None:
            return credentials.Credential(connection.token_source())
        if connection.program is not None:
            return credentials.ask(connection.program, self.server)
        return credentials.Credential()

    def _headers(self) -> dict[str, str]:
        import urllib3

        connection = self._connection
        headers = {"Accept": "application/json", "User-Agent": "stackwright"}
        token = connection.token.read().decode(errors="replace").strip() or self._given().token
        if token:
            return headers | {"Authorization": f"Bearer {token}"}
        if connection.user:
            login = f"{connection.user}:{connection.password}"
            return headers | urllib3.make_headers(basic_auth=login)
        return headers

    @cached_property
    def _pool(self) -> urllib3.PoolManager:
        import urllib3

        options: dict[str, Any] = {
            "retries": urllib3.Retry(
                total=self._tries - 1,
                redirect=0,
                backoff_factor=0.1,
                status_forcelist=_AGAIN,
                raise_on_status=False,
                raise_on_redirect=False,
                retry_after_max=_PATIENCE,
            ),
            "timeout": urllib3.Timeout(connect=CONNECT_WITHIN, read=READ_WITHIN),
            "maxsize": 8,
            "block": True,
        }
        if self.server.startswith("https:"):
            options["ssl_context"] = self._tls()
        if self._connection.server_name:
            options["server_hostname"] = self._connection.server_name
        proxy = self._connection.proxy or _environment_proxy(self.server)
        return urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)

    def _tls(self) -> ssl.SSLContext:
        import urllib3

        connection = self._connection
        context = ssl.create_default_context(cadata=_authority(connection.authority))
        if connection.insecure:
            # It is the user's own choice, and said in their kubeconfig.
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        certificate = connection.certificate or self._given().certificate
        key = connection.key or self._given().key
        if certificate:
            _load(context, certificate, key)
        return context

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if "_pool" in self.__dict__:
            self._pool.clear()


def _authority(material: Material) -> str | None:
    return material.read().decode("ascii", errors="replace") or None if material else None


def _load(context: ssl.SSLContext, certificate: Material, key: Material) -> None:
    """Give the caller's certificate; the library takes files only, which are gone at once."""
    with tempfile.TemporaryDirectory() as folder:
        chain = Path(folder, "pair.pem")
        descriptor = os.open(chain, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(certificate.read() + b"\n" + key.read())
        try:
            context.load_cert_chain(chain)
        except (ssl.SSLError, OSError) as error:
            raise ApiFault(
                Fault.KUBECONFIG, "the client certificate and key of the kubeconfig are no pair."
            ) from error


def _environment_proxy(server: str) -> str:
    parts = urlsplit(server)
    if not parts.hostname or proxy_bypass(parts.hostname):
        return ""
    return getproxies().get(parts.scheme, "")


def document(answer: Answer, server: str) -> Mapping[str, Any]:
    """Return the object that a server answered with.

    Raises:
        ApiFault: It is no object of JSON.
    """
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise ApiFault(
            Fault.NO_KUBERNETES,
            f"what answers at {server} is no Kubernetes API server: it sent no JSON; a proxy or a"
            " login page may stand before it.",
        ) from error
    if not isinstance(found, Mapping):
        raise ApiFault(
            Fault.NO_KUBERNETES, f"what answers at {server} is no Kubernetes API server."
        )
    return found


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
