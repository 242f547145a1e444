"""Outputs of the SDK that are made, joined and resolved without a task of the event loop.

The SDK gives most outputs a task of their own, also where the value is there already. They fill
the same fields. `speed` puts them in the SDK's place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from pulumi import Alias, Output, Resource, get_project, get_stack, output

PLAIN = (str, int, float, bool, type(None))
"""Types of values that hold no other value."""

_LEFT_OUT = (None, ...)


def possible() -> bool:
    """Tell whether the resolved state of an output has the fields that are filled here."""
    data = getattr(output, "_OutputData", None)
    expected = ("resources", "value", "is_known", "is_secret")
    return (
        is_dataclass(data)
        and tuple(field.name for field in fields(data)) == expected
        and "_data" in Output.__annotations__
    )


def transfer(res: Resource, props: Mapping[str, Any], custom: bool) -> dict[str, Any]:
    """Stand in for the SDK's function of that job: give a resource outputs yet to be resolved."""
    loop = asyncio.get_running_loop()
    resolvers = {}
    for name in props:
        if name == "urn" or (name == "id" and custom):
            continue
        data = loop.create_future()
        res.__dict__[name] = _output(data)
        resolvers[name] = _resolver(res, data)
    return resolvers


def _resolver(res: Resource, data: asyncio.Future[Any]) -> Callable[..., None]:
    def resolve(
        value: Any, is_known: bool, is_secret: bool, deps: Any, failed: Exception | None
    ) -> None:
        if failed is not None:
            data.set_exception(failed)
            return
        resources = {res, *deps} if deps else {res}
        data.set_result(output._OutputData(resources, value, is_known, is_secret))

    return resolve


def from_input_at_once(original: Callable[[Any], Output[Any]]) -> Callable[[Any], Output[Any]]:
    """Return `Output.from_input` with a short way for plain values."""

    def from_input(val: Any) -> Output[Any]:
        if type(val) in PLAIN:
            return resolved(val)
        if not isinstance(val, Output) or not has_value(val._data):
            return original(val)
        plain = type(val._data.result().value) in PLAIN
        return _output(val._data) if plain else original(val)

    return from_input


def joined_at_once(original: Callable[..., Output[Any]]) -> Callable[..., Output[Any]]:
    """Return `Output.all` with a short way for positional outputs that have their values."""

    def join(*args: Any, **kwargs: Any) -> Output[Any]:
        if kwargs or not args:
            return original(*args, **kwargs)
        outputs = [Output.from_input(value) for value in args]
        if not all(has_value(part._data) for part in outputs):
            return original(*outputs)
        parts = [part._data.result() for part in outputs]
        data = asyncio.get_running_loop().create_future()
        data.set_result(
            output._OutputData(
                set().union(*(part.resources for part in parts)),
                [part.value for part in parts],
                all(part.is_known for part in parts),
                any(part.is_secret for part in parts),
            )
        )
        return _output(data)

    return join


def alias_urn(
    alias: Any, default_name: str, default_type: str, default_parent: Resource | None
) -> Output[str] | None:
    """Return the URN of an alias; None where it is made from anything but text and a parent."""
    if type(alias) is str:
        return resolved(alias)
    if type(alias) is not Alias:
        return None
    given: dict[str, Any] = vars(alias)
    name = default_name if given["name"] is ... else given["name"]
    type_ = default_type if given["type_"] is ... else given["type_"]
    parent = default_parent if given["parent"] is ... else given["parent"]
    project = get_project() if given["project"] in _LEFT_OUT else given["project"]
    stack = get_stack() if given["stack"] in _LEFT_OUT else given["stack"]
    if not all(type(part) is str for part in (name, type_, project, stack)):
        return None
    if parent is None:
        return resolved(f"urn:pulumi:{stack}::{project}::{type_}::{name}")
    if not isinstance(parent, Resource):
        return None
    return parent.urn.apply(lambda urn: f"{urn[: urn.rfind('::')]}${type_}::{name}")


def has_value(data: asyncio.Future[Any]) -> bool:
    """Tell whether an output has its value, and did not fail."""
    return data.done() and not data.cancelled() and data.exception() is None


def resolved(value: Any) -> Output[Any]:
    """Return an output of a known value that is made from no resource."""
    data = asyncio.get_running_loop().create_future()
    data.set_result(output._OutputData(set(), value, True, False))
    return _output(data)


def _output(data: asyncio.Future[Any]) -> Output[Any]:
    result: Output[Any] = object.__new__(Output)
    result._data = data
    return result
