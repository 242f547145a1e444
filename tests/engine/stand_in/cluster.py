"""What a Kubernetes API server and its provider would add to an object, as far as programs see.

It accepts everything: no schema, no admission, no controller. The real provider and a control
plane say more, see docs/plan-and-engine.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi.runtime.rpc import UNKNOWN, _special_sig_key

AUTONAMED = "pulumi.com/autonamed"
"""Annotation of the real provider on an object whose name the program did not give."""

RELEASE = "kubernetes:helm.sh/v3:Release"


def named(type_: str, name: str, given: Mapping[str, Any], unique: str) -> dict[str, Any]:
    """Return the inputs of an object with a name: the given one, else one that is made.

    Args:
        type_: Pulumi type token.
        name: Name of the resource in the program.
        given: The inputs.
        unique: Text that the made name ends with.
    """
    metadata = given.get("metadata", {})
    if type_ == RELEASE:
        return {"name": f"{name}-{unique}", **given}
    if not isinstance(metadata, Mapping) or _special_sig_key in metadata:
        return dict(given)
    if metadata.get("name") or metadata.get("generateName"):
        return dict(given)
    annotations = {**(metadata.get("annotations") or {}), AUTONAMED: "true"}
    made = {**metadata, "name": f"{name}-{unique}", "annotations": annotations}
    return {**given, "metadata": made}


def outputs(type_: str, given: Mapping[str, Any], identity: str, preview: bool) -> dict[str, Any]:
    """Return the outputs of an object that was accepted: its inputs, with what is assigned."""
    if type_ == RELEASE:
        status = {"namespace": "default", "version": "", **_present(given, "namespace", "version")}
        status |= {"name": given["name"], "status": "deployed", "revision": 1}
        return {**given, "status": status, "resourceNames": {}}
    metadata = given.get("metadata", {})
    if isinstance(metadata, Mapping) and _special_sig_key not in metadata:
        metadata = {"namespace": "default", "uid": UNKNOWN if preview else identity, **metadata}
    return {"status": {}, **given, "metadata": metadata}


def object_id(made: Mapping[str, Any]) -> str:
    """Return the id that the real provider gives: the namespace, where there is one, and name."""
    named = made["status"] if "chart" in made else made["metadata"]
    return "/".join(part for part in (named.get("namespace"), named.get("name")) if part)


def _present(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}
