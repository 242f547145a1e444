"""A small client of the Kubernetes API: it creates, applies, reads and deletes objects."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

Object: TypeAlias = Mapping[str, Any]
"""A Kubernetes object, as JSON."""

MANAGER = "stackwright-tests"
"""Who owns the fields that are created and applied here."""

_JSON = "application/json"
_APPLY = "application/apply-patch+yaml"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API server answered."""

    status: int
    body: Any
    """Its JSON, or the text of an answer that is none."""
    warnings: tuple[str, ...]
    """The `Warning` headers."""

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        """What went wrong, in the server's words."""
        return str(self.body.get("message") if isinstance(self.body, dict) else self.body)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object, as the API server serves it."""

    plural: str
    namespaced: bool


@dataclass(frozen=True)
class Client:
    """Speaks to an API server as its administrator."""

    url: str
    token: str = field(repr=False)
    certificate: Path
    """Whom it trusts to be the server."""

    def create(self, wanted: Object) -> Answer:
        """POST an object; unknown and duplicate fields are refused."""
        path = self.path(wanted, named=False)
        parameters = {"fieldManager": MANAGER, "fieldValidation": "Strict"}
        return self.request("POST", path, json.dumps(wanted).encode(), **parameters)

    def apply(self, wanted: Object | bytes, path: str = "") -> Answer:
        """Apply an object on the server's side, taking fields over from other managers.

        Args:
            wanted: The object, or a YAML document of one.
            path: Where it goes; needed for a YAML document only.
        """
        body = wanted if isinstance(wanted, bytes) else json.dumps(wanted).encode()
        path = path or self.path(wanted if isinstance(wanted, Mapping) else {})
        parameters = {"fieldManager": MANAGER, "fieldValidation": "Strict", "force": "true"}
        return self.request("PATCH", path, body, content=_APPLY, **parameters)

    def read(self, wanted: Object) -> Answer:
        """GET an object by its kind and name."""
        return self.request("GET", self.path(wanted))

    def delete(self, wanted: Object) -> Answer:
        """DELETE an object; what it owns is collected later."""
        return self.request("DELETE", self.path(wanted), propagationPolicy="Background")

    def items(self, path: str) -> list[dict[str, Any]]:
        """Return the objects of a collection.

        Raises:
            AssertionError: The server refused.
        """
        answer = self.request("GET", path)
        assert answer.succeeded, f"GET {path}: {answer.status} {answer.message}"
        found: list[dict[str, Any]] = answer.body["items"]
        return found

    def path(self, wanted: Object, *, named: bool = True) -> str:
        """Return the path of an object, or of the collection that it is created in.

        Raises:
            LookupError: The server does not serve its kind.
        """
        version, metadata = wanted["apiVersion"], wanted["metadata"]
        kind = self.kind(version, wanted["kind"])
        parts = [_root(version)]
        if kind.namespaced:
            parts.append(f"namespaces/{metadata['namespace']}")
        parts.append(kind.plural)
        return "/".join([*parts, metadata["name"]] if named else parts)

    def kind(self, version: str, name: str) -> Kind:
        """Return how a kind is served.

        Raises:
            LookupError: It is not served in this version.
        """
        kinds = self._known.get(version, {})
        if name not in kinds:
            kinds = self._known[version] = self.kinds(version)
        if name not in kinds:
            raise LookupError(f"the API server does not serve {version} {name}")
        return kinds[name]

    def kinds(self, version: str) -> dict[str, Kind]:
        """Return the kinds with collections of objects that a version serves now, if any."""
        answer = self.request("GET", _root(version))
        found = answer.body["resources"] if answer.succeeded else []
        return {
            item["kind"]: Kind(item["name"], item["namespaced"])
            for item in found
            if "list" in item["verbs"]
        }

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        content: str = _JSON,
        **parameters: str,
    ) -> Answer:
        """Send one request; a refusal is an answer like any other."""
        query = urllib.parse.urlencode(parameters)
        request = urllib.request.Request(
            f"{self.url}{path}?{query}",
            data=body,
            method=method,
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": content,
                "Accept": _JSON,
            },
        )
        try:
            with self._opener.open(request, timeout=30) as response:
                return _answer(response.status, response)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return _answer(refusal.code, refusal)

    @cached_property
    def _known(self) -> dict[str, dict[str, Kind]]:
        return {}

    @cached_property
    def _opener(self) -> urllib.request.OpenerDirector:
        context = ssl.create_default_context(cafile=str(self.certificate))
        no_proxy = urllib.request.ProxyHandler({})
        return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), no_proxy)


def _root(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def _answer(status: int, response: Any) -> Answer:
    text = response.read().decode()
    is_json = response.headers.get_content_type() == _JSON
    warnings = tuple(response.headers.get_all("Warning") or ())
    return Answer(status, json.loads(text) if is_json else text, warnings)
