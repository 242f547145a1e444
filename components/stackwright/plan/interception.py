"""What the recorder listens to inside the SDK while a program runs.

The engine's protocol does not say which Python class a resource has, what the outputs of a
component are made from, or that a function failed. So four public methods are wrapped, for the
time of one recording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any

from pulumi import (
    ComponentResource,
    Output,
    Resource,
    ResourceTransformationArgs,
    StackReference,
)
from pulumi.output import UNKNOWN

from stackwright.plan import program_frames, values
from stackwright.plan.graph import SYMBOL, JsonValue
from stackwright.plan.graph import origins as symbols_in
from stackwright.plan.recording_monitor import RecordingMonitor


@dataclass
class Listener:
    """What a program did that no request tells."""

    monitor: RecordingMonitor
    root_directory: str
    foreign: Mapping[str, Mapping[str, JsonValue]]
    order: dict[str, int] = field(default_factory=dict)
    """Position of each resource in the program, by URN."""
    places: dict[tuple[str, str], tuple[str, int] | None] = field(default_factory=dict)
    """Where the program made a resource, by type and name."""
    registered_outputs: list[tuple[ComponentResource, Any]] = field(default_factory=list)
    _urns: dict[Resource, str] = field(default_factory=dict)
    _references: dict[Resource, str] = field(default_factory=dict)

    def begin(self, stack: Resource, urn: str) -> None:
        """Note the root of the program, which no transformation is told of."""
        self._urns[stack] = urn
        self.order[urn] = 0

    def created(self, args: ResourceTransformationArgs) -> None:
        """Note a resource that is being made; a transformation that changes nothing."""
        parent = self._urns.get(args.opts.parent, "") if args.opts.parent else ""
        urn = self.monitor.urn(args.type_, args.name, parent)
        self._urns[args.resource] = urn
        self.order.setdefault(urn, len(self.order))
        self.monitor.classes[urn] = type(args.resource)
        self.places[args.type_, args.name] = program_frames.here()
        if isinstance(args.resource, StackReference):
            self._references[args.resource] = str(args.props["name"])

    def failed(self, error: Exception) -> None:
        """Warn that a function failed on a symbol; its message may hold a secret and is dropped."""
        place = program_frames.shown(program_frames.raised_at(error), self.root_directory)
        self.monitor.warnings.add(
            f"{place or 'a program'}: a function applied to an output needs the real text and "
            f"failed with {type(error).__name__}; its result is planned as unknown"
        )

    def foreign_output(self, reference: StackReference, name: str) -> Any:
        """Return output `name` of another stack, as its plan has it; None when it is absent."""
        known = self.foreign.get(self._references.get(reference, ""), {})
        return values.to_input(known.get(name))


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Wrap the SDK's methods for `listener`, and put them back."""
    originals = (Output.apply, ComponentResource.register_outputs)
    references = (StackReference.get_output, StackReference.require_output)
    apply, register_outputs = originals

    def guarded_apply(
        self: Output[Any], func: Callable[[Any], Any], run_with_unknowns: bool = False
    ) -> Output[Any]:
        return apply(self, _guarded(func, listener), run_with_unknowns)

    def noted_outputs(self: ComponentResource, outputs: Any) -> None:
        listener.registered_outputs.append((self, outputs))
        register_outputs(self, outputs)

    def get_output(self: StackReference, name: Any) -> Output[Any]:
        both = Output.all(name, self.urn)
        return both.apply(lambda pair: listener.foreign_output(self, pair[0]))

    def require_output(self: StackReference, name: Any) -> Output[Any]:
        def found(value: Any) -> Any:
            if value is None:
                raise KeyError(f"the stack '{self._name}' has no such output")
            return value

        return apply(get_output(self, name), found)

    try:
        Output.apply = guarded_apply  # type: ignore[method-assign]
        ComponentResource.register_outputs = noted_outputs  # type: ignore[method-assign]
        StackReference.get_output = get_output  # type: ignore[method-assign]
        StackReference.require_output = require_output  # type: ignore[method-assign]
        yield
    finally:
        Output.apply, ComponentResource.register_outputs = originals  # type: ignore[method-assign]
        StackReference.get_output, StackReference.require_output = references  # type: ignore[method-assign]


def _guarded(func: Callable[[Any], Any], listener: Listener) -> Callable[[Any], Any]:
    """Return `func`, but giving an unknown where it raises on a value that holds a symbol."""

    def guarded(value: Any) -> Any:
        try:
            result = func(value)
        except Exception as error:
            return _instead(value, error, listener)
        if isawaitable(result) and not isinstance(result, Output):
            return _awaited(result, value, listener)
        return result

    return guarded


async def _awaited(result: Any, value: Any, listener: Listener) -> Any:
    try:
        return await result
    except Exception as error:
        _excuse(value, error, listener)
        return UNKNOWN


def _instead(value: Any, error: Exception, listener: Listener) -> Output[Any]:
    return values.unknown_output(_excuse(value, error, listener))


def _excuse(value: Any, error: Exception, listener: Listener) -> list[str]:
    """Note that a function failed on the symbols in `value` and return them; else raise again."""
    origins = sorted(set(symbols_in(_plain(value))))
    if not origins:
        raise error
    listener.failed(error)
    return origins


def _plain(value: Any) -> JsonValue:
    """Return the text inside `value` in a form that can be searched for symbols."""
    if isinstance(value, Mapping):
        return [_plain(item) for item in value.values()]
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str) and SYMBOL.search(value) else None
