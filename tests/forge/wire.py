"""One request and one answer, as the handlers of the fake forge see them."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    """Below the API's base, not decoded."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By names in small letters."""
    body: bytes
    base: str
    """URL that paths follow."""
    lists: Mapping[str, list[str]] = field(default_factory=dict)
    """Query with every value of a name that is there several times."""

    @property
    def data(self) -> dict[str, Any]:
        found = json.loads(self.body or b"{}")
        assert isinstance(found, dict)
        return found


@dataclass(frozen=True)
class Reply:
    status: int
    document: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        if isinstance(self.document, bytes):
            return self.document
        return b"" if self.document is None else json.dumps(self.document).encode()


@dataclass
class Trouble:
    """What goes wrong with requests to one place."""

    method: str
    pattern: str
    """Found in the path by `re.search`."""
    times: int = 1
    """How often it happens; 0 for always."""
    reply: Reply | None = None
    """Answered in place of the forge's own; nothing is done then."""
    loses_answer: bool = False
    """It is done, and the connection ends before the answer."""
    cuts_answer: bool = False
    """It is done, and half of the answer is sent."""
    seconds: float = 0.0
    """Waited before anything is done."""
    drips: float = 0.0
    """Seconds between two bytes of the answer."""
    until: threading.Event | None = None
    """Waited for before anything is done; `reached` tells that a request is there."""
    reached: threading.Event = field(default_factory=threading.Event)

    def meets(self, request: Request) -> bool:
        return self.method == request.method and bool(re.search(self.pattern, request.path))


def page(request: Request, items: list[Any], *, default: int) -> Reply:
    """Return one page of a list with its `Link`, as GitHub and GitLab both do."""
    size = min(100, int(request.query.get("per_page", default)))
    number = int(request.query.get("page", 1))
    last = max(1, -(-len(items) // size))
    links = {"next": number + 1} if number < last else {}
    links |= {"prev": number - 1, "first": 1} if number > 1 else {}
    link = ", ".join(
        f'<{request.base}{request.path}?{urlencode({**request.query, "page": to})}>; rel="{name}"'
        for name, to in links.items()
    )
    headers = {"Link": link, "X-Next-Page": str(links.get("next", ""))}
    start = (number - 1) * size
    return Reply(200, items[start : start + size], {k: v for k, v in headers.items() if v})


def parse_query(text: str) -> dict[str, str]:
    return {key: values[-1] for key, values in parse_qs(text).items()}
