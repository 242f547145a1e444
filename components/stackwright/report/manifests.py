"""The Kubernetes objects of a plan as files for `kubectl apply` and `helm upgrade --install`.

Each tool has one file per layer, `<layer>/<instance>.yaml`, in order of registration. A Helm
release of the same tool cuts it: what is registered later may need the release's custom resource
definitions, and goes to `<instance>-after-<release>.yaml`. `install.sh` runs all in order.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from stackwright.errors import InputError, Problem
from stackwright.plan.graph import JsonValue, Plan, Resource, origins
from stackwright.report.bindings import SECRET_DATA, Substitution, known_values, kubernetes_kind
from stackwright.report.inventory import OWN
from stackwright.report.releases import RELEASE, Release, release_name
from stackwright.report.words import clean, reference
from stackwright.report.yaml_text import to_yaml

_GROUP = re.compile(r"kubernetes:(?P<version>[^:]+):(?P<kind>[^:]+)")
_PATH = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(slots=True)
class _File:
    """One file while it is being written."""

    command: str
    """Line of `install.sh` that uses it."""
    documents: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What is left out or unresolved, one line each."""

    def text(self) -> str:
        header = "".join(f"# {clean(note)}\n" for note in self.notes)
        return header + "".join(self.documents)


def manifests(plan: Plan, bindings: Mapping[str, JsonValue] | None = None) -> dict[str, str]:
    """Return relative path -> text of every file.

    Args:
        plan: What to write.
        bindings: Deployed values, see `bindings.known_values`. Without them symbols stand in
            texts, and other fields that are known after deployment are left out and listed in
            the first lines of the file.

    Raises:
        InputError: With bindings, when any field is still unknown or secret; all are listed.
    """
    writer = _Writer(known_values(plan, bindings))
    for layer, resource in plan.resources():
        writer.add(layer.name, resource)
    if bindings is not None and writer.unresolved:
        raise InputError(
            [Problem(f"{clean(line)}.", hint=_hint(plan, line)) for line in writer.unresolved]
        )
    return writer.finish()


def stream(plan: Plan, bindings: Mapping[str, JsonValue] | None = None) -> str:
    """Return all files as one YAML stream; what is no manifest stands in comments."""
    parts = []
    for path, text in manifests(plan, bindings).items():
        is_manifest = path.endswith(".yaml") and not path.endswith(".values.yaml")
        body = text if is_manifest else _commented(text)
        parts.append(f"# Source: {path}\n{body}")
    return "".join(parts)


def _hint(plan: Plan, line: str) -> str:
    """Name the stack output whose value is missing, where there is one."""
    for layer in plan.layers:
        for key, value in layer.outputs.items():
            made_from = list(origins(value))
            is_whole = value in ({"$unknown": made_from}, f"${{output:{''.join(made_from)}}}")
            if f"#{key})" in line or (is_whole and f"({', '.join(made_from)})" in line):
                return f"Give {clean(key)}, an output of {clean(layer.project)}, in the bindings."
    return "Give its value in the bindings."


class _Writer:
    def __init__(self, known: Mapping[str, JsonValue]) -> None:
        self.known = known
        self.unresolved: list[str] = []
        self._files: dict[str, _File] = {}
        self._segments: dict[str, str] = {}

    def add(self, layer: str, resource: Resource) -> None:
        """Write one resource, unless it is no Kubernetes object."""
        kind = kubernetes_kind(resource)
        if not kind:
            return
        stem = f"{_safe(layer)}/{_safe(resource.tool or OWN.instance)}"
        if resource.type == RELEASE:
            self._release(stem, resource)
        elif kind == "Secret" and _has_data(resource):
            self._note(stem, f"Secret {_object_name(resource)} is left out: {_maker(resource)}.")
        elif resource.type.endswith(("Patch", "List")):
            self._note(stem, f"{resource.type} {resource.name} is left out: it is no object.")
        else:
            self._object(stem, resource)

    def finish(self) -> dict[str, str]:
        """Return the files, and the script that uses them in order."""
        files = {path: file.text() for path, file in self._files.items()}
        if not files:
            return {}
        commands = [file.command for file in self._files.values() if _is_used(file)]
        script = ["#!/bin/sh", "set -eu", 'cd "$(dirname "$0")"', *commands]
        return {**files, "install.sh": "\n".join(script) + "\n"}

    def _object(self, stem: str, resource: Resource) -> None:
        file = self._file(stem)
        body = self._substitute(resource, file, resource.inputs)
        defaults = _identity(resource)
        file.documents.append("---\n" + to_yaml({**defaults, **body}))

    def _release(self, stem: str, resource: Resource) -> None:
        name = release_name(resource)
        path = self._values_path(stem.rpartition("/")[0], _safe(name))
        file = _File("")
        inputs = dict(resource.inputs)
        if inputs.pop("valueYamlFiles", None):
            file.notes.append("Values of the release's own values files are not in a plan.")
        release = Release(name, self._substitute(resource, file, inputs))
        file.command = release.command(path)
        file.documents.append(to_yaml(release.values))
        self._files[path] = file
        self._segments[stem] = f"{stem}-after-{_safe(name)}.yaml"

    def _values_path(self, folder: str, name: str) -> str:
        """Return a path that no other release has: one name may stand in several namespaces."""
        path, number = f"{folder}/{name}.values.yaml", 1
        while path in self._files:
            number += 1
            path = f"{folder}/{name}-{number}.values.yaml"
        return path

    def _substitute(
        self, resource: Resource, file: _File, inputs: Mapping[str, JsonValue]
    ) -> dict[str, JsonValue]:
        substitution = Substitution(self.known)
        place = f"{kubernetes_kind(resource)} {_object_name(resource)} "
        body: dict[str, JsonValue] = substitution.apply(inputs, place)
        file.notes.extend(f"Unresolved: {line}" for line in substitution.unresolved)
        self.unresolved.extend(substitution.unresolved)
        return body

    def _note(self, stem: str, note: str) -> None:
        self._file(stem).notes.append(note)

    def _file(self, stem: str) -> _File:
        path = self._segments.get(stem, f"{stem}.yaml")
        command = f"kubectl apply --server-side -f {shlex.quote(path)}"
        return self._files.setdefault(path, _File(command))


def _identity(resource: Resource) -> dict[str, str]:
    """Return `apiVersion` and `kind` from the type, for a resource that does not state them."""
    match = _GROUP.fullmatch(resource.type)
    if not match:
        return {}
    return {"apiVersion": match["version"].removeprefix("core/"), "kind": match["kind"]}


def _object_name(resource: Resource) -> str:
    metadata = resource.inputs.get("metadata")
    known = metadata if isinstance(metadata, Mapping) else resource.inputs
    name, namespace = known.get("name") or resource.name, known.get("namespace")
    return f"{namespace}/{name}" if isinstance(namespace, str) else str(name)


def _has_data(resource: Resource) -> bool:
    return any(resource.inputs.get(key) for key in SECRET_DATA)


def _maker(resource: Resource) -> str:
    made_from = sorted(set(origins([resource.inputs.get(key) for key in SECRET_DATA])))
    names = ", ".join(reference(origin) for origin in made_from)
    return f"made by the deployment from {names}" if names else "made by the deployment"


def _is_used(file: _File) -> bool:
    return bool(file.documents)


def _safe(name: str) -> str:
    """Return a name that is safe in a path: no separators, no leading dot."""
    return _PATH.sub("-", name).lstrip(".-") or "unnamed"


def _commented(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.splitlines())
