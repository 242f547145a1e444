"""Where the engine keeps state, who holds the lock of a stack, and which older states are there.

The engine's own commands tell none of this in a form that can be read, so the files are read in
which it keeps it: `.pulumi/locks`, `.pulumi/stacks`, `.pulumi/backups` and `.pulumi/history`, in a
folder or an S3 bucket. Nothing here writes.
"""

from __future__ import annotations

import gzip
import json
import os
import socket
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil
from pydantic import TypeAdapter, ValidationError

from stackwright.engine.stores import FolderStore, S3Store, Store, folder_of
from stackwright.errors import InputError, Problem, StackwrightError

if TYPE_CHECKING:
    from stackwright.engine.workspace import LayerFolder

ORGANIZATION = "organization"
"""The only organisation that folders and buckets know."""

_CLOCK_SET = 60.0
"""Seconds that a clock may have been set forward since a lock was taken: the system tells when a
process began by the clock of now."""

_BACKUPS = 50
"""Older states that are looked at, at most."""


class Kind(StrEnum):
    """What keeps the state."""

    FOLDER = "folder"
    S3 = "S3 bucket"
    CLOUD = "Pulumi Cloud"
    OTHER = "other store"
    """A store that the engine knows and we do not look into."""
    NONE = "nothing"
    """Nobody has said where to keep it."""


class Holder(StrEnum):
    """What is known of a process that holds a lock."""

    ALIVE = "alive"
    DEAD = "dead"
    ELSEWHERE = "on another machine"
    UNKNOWN = "not known"
    """The lock was cut short: nobody can tell who holds it."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock of a stack, as its holder wrote it; without host name when it cannot be read."""

    key: str
    pid: int
    username: str
    hostname: str
    timestamp: datetime

    @property
    def holder(self) -> Holder:
        """Whether the holder still works."""
        if not self.hostname:
            return Holder.UNKNOWN
        if self.hostname != socket.gethostname():
            return Holder.ELSEWHERE
        return Holder.ALIVE if _is_engine(self.pid, self.timestamp) else Holder.DEAD

    def __str__(self) -> str:
        if not self.hostname:
            return f"somebody who wrote {self.key}, which cannot be read"
        since = self.timestamp.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        return f"{self.username} on {self.hostname}, process {self.pid}, since {since}"


@dataclass(frozen=True, slots=True)
class Backup:
    """An older state that the engine kept."""

    key: str
    store: Store

    def read(self) -> bytes:
        """Return the document.

        Raises:
            StackwrightError: It cannot be read.
        """
        data = self.store.read(self.key)
        try:
            return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        except (OSError, EOFError, zlib.error):
            raise StackwrightError(f"{self.key} is no whole gzip file.") from None


@dataclass(frozen=True, slots=True)
class Backend:
    """What keeps the state of one layer."""

    kind: Kind
    url: str
    """For people: without user, password or options."""
    store: Store | None = None
    """Its files; None where we do not look into them."""

    def locks(self, project: str, stack: str) -> tuple[Lock, ...]:
        """Return who holds the lock of a stack; several only when two began at once.

        Raises:
            StackwrightError: The store is out of reach.
        """
        if self.store is None:
            return ()
        keys = self.store.keys(f".pulumi/locks/{ORGANIZATION}/{project}/{stack}/")
        return tuple(_lock(key, self.store.read(key)) for key in keys if key.endswith(".json"))

    def state_file(self, project: str, stack: str) -> Backup | None:
        """Return the file that holds the state now; None when there is none.

        Raises:
            StackwrightError: The store is out of reach.
        """
        if self.store is None:
            return None
        name = f"{stack}.json"
        keys = self.store.keys(f".pulumi/stacks/{project}/")
        found = [key for key in keys if key.rpartition("/")[2] in (name, f"{name}.gz")]
        return Backup(found[0], self.store) if found else None

    def has_history(self, project: str, stack: str) -> bool:
        """Tell whether a stack was deployed and not removed: the engine removes both together.

        Raises:
            StackwrightError: The store is out of reach.
        """
        if self.store is None:
            return False
        return bool(self.store.keys(f".pulumi/history/{project}/{stack}/"))

    def backups(self, project: str, stack: str) -> Iterator[Backup]:
        """Yield older states, the newest kinds first; they may be damaged too.

        Raises:
            StackwrightError: The store is out of reach.
        """
        if self.store is None:
            return
        beside = self.store.keys(f".pulumi/stacks/{project}/")
        names = (f"{stack}.json.bak", f"{stack}.json.gz.bak")
        yield from (Backup(key, self.store) for key in beside if key.rpartition("/")[2] in names)
        for kind in ("backups", "history"):
            keys = self.store.keys(f".pulumi/{kind}/{project}/{stack}/")
            states = [key for key in keys if ".history.json" not in key]
            newest = sorted(states, reverse=True)[:_BACKUPS]
            yield from (Backup(key, self.store) for key in newest)


def backend_of(folder: LayerFolder) -> Backend:
    """Return what keeps the state of a layer, found in the engine's own order.

    `PULUMI_BACKEND_URL` comes before `backend.url` of Pulumi.yaml, and that before `pulumi login`.
    """
    variables = folder.process_variables
    settings = folder.project.get("backend")
    configured = settings.get("url") if isinstance(settings, Mapping) else None
    url = variables.get("PULUMI_BACKEND_URL") or configured or _signed_in(variables)
    return backend_at(str(url), folder.folder) if url else Backend(Kind.NONE, "")


def backend_at(url: str, folder: Path) -> Backend:
    """Return what is at an address of a backend.

    Args:
        url: The address, as the engine takes it.
        folder: Folder that a relative path begins at: the one that the engine runs in.

    Raises:
        InputError: It is no address.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        raise InputError([Problem(f"{url!r} is no address that state can be kept at.")]) from None
    shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    if parts.scheme == "file":
        root = folder_of(url, folder)
        return Backend(Kind.FOLDER, f"file://{root}", FolderStore(root))
    if parts.scheme == "s3":
        return Backend(Kind.S3, shown, S3Store.of_url(url))
    return Backend(Kind.CLOUD if parts.scheme in ("http", "https") else Kind.OTHER, shown)


def _signed_in(variables: Mapping[str, str]) -> str:
    """Return the backend that `pulumi login` chose; empty when nobody signed in."""
    home = variables.get("PULUMI_HOME") or str(Path.home() / ".pulumi")
    folder = variables.get("PULUMI_CREDENTIALS_PATH") or home
    try:
        found = json.loads(Path(folder, "credentials.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(found.get("current") or "") if isinstance(found, dict) else ""


def _lock(key: str, content: bytes) -> Lock:
    try:
        read = _LOCKS.validate_json(content)
    except ValidationError:
        # A full disk or a kill cuts it short; the engine takes it for a lock all the same.
        return Lock(key, 0, "", "", datetime.now(UTC))
    return Lock(key, read.pid, read.username, read.hostname, read.timestamp)


@dataclass(frozen=True, slots=True)
class _Content:
    pid: int
    username: str
    hostname: str
    timestamp: datetime


_LOCKS = TypeAdapter(_Content)


def _began_after(process: psutil.Process, since: datetime) -> bool:
    return bool(process.create_time() > since.timestamp() + _CLOCK_SET)


def _is_engine(pid: int, since: datetime) -> bool:
    """Tell whether a process is an engine that already ran when a lock was taken."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or _began_after(process, since):
            return False
        names = [process.name(), *(os.path.basename(word) for word in process.cmdline()[:2])]  # noqa: PTH119
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
    return any(name.startswith("pulumi") for name in names)
