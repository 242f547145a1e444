"""Speed patches: each takes one cost out of the SDK, for the time of a recording or of a program.

The recorder gives the same plan without them, and the engine gets the same resources. Each patch
stands alone and does nothing when the part of the SDK that it replaces does not look as it did in
the release that it was written for.
`STACKWRIGHT_PLAN_PATCHES=off` switches all of them off.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import inspect
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from pulumi import Output, Resource, _types, log, output
from pulumi.runtime import resource as runtime_resource
from pulumi.runtime import rpc
from pulumi.runtime.proto.source_pb2 import StackTrace

from stackwright.plan.collector import collector_off

SWITCH = "STACKWRIGHT_PLAN_PATCHES"

_FOR_EVER = ExitStack()
"""Holds what is patched for the rest of the process."""


def wanted(patches: bool | None) -> bool:
    """Tell whether to patch: `patches` if given, else what the environment says, else yes."""
    return os.environ.get(SWITCH, "on") != "off" if patches is None else patches


@contextmanager
def patched() -> Iterator[None]:
    """Apply every patch that fits the installed SDK."""
    with ExitStack() as scope:
        for patch in PATCHES:
            scope.enter_context(patch())
        yield


def speed_up_process() -> None:
    """Apply, for the rest of the process, the patches that a program may have under the engine.

    At 2,000 resources they halve the cost of the program and of the engine that listens to it.
    """
    gc.disable()
    # The interpreter would collect once more at its end.
    atexit.register(gc.freeze)
    if wanted(None):
        for patch in UNDER_THE_ENGINE:
            _FOR_EVER.enter_context(patch())


@contextmanager
def no_debug_log() -> Iterator[None]:
    """Drop debug messages before a message of the protocol is built for each of them."""
    with _replaced(log, "debug", ("msg", "resource", "stream_id", "ephemeral"), _silent):
        yield


@contextmanager
def no_stack_trace() -> Iterator[None]:
    """Send no stack trace with a resource: reading the source lines costs more than the rest."""
    with _replaced(runtime_resource, "_get_stack_trace", (), StackTrace):
        yield


@contextmanager
def call_in_same_context() -> Iterator[None]:
    """Call the monitor in the caller's context: there is no other thread to carry it to."""
    with _replaced(runtime_resource, "wrap_with_context", ("fn",), lambda fn: fn):
        yield


@contextmanager
def outputs_without_tasks() -> Iterator[None]:
    """Give each output property of a resource one future in place of four and a task."""
    if not _output_data_is_known():
        yield
        return
    with _replaced(rpc, "transfer_properties", ("res", "props", "custom"), _transfer):
        yield


@contextmanager
def resolved_outputs_untracked() -> Iterator[None]:
    """Do not wait at the end for outputs that have their value from the start."""
    track = Output.__dict__.get("_track")

    def track_pending(self: Output[Any]) -> None:
        data = self._data
        if not _has_value(data):
            track(self)  # type: ignore[misc]

    with _replaced(Output, "_track", ("self",), track_pending):
        yield


@contextmanager
def plain_inputs_at_once() -> Iterator[None]:
    """Turn text, numbers and outputs of them into outputs without a task.

    Only the SDK's own unwrapping is shortened. Functions of the program run when they did.
    """
    original = Output.__dict__.get("from_input")
    if not isinstance(original, staticmethod) or not _output_data_is_known():
        yield
        return
    with _replaced(Output, "from_input", ("val",), staticmethod(_from_input(Output.from_input))):
        yield


@contextmanager
def known_outputs_joined_at_once() -> Iterator[None]:
    """Join outputs that have their values already without a task."""
    original = Output.__dict__.get("all")
    if not isinstance(original, staticmethod) or not _output_data_is_known():
        yield
        return
    with _replaced(Output, "all", ("args", "kwargs"), staticmethod(_all(Output.all))):
        yield


@contextmanager
def types_unwrapped_once() -> Iterator[None]:
    """Remember what is inside `Optional[...]` and `Input[...]`, asked for every property."""
    unwrap = getattr(_types, "unwrap_type", None)
    remembered = cache(unwrap) if unwrap is not None else None
    with _replaced(_types, "unwrap_type", ("val",), remembered):
        yield


@contextmanager
def plain_values_known() -> Iterator[None]:
    """See at once that text and numbers hold nothing unknown, which is asked of every output."""
    contains_unknowns = getattr(rpc, "contains_unknowns", None)

    def contains(val: Any) -> bool:
        return type(val) not in _PLAIN and contains_unknowns(val)  # type: ignore[misc]

    with _replaced(rpc, "contains_unknowns", ("val",), contains):
        yield


@contextmanager
def urns_at_once() -> Iterator[None]:
    """Compute the URN of each resource, which the SDK keeps for tests, without five tasks."""
    create_urn = getattr(runtime_resource, "create_urn", None)

    def create(name: Any, type_: Any, parent: Any = None, *rest: Any, **named: Any) -> Any:
        if all(isinstance(part, str) for part in (name, type_, parent)):
            return _resolved(f"{parent[: parent.rfind('::')]}${type_}::{name}")
        return create_urn(name, type_, parent, *rest, **named)  # type: ignore[misc]

    parameters = ("name", "type_", "parent", "project", "stack")
    with _replaced(runtime_resource, "create_urn", parameters, create):
        yield


PATCHES: tuple[Callable[[], AbstractContextManager[None]], ...] = (
    collector_off,
    no_debug_log,
    no_stack_trace,
    call_in_same_context,
    outputs_without_tasks,
    resolved_outputs_untracked,
    plain_inputs_at_once,
    known_outputs_joined_at_once,
    types_unwrapped_once,
    plain_values_known,
    urns_at_once,
)


UNDER_THE_ENGINE: tuple[Callable[[], AbstractContextManager[None]], ...] = (
    no_debug_log,
    no_stack_trace,
    types_unwrapped_once,
    plain_values_known,
)
"""Patches that leave the way in which outputs get their values to the SDK."""


@contextmanager
def _replaced(
    owner: Any, name: str, parameters: tuple[str, ...], replacement: Any
) -> Iterator[None]:
    """Replace function `name` of `owner`, unless its parameters have other names."""
    original = getattr(owner, name, None)
    if not inspect.isfunction(original) or (
        tuple(inspect.signature(original).parameters) != parameters
    ):
        yield
        return
    stored = vars(owner)[name]
    setattr(owner, name, replacement)
    try:
        yield
    finally:
        setattr(owner, name, stored)


def _output_data_is_known() -> bool:
    """Tell whether the resolved state of an output has the fields that the patches fill."""
    data = getattr(output, "_OutputData", None)
    expected = ("resources", "value", "is_known", "is_secret")
    return (
        is_dataclass(data)
        and tuple(field.name for field in fields(data)) == expected
        and "_data" in Output.__annotations__
    )


def _silent(
    msg: str, resource: Any = None, stream_id: int | None = None, ephemeral: bool | None = None
) -> None:
    """Do nothing with a debug message."""


def _transfer(res: Resource, props: Mapping[str, Any], custom: bool) -> dict[str, Any]:
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


_PLAIN = (str, int, float, bool, type(None))


def _from_input(original: Callable[[Any], Output[Any]]) -> Callable[[Any], Output[Any]]:
    """Return `Output.from_input` with a short way for plain values."""

    def from_input(val: Any) -> Output[Any]:
        if type(val) in _PLAIN:
            return _resolved(val)
        if not isinstance(val, Output) or not _has_value(val._data):
            return original(val)
        plain = type(val._data.result().value) in _PLAIN
        return _output(val._data) if plain else original(val)

    return from_input


def _all(original: Callable[..., Output[Any]]) -> Callable[..., Output[Any]]:
    """Return `Output.all` with a short way for positional outputs that have their values."""

    def join(*args: Any, **kwargs: Any) -> Output[Any]:
        if kwargs or not args:
            return original(*args, **kwargs)
        outputs = [Output.from_input(value) for value in args]
        if not all(_has_value(part._data) for part in outputs):
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


def _has_value(data: asyncio.Future[Any]) -> bool:
    return data.done() and not data.cancelled() and data.exception() is None


def _resolved(value: Any) -> Output[Any]:
    data = asyncio.get_running_loop().create_future()
    data.set_result(output._OutputData(set(), value, True, False))
    return _output(data)


def _output(data: asyncio.Future[Any]) -> Output[Any]:
    result: Output[Any] = object.__new__(Output)
    result._data = data
    return result
