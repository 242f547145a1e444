"""A Helm repository on loopback whose charts are small ones of ours, under any name and version.

Each chart has one ConfigMap with the values that it was given, and one hook.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import yaml

_VALUES = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-values
data:
  values: {{ toJson .Values | quote }}
"""

HOOK = "-hook"
"""How the name of the object ends that a chart's hook makes; before it stands the release's."""

_HOOK = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-hook
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation
data:
  revision: {{ .Release.Revision | quote }}
"""


@dataclass(frozen=True, slots=True, order=True)
class Chart:
    """A chart by name and version."""

    name: str
    version: str

    @property
    def file_name(self) -> str:
        """Name of the archive in the repository."""
        return f"{self.name}-{self.version}.tgz"

    def metadata(self) -> dict[str, str]:
        """Return what `Chart.yaml` says."""
        return {"apiVersion": "v2", "name": self.name, "version": self.version}

    def archive(self) -> bytes:
        """Return the packaged chart; the same bytes at each call."""
        files = {
            "Chart.yaml": yaml.safe_dump(self.metadata()),
            "templates/values.yaml": _VALUES,
            "templates/hook.yaml": _HOOK,
        }
        raw = io.BytesIO()
        with tarfile.open(fileobj=raw, mode="w") as archive:
            for path, text in files.items():
                entry = tarfile.TarInfo(f"{self.name}/{path}")
                entry.size = len(text.encode())
                archive.addfile(entry, io.BytesIO(text.encode()))
        return gzip.compress(raw.getvalue(), mtime=0)


class ChartRepository:
    """What the server serves; charts may be added while it runs."""

    def __init__(self) -> None:
        self.url = ""
        self._charts: set[Chart] = set()
        self.asked: list[str] = []
        """Paths that were asked for."""

    def add(self, charts: Iterable[Chart]) -> None:
        """Serve these charts too."""
        self._charts.update(charts)

    def file(self, path: str) -> bytes | None:
        """Return what is at a path; None when nothing is there."""
        self.asked.append(path)
        if path == "/index.yaml":
            return self._index().encode()
        return next((c.archive() for c in self._charts if path == f"/{c.file_name}"), None)

    def _index(self) -> str:
        entries: dict[str, list[Mapping[str, object]]] = {}
        for chart in sorted(self._charts):
            entry = {
                **chart.metadata(),
                "urls": [f"{self.url}/{chart.file_name}"],
                "digest": hashlib.sha256(chart.archive()).hexdigest(),
            }
            entries.setdefault(chart.name, []).append(entry)
        return yaml.safe_dump({"apiVersion": "v1", "entries": entries})


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, repository: ChartRepository, *args: object) -> None:
        self._repository = repository
        super().__init__(*args)  # type: ignore[arg-type]  # the server gives its own three

    def do_GET(self) -> None:
        """Answer with the file."""
        content = self._repository.file(self.path)
        self.send_response(HTTPStatus.NOT_FOUND if content is None else HTTPStatus.OK)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_: object) -> None:
        """Write no log: what was asked for is in the repository."""


@contextmanager
def chart_repository() -> Iterator[ChartRepository]:
    """Serve a repository, empty at first, until the block ends."""
    repository = ChartRepository()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, repository))
    repository.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield repository
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
