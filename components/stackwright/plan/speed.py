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
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from types import ModuleType
from typing import Any

from pulumi import Output, Resource, _types, log, output
from pulumi import resource as sdk_resource
from pulumi.runtime import resource as runtime_resource
from pulumi.runtime import rpc
from pulumi.runtime import stack as sdk_stack
from pulumi.runtime.proto.source_pb2 import StackTrace

from stackwright.plan import direct_outputs
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

    At 2,000 resources a program costs a fifth with them, and the engine that listens to it less.
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
    if not direct_outputs.possible():
        yield
        return
    transfer = direct_outputs.transfer
    with _replaced(rpc, "transfer_properties", ("res", "props", "custom"), transfer):
        yield


@contextmanager
def resolved_outputs_untracked() -> Iterator[None]:
    """Do not wait at the end for outputs that have their value from the start."""
    track = Output.__dict__.get("_track")

    def track_pending(self: Output[Any]) -> None:
        data = self._data
        if not direct_outputs.has_value(data):
            track(self)  # type: ignore[misc]

    with _replaced(Output, "_track", ("self",), track_pending):
        yield


@contextmanager
def plain_inputs_at_once() -> Iterator[None]:
    """Turn text, numbers and outputs of them into outputs without a task.

    Only the SDK's own unwrapping is shortened. Functions of the program run when they did.
    """
    original = Output.__dict__.get("from_input")
    if not isinstance(original, staticmethod) or not direct_outputs.possible():
        yield
        return
    from_input = direct_outputs.from_input_at_once(Output.from_input)
    with _replaced(Output, "from_input", ("val",), staticmethod(from_input)):
        yield


@contextmanager
def known_outputs_joined_at_once() -> Iterator[None]:
    """Join outputs that have their values already without a task."""
    original = Output.__dict__.get("all")
    if not isinstance(original, staticmethod) or not direct_outputs.possible():
        yield
        return
    join = direct_outputs.joined_at_once(Output.all)
    with _replaced(Output, "all", ("args", "kwargs"), staticmethod(join)):
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
        return type(val) not in direct_outputs.PLAIN and contains_unknowns(val)  # type: ignore[misc]

    with (
        _replaced(rpc, "contains_unknowns", ("val",), contains),
        _replaced(output, "contains_unknowns", ("val",), contains),
    ):
        yield


@contextmanager
def urns_at_once() -> Iterator[None]:
    """Compute the URN of each resource, which the SDK keeps for tests, without five tasks."""
    create_urn = getattr(runtime_resource, "create_urn", None)

    def create(name: Any, type_: Any, parent: Any = None, *rest: Any, **named: Any) -> Any:
        if all(isinstance(part, str) for part in (name, type_, parent)):
            return direct_outputs.resolved(f"{parent[: parent.rfind('::')]}${type_}::{name}")
        return create_urn(name, type_, parent, *rest, **named)  # type: ignore[misc]

    parameters = ("name", "type_", "parent", "project", "stack")
    with _replaced(runtime_resource, "create_urn", parameters, create):
        yield


@contextmanager
def aliases_at_once() -> Iterator[None]:
    """Compute the URN of each alias without four tasks, or with one below a parent.

    Most Kubernetes classes bring aliases of their own, and the SDK computes each of them twice.
    """
    if not direct_outputs.possible():
        yield
        return
    collapse = getattr(runtime_resource, "collapse_alias_to_urn", None)

    def urn_of(alias: Any, name: str, type_: str, parent: Resource | None) -> Output[str]:
        found = direct_outputs.alias_urn(alias, name, type_, parent)
        return collapse(alias, name, type_, parent) if found is None else found  # type: ignore[misc]

    parameters = ("alias", "defaultName", "defaultType", "defaultParent")
    with (
        _replaced(sdk_resource, "collapse_alias_to_urn", parameters, urn_of),
        _replaced(runtime_resource, "collapse_alias_to_urn", parameters, urn_of),
    ):
        yield


@contextmanager
def outputs_awaited_together() -> Iterator[None]:
    """Wait at the end for all outputs or a failure of one, not for each of them in its turn.

    Whenever an output has its value, the SDK begins to wait for all others anew. At 2,000 resources
    that is half the cost of a program.
    """
    if getattr(sdk_stack, "asyncio", None) is not asyncio:
        yield
        return
    vars(sdk_stack)["asyncio"] = _Together("asyncio")
    try:
        yield
    finally:
        vars(sdk_stack)["asyncio"] = asyncio


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
    aliases_at_once,
    outputs_awaited_together,
)


UNDER_THE_ENGINE: tuple[Callable[[], AbstractContextManager[None]], ...] = (
    no_debug_log,
    no_stack_trace,
    types_unwrapped_once,
    plain_values_known,
    aliases_at_once,
    outputs_awaited_together,
)
"""Patches that leave it to the SDK how outputs that a program sees get their values."""


class _Together(ModuleType):
    """The module `asyncio`, as the SDK's end of a program gets it."""

    def __getattr__(self, name: str) -> Any:
        """Return what is the same as ever."""
        return getattr(asyncio, name)

    @staticmethod
    async def wait(waiting: Iterable[Any], **options: Any) -> tuple[set[Any], set[Any]]:
        """Return when all are done or one has failed, where the first one done is asked for."""
        if options.get("return_when") == asyncio.FIRST_COMPLETED:
            options["return_when"] = asyncio.FIRST_EXCEPTION
        return await asyncio.wait(waiting, **options)


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


def _silent(
    msg: str, resource: Any = None, stream_id: int | None = None, ephemeral: bool | None = None
) -> None:
    """Do nothing with a debug message."""
