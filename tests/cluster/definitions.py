"""The CustomResourceDefinitions that the API server of a test needs, and no others.

They are data that is not in the repository; without them the tests skip, by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tests.cluster.client import Client, Object
from tests.components.crds import files
from tests.servers.process import eventually

_NAME = re.compile(r"^  name: *(\S+)$", re.M)

_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def install(client: Client, objects: Iterable[Object]) -> None:
    """Install what custom resources need, and wait until it is served; it stays.

    Raises:
        LookupError: Nothing defines a kind that is not of Kubernetes itself.
    """
    wanted = {(item["apiVersion"], item["kind"]) for item in objects}
    missing = {key for key in wanted if key[1] not in client.kinds(key[0])}
    for version, kind in sorted(missing):
        _apply(client, _file(version, kind))
    eventually(
        lambda: all(_is_served(client, *key) for key in missing),
        f"not everything is served of {sorted(missing)}",
    )


def _file(version: str, kind: str) -> Path:
    found = files().get((version.partition("/")[0], kind))
    if found is None:
        raise LookupError(f"nothing defines {version} {kind}")
    return found


def _apply(client: Client, file: Path) -> None:
    text = file.read_bytes()
    name = _NAME.search(text.decode())
    assert name, f"{file} has no name"
    answer = client.apply(text, f"{_DEFINITIONS}/{name[1]}")
    assert answer.succeeded, f"{file}: {answer.message}"


def _is_served(client: Client, version: str, kind: str) -> bool:
    """Return whether objects can be made: discovery and the endpoint come one after the other."""
    found = client.kinds(version).get(kind)
    return found is not None and client.request("GET", f"/apis/{version}/{found.plural}").succeeded
