"""What the stub engine's providers have made: a journal, one JSON line at each call."""

from __future__ import annotations

import json
import os
from pathlib import Path


class NameTaken(Exception):
    """Something of that name is there already, as most clouds say."""


class Cloud:
    """The journal of creates and deletes; every line is in the file when the call returns."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def create(self, urn: str, identity: str = "") -> str:
        """Make something, and return its id.

        Args:
            urn: What.
            identity: Id that follows from what was asked for; made up if empty.

        Raises:
            NameTaken: It is there, made before and not deleted.
        """
        if self.alive().get(urn):
            raise NameTaken(urn.rpartition("::")[2])
        return self._created(urn, identity)

    def replace(self, urn: str, identity: str = "") -> str:
        """Make the new one beside the old one, under another name.

        Raises:
            NameTaken: That one is there already.
        """
        if identity in self.alive().get(urn, ()):
            raise NameTaken(urn.rpartition("::")[2])
        return self._created(urn, identity)

    def delete(self, urn: str, identity: str) -> None:
        """Delete something; it may be gone."""
        self._write("delete", urn, identity)

    def creates(self) -> dict[str, int]:
        """Return how often each URN was made, in all runs."""
        found: dict[str, int] = {}
        for entry in self._entries():
            if entry["call"] == "create":
                found[entry["urn"]] = found.get(entry["urn"], 0) + 1
        return found

    def alive(self) -> dict[str, list[str]]:
        """Return the ids of what was made and not deleted, by URN."""
        found: dict[str, list[str]] = {}
        for entry in self._entries():
            ids = found.setdefault(entry["urn"], [])
            if entry["call"] == "create":
                ids.append(entry["id"])
            elif entry["id"] in ids:
                ids.remove(entry["id"])
        return {urn: ids for urn, ids in found.items() if ids}

    def _created(self, urn: str, identity: str) -> str:
        # Resources name their provider with its id before it is made, in a preview too.
        unique = "id" if "pulumi:providers:" in urn else os.urandom(4).hex()
        identity = identity or f"{urn.rpartition('::')[2]}-{unique}"
        self._write("create", urn, identity)
        return identity

    def _write(self, call: str, urn: str, identity: str) -> None:
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"call": call, "urn": urn, "id": identity}) + "\n")

    def _entries(self) -> list[dict[str, str]]:
        if not self._path.is_file():
            return []
        return [json.loads(line) for line in self._path.read_text(encoding="utf-8").splitlines()]
