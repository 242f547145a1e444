"""A plan is what a blueprint would create, as plain data that needs no Pulumi to read.

Values inside `inputs` and `outputs` are JSON values, with three additions:

- a string may hold symbols such as `${output:URN#property}`: text known after deployment;
- `{"$unknown": ["URN#property", ...]}` is a value that is no string and known after deployment,
  with the outputs that it is made from;
- `{"$secret": [...]}` is a secret: its value is never in a plan, only what it is made from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from stackwright.urns import is_managed
from stackwright.versioned_json import versioned_json

SCHEMA = "stackwright.plan/v1"

SYMBOL = re.compile(r"\$\{output:(?P<urn>[^#{}]+)#(?P<property>[^{}]*)\}")
"""A symbol inside a string: an output that is known after deployment."""

JsonValue: TypeAlias = Any


def symbol(urn: str, path: str) -> str:
    """Return the text that stands for output `path` of the resource `urn`."""
    return f"${{output:{urn}#{path}}}"


@dataclass(frozen=True, slots=True)
class ResourceOptions:
    """The options that a resource is registered with; a field at its default was not given."""

    protect: bool = False
    retain_on_delete: bool = False
    delete_before_replace: bool | None = None
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    hide_diffs: tuple[str, ...] = ()
    aliases: tuple[JsonValue, ...] = ()
    custom_timeouts: Mapping[str, str] = field(default_factory=dict)
    deleted_with: str = ""
    replace_with: tuple[str, ...] = ()
    import_id: str = ""
    version: str = ""
    plugin_download_url: str = ""
    providers: Mapping[str, str] = field(default_factory=dict)
    hooks: tuple[str, ...] = ()
    """Moment and name of each hook, such as `before_create:check`."""
    replacement_trigger: JsonValue = None
    """The resource is replaced when this value changes."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource that the program registers."""

    urn: str
    type: str
    """Pulumi type token, such as `aws:s3/bucket:Bucket`."""
    name: str
    custom: bool
    """True for what a provider manages; False for a component that only groups others."""
    inputs: Mapping[str, JsonValue]
    outputs: Mapping[str, JsonValue] = field(default_factory=dict)
    """What a component registers as its outputs; empty for custom resources."""
    parent: str = ""
    provider: str = ""
    """URN of the provider instance; empty for components and for default providers."""
    dependencies: tuple[str, ...] = ()
    """URNs, sorted, without repeats."""
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: ResourceOptions = field(default_factory=ResourceOptions)
    tool: str = ""
    """Instance of the blueprint that the resource belongs to, such as `tracking`; empty for
    the program's own resources (stack, providers, what a user added)."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What one program registers for one stack."""

    name: str
    project: str
    stack: str
    resources: tuple[Resource, ...]
    """In order of registration; a resource comes after everything that it depends on."""
    outputs: Mapping[str, JsonValue] = field(default_factory=dict)
    """What the stack exports."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool of the environment: an instance of a capability."""

    instance: str
    capability: str
    kind: str
    title: str
    layers: tuple[str, ...]
    """Layers that the tool has a part in, in order of deployment."""
    assumed: bool = False
    """True when the blueprint does not name it and another tool needs it."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One tool uses another: a claim and the contract that answers it."""

    source: str
    """Instance that claims."""
    target: str
    """Instance that provides."""
    claim: str
    """The consumer's name for it, such as `artifacts`."""
    contract: str
    """What is provided, such as `ObjectStore`."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """One value that the user did not write."""

    path: str
    """Dotted key path."""
    value: JsonValue
    source: str
    """`default`, `profile`, `derived` or `example`; an example refuses to be deployed."""
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One environment of one blueprint, as both layers would create it."""

    name: str
    environment: str
    target: str
    layers: tuple[Layer, ...]
    tools: tuple[Tool, ...] = ()
    edges: tuple[Edge, ...] = ()
    wiring: Mapping[str, JsonValue] = field(default_factory=dict)
    assumptions: tuple[Assumption, ...] = ()
    stackwright: str = ""
    """Version of Stackwright that made the plan."""

    def resources(self) -> Iterator[tuple[Layer, Resource]]:
        """Yield every resource with its layer, in order of deployment."""
        for layer in self.layers:
            for resource in layer.resources:
                yield layer, resource

    def counts(self) -> Counter[str]:
        """Return how many provider-managed resources there are of each type."""
        return Counter(
            resource.type
            for _, resource in self.resources()
            if is_managed(resource.type, resource.custom)
        )

    def to_json(self) -> str:
        """Return the versioned JSON; byte-identical for equal plans."""
        return versioned_json(SCHEMA, self)

    @classmethod
    def from_json(cls, text: str, file: str = "") -> Plan:
        """Read what `to_json` wrote.

        Args:
            text: The JSON.
            file: Name of its file, for problems.

        Raises:
            InputError: It is no JSON, of another schema version, or no plan; each place is listed.
        """
        from stackwright.plan.reading import read_plan

        return read_plan(text, file)


def origins(value: JsonValue) -> Iterator[str]:
    """Yield `URN#property` for every output that `value` is made from."""
    if isinstance(value, str):
        for match in SYMBOL.finditer(value):
            yield f"{match['urn']}#{match['property']}"
    elif isinstance(value, Mapping):
        for key in ("$unknown", "$secret"):
            if key in value:
                yield from value[key]
        for item in value.values():
            yield from origins(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from origins(item)
