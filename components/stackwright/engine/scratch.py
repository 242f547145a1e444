"""A copy of a layer's state in a temporary folder, on which the engine may try things.

Nothing that is done there changes the state of the layer. The engine reads real resources there,
and never changes one: it is only told to refresh and to repair.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stackwright.engine.backend import ORGANIZATION
from stackwright.engine.state import parse_state
from stackwright.engine.workspace import PROJECT_FILE, LayerFolder

HONEST = {"PULUMI_K8S_DELETE_UNREACHABLE": "false"}
"""With "true" the Kubernetes provider calls gone what is in a cluster that does not answer."""


def as_export(document: bytes) -> dict[str, Any]:
    """Return a state in the form that the engine exports and imports.

    Raises:
        StateDamaged: It is no state.
        StateTooNew: A newer engine wrote it.
    """
    parse_state(document)
    found: dict[str, Any] = json.loads(document)
    checkpoint = found.pop("checkpoint", None)
    if checkpoint is not None:
        found["deployment"] = checkpoint["latest"]
    found["deployment"] = found["deployment"] or {}
    return found


@dataclass(frozen=True, slots=True)
class Scratch:
    """The copy."""

    layer: LayerFolder
    folder: Path

    @property
    def _file(self) -> Path:
        stacks = self.folder / "state" / ".pulumi" / "stacks"
        return stacks / str(self.layer.project["name"]) / f"{self.layer.environment}.json"

    def document(self) -> bytes:
        """Return the state as it is now."""
        return self._file.read_bytes()

    def run(self, *arguments: str) -> None:
        """Run the engine on the copy.

        Raises:
            CommandError: It failed.
            EngineStopped: It was interrupted or took too long.
        """
        variables = {
            **self.layer.variables,
            **HONEST,
            "PULUMI_BACKEND_URL": f"file://{self.folder}/state",
        }
        command = [*arguments, "--stack", self.layer.environment]
        self.layer.command.run(command, str(self.folder), variables)

    def write(self, export: Mapping[str, Any]) -> None:
        """Put a state in place."""
        version = {key: export[key] for key in ("version", "features") if key in export}
        stack = f"{ORGANIZATION}/{self.layer.project['name']}/{self.layer.environment}"
        checkpoint = {"stack": stack, "latest": export["deployment"]}
        self._file.parent.mkdir(parents=True)
        self._file.write_text(json.dumps({**version, "checkpoint": checkpoint}), encoding="utf-8")


@contextmanager
def scratch(layer: LayerFolder, export: Mapping[str, Any]) -> Iterator[Scratch]:
    """Make a copy of a state, and remove it in the end.

    Args:
        layer: The layer that it is of.
        export: The state, in the form that the engine exports.
    """
    with tempfile.TemporaryDirectory(prefix="stackwright-") as name:
        folder = Path(name)
        project = {key: value for key, value in layer.project.items() if key != "backend"}
        (folder / PROJECT_FILE).write_text(yaml.safe_dump(project), encoding="utf-8")
        if layer.settings_file.is_file():
            settings = folder / layer.settings_file.name
            settings.write_bytes(layer.settings_file.read_bytes())
        copy = Scratch(layer, folder)
        copy.write(export)
        (folder / "state" / ".pulumi" / "meta.yaml").write_text("version: 1\n", encoding="utf-8")
        yield copy


def resources_of(export: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    """Return the resources of an exported state, as they are written."""
    return export["deployment"].get("resources") or []
