"""What an operator would answer, for custom resources that a deployment waits for."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.cluster.client import Client, Object

WAIT_FOR = "pulumi.com/waitFor"
"""Annotation of the Kubernetes provider: the resource is created when this holds."""

_STATUS = re.compile(r"jsonpath=\{\.status\.(?P<field>\w+)\}=(?P<value>\w+)")

_EVERY = 0.2
"""Seconds between two looks at the API server."""


@dataclass(frozen=True, slots=True)
class Expected:
    """An object, and the status that is waited for."""

    object: Object
    status: Mapping[str, Any]


def expected(objects: Iterable[Object]) -> list[Expected]:
    """Return the objects that are waited for, by their annotation."""
    found: list[Expected] = []
    for item in objects:
        annotations = item.get("metadata", {}).get("annotations") or {}
        if WAIT_FOR in annotations:
            match = _STATUS.fullmatch(annotations[WAIT_FOR])
            assert match, f"{annotations[WAIT_FOR]} is no condition on one field of a status"
            found.append(Expected(item, {match["field"]: json.loads(match["value"])}))
    return found


@contextmanager
def operators(client: Client, objects: Iterable[Object]) -> Iterator[None]:
    """Answer for every operator until the block ends."""
    waiting, end = expected(objects), threading.Event()
    thread = threading.Thread(target=_operate, args=(client, waiting, end))
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def _operate(client: Client, waiting: list[Expected], end: threading.Event) -> None:
    while waiting and not end.wait(_EVERY):
        waiting = [item for item in waiting if not _answer(client, item)]


def _answer(client: Client, item: Expected) -> bool:
    """Set the status; return whether the object was there."""
    path = f"{client.path(item.object)}/status"
    body = json.dumps({"status": item.status}).encode()
    return client.request("PATCH", path, body, content="application/merge-patch+json").succeeded
