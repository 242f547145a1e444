"""Values travel between the SDK and a plan: protobuf on one side, graph JSON on the other.

The SDK says which resources a value is made from, but not which of their outputs. So each output
that is no symbol carries a marker: a dependency with an invented URN that names the output. The
markers come back in the property dependencies of whatever uses the output, and never reach a plan.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from google.protobuf.struct_pb2 import Struct, Value
from pulumi import Output
from pulumi.resource import DependencyResource, Resource
from pulumi.runtime import rpc

from stackwright.plan.graph import JsonValue
from stackwright.plan.graph import origins as symbols_in

UNKNOWN = rpc.UNKNOWN
SIGNATURE = rpc._special_sig_key
SECRET = rpc._special_secret_sig

_MARKER = "stackwright-origin:"
_EXACT = 2.0**53
"""Up to here every whole number has its own float (IEEE 754, 53 bits of fraction)."""


def marker(urn: str, name: str) -> str:
    """Return the invented URN that stands for output `name` of the resource `urn`."""
    return f"{_MARKER}{urn}#{name}"


def without_markers(urns: Iterable[str]) -> tuple[str, ...]:
    """Return the real URNs among `urns`, sorted, without repeats."""
    return tuple(sorted({urn for urn in urns if not urn.startswith(_MARKER)}))


def marked_origins(urns: Iterable[str]) -> tuple[str, ...]:
    """Return `URN#property` for every marker among `urns`, sorted.

    Without a marker the property is not known: then each real URN gives `URN#`.
    """
    names = list(urns)
    found = {urn.removeprefix(_MARKER) for urn in names if urn.startswith(_MARKER)}
    return tuple(sorted(found or {f"{urn}#" for urn in names}))


def unknown_output(origins: Sequence[str], *, secret: bool = False) -> Output[Any]:
    """Return an output whose value is known after deployment and that is made from `origins`."""
    resources: set[Resource] = {DependencyResource(_MARKER + origin) for origin in origins}
    return Output(resources, _done(None), _done(False), _done(secret))


def is_secret(value: Value) -> bool:
    """Tell whether `value` is the SDK's wrapper around a secret."""
    fields = value.struct_value.fields
    return SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET


def set_secret(value: Value, text: str) -> None:
    """Make `value` a secret that holds `text`."""
    fields = value.struct_value.fields
    fields.clear()
    fields[SIGNATURE].string_value = SECRET
    fields["value"].string_value = text


def struct_to_json(
    struct: Struct, dependencies: Mapping[str, Sequence[str]]
) -> dict[str, JsonValue]:
    """Return graph JSON for the properties in `struct`, sorted by name.

    Args:
        struct: Properties as the SDK serialises them.
        dependencies: For each property the URNs and markers that it is made from.
    """
    return {
        name: to_json(value, dependencies.get(name, ()))
        for name, value in sorted(struct.fields.items())
    }


def to_json(value: Value, dependencies: Sequence[str]) -> JsonValue:
    """Return graph JSON for `value`; a secret keeps only what it is made from."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        if value.string_value == UNKNOWN:
            return {"$unknown": list(marked_origins(dependencies))}
        return value.string_value
    if kind == "struct_value":
        return _struct(value, dependencies)
    if kind == "list_value":
        return [to_json(item, dependencies) for item in value.list_value.values]
    if kind == "number_value":
        return _number(value.number_value)
    return value.bool_value if kind == "bool_value" else None


def to_plain(value: JsonValue) -> Any:
    """Return what the SDK reads as `value`: unknowns and secrets in their wire form."""
    if isinstance(value, Mapping):
        if "$secret" in value:
            return {SIGNATURE: SECRET, "value": UNKNOWN}
        if "$unknown" in value:
            return UNKNOWN
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return value


def to_input(value: JsonValue) -> Any:
    """Return `value` as a program may use it: unknowns and secrets are outputs of their own."""
    if isinstance(value, Mapping):
        if "$secret" in value:
            return unknown_output(value["$secret"], secret=True)
        if "$unknown" in value:
            return unknown_output(value["$unknown"])
        return {key: to_input(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_input(item) for item in value]
    return value


def _struct(value: Value, dependencies: Sequence[str]) -> JsonValue:
    fields = value.struct_value.fields
    if SIGNATURE not in fields:
        return {name: to_json(item, dependencies) for name, item in sorted(fields.items())}
    if fields[SIGNATURE].string_value == SECRET:
        found = set(symbols_in(to_json(fields["value"], dependencies)))
        return {"$secret": sorted(found)}
    return {
        name: to_json(item, dependencies)
        for name, item in sorted(fields.items())
        if name != SIGNATURE
    }


def _number(number: float) -> int | float:
    return int(number) if number.is_integer() and abs(number) < _EXACT else number


def _done(value: Any) -> asyncio.Future[Any]:
    future = asyncio.get_running_loop().create_future()
    future.set_result(value)
    return future
