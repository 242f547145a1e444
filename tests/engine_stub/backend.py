"""The stub engine's file backend: the folders and documents of the real one."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

Document: TypeAlias = dict[str, Any]


class EngineError(Exception):
    """A command fails; the text goes to standard error, as the real engine words it."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class Project:
    """A folder with a Pulumi.yaml."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            text = (folder / "Pulumi.yaml").read_text(encoding="utf-8")
        except OSError:
            raise EngineError("no Pulumi.yaml project file found", 255) from None
        # No YAML reader: the stub starts with the standard library alone.
        self.name = _field(text, r"^name:\s*(\S+)")
        written = _field(text, r"^backend:\s*\n(?:\s+.*\n)*?\s+url:\s*(\S+)")
        url = os.environ.get("PULUMI_BACKEND_URL") or written
        if not url.startswith("file:"):
            raise EngineError("the stub engine keeps state in folders alone, not in " + repr(url))
        self.url = url
        # `file://./state` is relative, as the real engine has it.
        self.backend = (folder / unquote(urlsplit(url).netloc + urlsplit(url).path)).resolve()

    def settings(self, stack: str) -> Path:
        """Return the settings file of a stack."""
        return self.folder / f"Pulumi.{stack}.yaml"

    def check_passphrase(self, stack: str) -> None:
        """Refuse a passphrase that is missing or wrong."""
        path = self.settings(stack)
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        salt = _field(text, r"^encryptionsalt:\s*(\S+)")
        where = "getting stack configuration: get stack secrets manager: "
        if salt and _sealed(salt.split(":")[1], passphrase(where)) != salt:
            raise EngineError(where + "incorrect passphrase")

    def new_settings(self, stack: str, provider: str) -> None:
        """Write the settings file of a new stack."""
        path = self.settings(stack)
        if provider not in ("", "passphrase", "default"):
            path.write_text(f"secretsprovider: {provider}\n", encoding="utf-8")
        elif not path.is_file():
            salt = base64.b64encode(os.urandom(8)).decode("ascii")
            line = f"encryptionsalt: {_sealed(salt, passphrase('could not create stack: '))}\n"
            path.write_text(line, encoding="utf-8")


def passphrase(where: str) -> str:
    """Return the passphrase that the environment gives."""
    if "PULUMI_CONFIG_PASSPHRASE" in os.environ:
        return os.environ["PULUMI_CONFIG_PASSPHRASE"]
    file = os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE")
    if file:
        return Path(file).read_text(encoding="utf-8").strip()
    raise EngineError(
        f"{where}passphrase must be set with PULUMI_CONFIG_PASSPHRASE or "
        "PULUMI_CONFIG_PASSPHRASE_FILE environment variables"
    )


class Stack:
    """One stack in the backend."""

    def __init__(self, project: Project, name: str, version: str) -> None:
        self.project = project
        self.name = name.rpartition("/")[2]
        self._version = version
        root = project.backend / ".pulumi"
        self.path = root / "stacks" / project.name / f"{self.name}.json"
        self._locks = root / "locks" / "organization" / project.name / self.name
        self._history = root / "history" / project.name / self.name
        self._backups = root / "backups" / project.name / self.name

    @property
    def full_name(self) -> str:
        """The name with its organisation and project."""
        return f"organization/{self.project.name}/{self.name}"

    def require(self) -> None:
        """Refuse a stack that does not exist."""
        if not self.path.is_file():
            raise EngineError(f"no stack named '{self.name}' found", 6)

    def load(self) -> Document:
        """Return the deployment; an empty one for a stack that was only made."""
        self.require()
        text = self.path.read_text(encoding="utf-8")
        try:
            document = json.loads(text)
        except ValueError:
            where = "place 1: " if '"version"' not in text[:30] or len(text) > 30 else ""
            message = f"failed to load checkpoint: {where}unexpected end of JSON input"
            raise EngineError(message) from None
        version = document.get("version")
        if version not in (1, 2, 3, 4):
            message = f"failed to load checkpoint: unsupported checkpoint version {version}"
            raise EngineError(message)
        if "checkpoint" not in document:
            raise EngineError("failed to load checkpoint: unexpected end of JSON input")
        latest: Document = document["checkpoint"].get("latest") or {}
        return latest

    def save(self, deployment: Document, *, full: bool = False) -> None:
        """Write the deployment: a copy of the old beside it, then the new in its place."""
        deployment["manifest"] = self.manifest()
        checkpoint = {"stack": self.full_name, "latest": deployment}
        data = json.dumps({"version": 3, "checkpoint": checkpoint}, separators=(",", ":"))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.is_file():
            shutil.copyfile(self.path, self.path.with_suffix(".json.bak"))
        if full:
            raise EngineError(f"write {self.path}: no space left on device")
        new = self.path.with_suffix(f".{os.getpid()}")
        new.write_text(data, encoding="utf-8")
        new.replace(self.path)

    def manifest(self) -> Document:
        """Return when and by whom the state is written."""
        magic = hashlib.sha256(self._version.encode("ascii")).hexdigest()
        return {"time": now(), "magic": magic, "version": self._version}

    def checked(self) -> Document:
        """Return the deployment, after the engine's check that it hangs together."""
        deployment = self.load()
        known: set[str] = set()
        living: set[str] = set()
        for resource in deployment.get("resources") or []:
            parent, urn = resource.get("parent", ""), resource["urn"]
            if parent and parent not in known:
                _broken(f"child resource {urn} refers to missing parent {parent}")
            if urn in living and not resource.get("delete"):
                _broken(f"duplicate resource {urn} (not marked for deletion)")
            known.add(urn)
            if not resource.get("delete"):
                living.add(urn)
        return deployment

    def remember(self, kind: str, result: str, counts: Mapping[str, int], began: float) -> None:
        """Write what was done into the history, and a backup."""
        stamp = time.time_ns()
        entry = {"kind": kind, "startTime": int(began), "message": "", "environment": {}}
        entry |= {"config": {}, "version": 0, "result": result, "endTime": int(time.time())}
        entry["resourceChanges"] = dict(counts)
        for folder, name in (
            (self._history, f"{self.name}-{stamp}.checkpoint.json"),
            (self._backups, f"{self.name}.{stamp}.json"),
        ):
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.path, folder / name)
        path = self._history / f"{self.name}-{stamp}.history.json"
        path.write_text(json.dumps(entry), encoding="utf-8")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock; it stays behind when the process is killed."""
        self._refuse_lock(None)
        self._locks.mkdir(parents=True, exist_ok=True)
        path = self._locks / f"{os.urandom(16).hex()}.json"
        user = os.environ.get("USER") or "root"
        content = {"pid": os.getpid(), "username": user, "hostname": socket.gethostname()}
        path.write_text(json.dumps({**content, "timestamp": now()}), encoding="utf-8")
        try:
            self._refuse_lock(path)
            yield
        finally:
            path.unlink(missing_ok=True)

    def unlock(self) -> None:
        """Remove every lock, as `pulumi cancel` does."""
        for path in self._locks.glob("*.json"):
            path.unlink(missing_ok=True)

    def _refuse_lock(self, own: Path | None) -> None:
        others = [path for path in self._locks.glob("*.json") if path != own]
        if not others:
            return
        said = (
            f"the stack is currently locked by {len(others)} lock(s). Either wait for the other "
            "process(es) to end or delete the lock file with `pulumi cancel`."
        )
        for path in others:
            try:
                holder = json.loads(path.read_text(encoding="utf-8"))
            except ValueError:
                raise EngineError("unexpected end of JSON input") from None
            said += (
                f"\n  file://{path}: created by {holder['username']}@{holder['hostname']} "
                f"(pid {holder['pid']}) at {holder['timestamp'][:19]}Z"
            )
        raise EngineError(said)


def now() -> str:
    """Return the time as the engine writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")


def _broken(reason: str) -> None:
    raise EngineError(
        "The Pulumi CLI encountered a snapshot integrity error. This is a bug!\n\n"
        "You can try to repair your snapshot as follows:\n\n"
        "* Using the `pulumi state repair` command. This is the recommended approach.\n"
        f"Error:             snapshot integrity failure; refusing to use it: {reason}"
    )


def _field(text: str, pattern: str) -> str:
    found = re.search(pattern, text, re.M)
    return found[1].strip("\"'") if found else ""


def _sealed(salt: str, phrase: str) -> str:
    digest = hashlib.sha256(f"{salt}{phrase}".encode()).digest()
    first, second = (base64.b64encode(part).decode("ascii") for part in (digest[:12], digest[12:]))
    return f"v1:{salt}:v1:{first}:{second}"
