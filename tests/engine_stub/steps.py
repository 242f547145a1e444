"""What a run does to each resource: the old state against the program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.engine_stub.control import Program, Resource

STACK_TYPE = "pulumi:pulumi:Stack"

Document = dict[str, Any]


@dataclass(slots=True)
class Step:
    """One step on one resource."""

    op: str
    urn: str
    old: Document | None = None
    new: Document | None = None
    differing: tuple[str, ...] = ()
    replacing: tuple[str, ...] = ()
    logical: bool = True
    custom: bool = True
    counted: bool = False
    """True when the summary has it already."""

    def metadata(self, planning: bool) -> Document:
        """Return the step as events tell it."""
        seen = self.new or self.old or {}
        found: Document = {
            "op": self.op,
            "urn": self.urn,
            "type": seen["type"],
            "old": _told(self.old),
            "new": _told(self.new),
            "detailedDiff": None,
            "provider": seen.get("provider", ""),
        }
        if self.logical:
            found["logical"] = True
        if self.replacing:
            found["keys"] = list(self.replacing)
        if self.differing:
            found["diffs"] = list(self.differing)
        return {"metadata": found, "planning": True} if planning else {"metadata": found}


@dataclass(slots=True)
class Names:
    """URNs of a program's resources, by name."""

    stack: str
    project: str
    _chains: dict[str, str] = field(default_factory=dict)
    _urns: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The URN of the stack's own resource."""
        return self._made(STACK_TYPE, f"{self.project}-{self.stack}")

    def add(self, resource: Resource) -> str:
        """Return the URN of a resource."""
        above = self._chains.get(resource.parent, "")
        chain = f"{above}${resource.type}" if above else resource.type
        self._chains[resource.name] = chain
        self._urns[resource.name] = self._made(chain, resource.name)
        return self._urns[resource.name]

    def of(self, name: str) -> str:
        """Return the URN of a name; the stack's for an empty one."""
        return self._urns[name] if name else self.root

    def _made(self, chain: str, name: str) -> str:
        return f"urn:pulumi:{self.stack}::{self.project}::{chain}::{name}"


def wanted(program: Program, names: Names) -> Iterator[tuple[Resource, Document]]:
    """Yield each resource of a program and the state that it asks for."""
    provider = ""
    for resource in program.resources:
        urn = names.add(resource)
        state: Document = {
            "urn": urn,
            "custom": resource.custom,
            "type": resource.type,
            "inputs": dict(resource.inputs),
            "parent": names.of(resource.parent),
            "dependencies": [names.of(name) for name in resource.dependencies],
        }
        if resource.protect:
            state["protect"] = True
        if resource.retain:
            state["retainOnDelete"] = True
        if resource.type.startswith("pulumi:providers:"):
            provider = f"{urn}::{resource.name}-id"
        elif resource.custom:
            state["provider"] = provider
        yield resource, state


def compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Return which inputs differ, sorted."""
    before, after = old.get("inputs") or {}, new.get("inputs") or {}
    return tuple(sorted(k for k in {*before, *after} if before.get(k) != after.get(k)))


def _told(state: Document | None) -> Document | None:
    if state is None:
        return None
    plain = {"id": "", "inputs": {}, "outputs": {}, "provider": "", "parent": ""}
    return {**plain, **{key: value for key, value in state.items() if key != "dependencies"}}
