"""One of the two plans as questions of access look at it: resources by type, and their names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stackwright.diff.changes import ResourceChange
from stackwright.diff.shapes import Inputs, at, texts
from stackwright.plan.graph import SYMBOL, JsonValue, Plan, Resource, symbol
from stackwright.report.words import clean, readable
from stackwright.urns import name_of

_PHYSICAL_NAMES = ("bucket", "identifier", "name", "repositoryName")
"""Inputs that name a real thing."""

_BUCKET = re.compile(r"arn:aws[a-z-]*:s3:::(.+)", re.DOTALL)
"""ARN of a bucket or of objects in it, which says no more than their path."""

_NAMES_ONLY = frozenset({"arn", "id", "name", "bucket"})
"""Outputs that stand for the whole resource, so that its name says enough."""


_NAMESPACE = "kubernetes:core/v1:Namespace"

_NAMESPACE_PATHS = (("metadata.namespace", "namespace"), ("metadata.name",))
"""Where an object says its namespace (that of a Helm release is at the top), and a namespace."""


@dataclass(frozen=True, slots=True)
class Source:
    """One resource of a side."""

    urn: str
    """Of the later side, also where this is the earlier one."""
    layer: str
    tool: str
    name: str
    inputs: Inputs


class AccessSide:
    """The resources of one plan, with every URN as the later side has it."""

    def __init__(self, plan: Plan | None, urns: Mapping[str, str]) -> None:
        self._urns = urns
        self._by_type: dict[str, list[tuple[str, Resource]]] = {}
        self._sources: dict[str, Source] = {}
        self._named: dict[str, dict[str, Source]] = {}
        self._placed: dict[str, tuple[str, Resource]] = {}
        self.names: dict[str, str] = {}
        """Physical name -> name of the resource in the program."""
        for layer, resource in plan.resources() if plan is not None else ():
            self._by_type.setdefault(resource.type, []).append((layer.name, resource))
            self._placed[urns.get(resource.urn, resource.urn)] = (layer.name, resource)
            for key in _PHYSICAL_NAMES:
                if isinstance(name := resource.inputs.get(key), str) and "${" not in name:
                    self.names.setdefault(name, resource.name)

    @property
    def urns(self) -> Collection[str]:
        """The URNs of the side."""
        return self._placed.keys()

    def namespaces(self, less: str) -> set[str]:
        """Return the namespaces of Kubernetes that the plan makes or puts something into.

        Args:
            less: Type of objects that do not count.
        """
        return {
            name
            for type_, placed in self._by_type.items()
            if type_.startswith("kubernetes:") and type_ != less
            for _, one in placed
            for path in _NAMESPACE_PATHS[type_ == _NAMESPACE]
            if isinstance(name := at(one.inputs, path), str)
        }

    def source(self, urn: str) -> Source | None:
        """Return the resource of a URN; None when it is not on this side."""
        return self._source(*self._placed[urn]) if urn in self._placed else None

    def of(self, *types: str) -> Iterator[Source]:
        """Yield the resources of some types, in order of deployment."""
        for type_ in types:
            for layer, resource in self._by_type.get(type_, ()):
                yield self._source(layer, resource)

    def named(self, type_: str, name: JsonValue, key: str = "name") -> Source | None:
        """Return the resource of a type whose input `key` gives it a physical name."""
        if type_ not in self._named:
            self._named[type_] = {str(one.inputs.get(key)): one for one in self.of(type_)}
        return self._named[type_].get(name) if isinstance(name, str) else None

    def _source(self, layer: str, resource: Resource) -> Source:
        urn = self._urns.get(resource.urn, resource.urn)
        if urn not in self._sources:
            inputs = self._renamed(resource.inputs) if self._urns else resource.inputs
            self._sources[urn] = Source(urn, layer, resource.tool, resource.name, inputs)
        return self._sources[urn]

    def _renamed(self, value: JsonValue) -> JsonValue:
        if isinstance(value, str):
            return SYMBOL.sub(lambda found: self._symbol(found["urn"], found["property"]), value)
        if isinstance(value, Mapping):
            return {key: self._marked(key, item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._renamed(item) for item in value]
        return value

    def _symbol(self, urn: str, path: str) -> str:
        return symbol(self._urns.get(urn, urn), path)

    def _marked(self, key: str, item: JsonValue) -> JsonValue:
        """Return a value of a mapping; a mark lists origins as `URN#property`."""
        if key not in ("$unknown", "$secret"):
            return self._renamed(item)
        parts = (origin.partition("#") for origin in texts(item))
        return [f"{self._urns.get(urn, urn)}{mark}{path}" for urn, mark, path in parts]


def renamings(changes: Sequence[ResourceChange]) -> dict[str, str]:
    """Return earlier URN -> later URN of what an alias takes over."""
    return {
        change.before_urn: change.urn
        for change in changes
        if change.before_urn and change.before_urn != change.urn
    }


def target(value: JsonValue) -> str:
    """Return the URN of the resource that a value is an output of; empty for anything else."""
    found = SYMBOL.fullmatch(value) if isinstance(value, str) else None
    return found["urn"] if found else ""


def spoken(text: str, names: Mapping[str, str]) -> str:
    """Return a name, ARN or pattern as people call it, such as `storage-data/*`."""
    plain = SYMBOL.sub(lambda found: _called(found["urn"], found["property"]), text)
    head, slash, rest = plain.rpartition(":")[2].partition("/")
    for known, tail in ((head, slash + rest), (rest, "")):
        if known in names and plain.startswith("arn:"):
            return clean(names[known] + tail)
    bucket = _BUCKET.fullmatch(plain)
    return clean(readable(bucket[1] if bucket else plain))


def _called(urn: str, path: str) -> str:
    name = name_of(urn)
    if path.endswith("ecurityGroupId"):
        return f"the security group of {name}"
    return name if path in _NAMES_ONLY else f"{path} of {name}"
