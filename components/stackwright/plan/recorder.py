"""The recorder runs a real Pulumi program with no engine and returns what it registers.

The program runs in this process against a recording monitor, as a preview: outputs that are text
are symbols, others the SDK's unknowns. Nothing is looked up, no socket or thread is opened, and
the SDK's settings are as before afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from typing import Any

import pulumi
from pulumi.runtime import rpc, settings
from pulumi.runtime.config import set_all_config
from pulumi.runtime.stack import run_in_stack

from stackwright.errors import PlanError, StackwrightError
from stackwright.plan import program_frames, speed, values
from stackwright.plan.graph import JsonValue, Layer, Resource
from stackwright.plan.interception import Listener, listening
from stackwright.plan.recording_loop import RecordingLoop
from stackwright.plan.recording_monitor import STACK_TYPE, RecordingMonitor, RefusedError
from stackwright.plan.registration import in_order, recorded, reference

_STRICT = "PULUMI_ERROR_OUTPUT_STRING"

_HIDDEN = ("AWS_", "KUBE", "PULUMI_CONFIG", "PULUMI_K8S_")
"""Variables that the AWS and Kubernetes SDKs or Pulumi's configuration take defaults from."""

_NOTHING: Mapping[str, Mapping[str, JsonValue]] = {}


def record(
    program: Callable[[], Any],
    *,
    layer: str,
    project: str,
    stack: str,
    root_directory: str,
    foreign: Mapping[str, Mapping[str, JsonValue]] = _NOTHING,
    patches: bool | None = None,
) -> Layer:
    """Run `program` and return what it registers, in an order that does not depend on timing.

    Resources stand after their parents, providers and dependencies, and apart from that in the
    order in which the program makes them.

    The program sees no configuration, and none of the variables `AWS_*`, `KUBE*` and
    `PULUMI_K8S_*`: a plan does not depend on the machine that it is made on.

    Args:
        program: The Pulumi program; it may be asynchronous.
        layer: Name of the layer in the plan.
        project: Name of the Pulumi project.
        stack: Name of the Pulumi stack.
        root_directory: Folder of the program; places in warnings are relative to it.
        foreign: Outputs of other stacks, from their plans, by the name that the program's stack
            references use. What is absent there is None to `get_output`.
        patches: Whether to apply the speed patches; None leaves it to `STACKWRIGHT_PLAN_PATCHES`.

    Raises:
        PlanError: The program raised, looked something up or would wait for ever. What it raised
            is the cause; other errors of Stackwright pass through as they are.
    """
    monitor = RecordingMonitor(project, stack, foreign)
    listener = Listener(monitor, root_directory, foreign)
    with ExitStack() as scope:
        scope.enter_context(_environment())
        scope.enter_context(_settings_defaults())
        scope.enter_context(listening(listener))
        if speed.wanted(patches):
            scope.enter_context(speed.patched())
        dependencies = copy_context().run(_run, program, listener, project, stack)
        return _layer(listener, dependencies, layer, project, stack)


def _run(
    program: Callable[[], Any], listener: Listener, project: str, stack_name: str
) -> dict[str, dict[str, list[str]]]:
    """Run `program` to its end; return what registered outputs are made from, by URN."""
    loop = RecordingLoop()
    failures: list[StackwrightError] = []
    try:
        return loop.run_until_complete(_main(program, listener, project, stack_name, failures))
    except Exception as error:
        first = failures[0] if failures else _explained(error, listener)
        raise first from (None if first is error else error)
    finally:
        loop.finish()


async def _main(
    program: Callable[[], Any],
    listener: Listener,
    project: str,
    stack_name: str,
    failures: list[StackwrightError],
) -> dict[str, dict[str, list[str]]]:
    monitor = listener.monitor
    _configure(monitor, project, stack_name, listener.root_directory)

    async def guarded() -> None:
        root = settings.get_root_resource()
        assert root is not None
        listener.begin(root, monitor.urn(STACK_TYPE, f"{project}-{stack_name}", ""))
        pulumi.runtime.register_stack_transformation(listener.created)
        try:
            result = program()
            if hasattr(result, "__await__"):
                await result
        except SystemExit as error:
            failures.append(PlanError(f"the program exits with {error.code}"))
            raise failures[0] from error
        except Exception as error:
            failures.append(_explained(error, listener))
            raise

    await run_in_stack(guarded)
    return await _made_from(listener)


def _configure(
    monitor: RecordingMonitor, project: str, stack_name: str, root_directory: str
) -> None:
    settings.configure(
        settings.Settings(
            project=project,
            stack=stack_name,
            organization="organization",
            root_directory=root_directory,
            monitor=monitor,
            engine=monitor,
            dry_run=True,
            legacy_apply_enabled=False,
        )
    )
    settings.SETTINGS.callbacks = monitor.callbacks
    settings.ROOT.set(None)
    set_all_config({}, [])


async def _made_from(listener: Listener) -> dict[str, dict[str, list[str]]]:
    """Serialise registered outputs once more, for what the SDK's request leaves out."""
    result: dict[str, dict[str, list[str]]] = {}
    for component, outputs in listener.registered_outputs:
        urn = await component.urn.future()
        found: dict[str, list[pulumi.Resource]] = {}
        await rpc.serialize_properties(outputs or {}, found)
        assert urn is not None
        result[urn] = {
            name: [str(await resource.urn.future()) for resource in resources]
            for name, resources in found.items()
        }
    return result


def _layer(
    listener: Listener,
    dependencies: Mapping[str, Mapping[str, Sequence[str]]],
    name: str,
    project: str,
    stack_name: str,
) -> Layer:
    monitor = listener.monitor
    outputs = {
        urn: values.struct_to_json(found, dependencies.get(urn, {}))
        for urn, found in monitor.outputs.items()
    }
    root = monitor.urn(STACK_TYPE, f"{project}-{stack_name}", "")
    exported = outputs.pop(root, {})
    resources: list[Resource] = [
        recorded(urn, request, outputs.get(urn, {})) for urn, request in monitor.requests.items()
    ]
    resources += [reference(urn, request) for urn, request in monitor.references.items()]
    return Layer(
        name=name,
        project=project,
        stack=stack_name,
        resources=in_order(resources, listener.order),
        outputs=exported,
        warnings=tuple(sorted(monitor.warnings)),
    )


def _explained(error: Exception, listener: Listener) -> StackwrightError:
    """Return `error` with the place in the user's program, and without the SDK's frames."""
    if isinstance(error, StackwrightError) and not isinstance(error, RefusedError):
        return error
    place = program_frames.raised_at(error)
    if place is None:
        registering = program_frames.registering(error)
        place = listener.places.get(registering) if registering else None
    where = f"{place[0]}:{place[1]}: " if place else ""
    what = str(error) if isinstance(error, RefusedError) else f"{type(error).__name__}: {error}"
    return PlanError(f"{where}{what}")


@contextmanager
def _environment() -> Iterator[None]:
    """Hide what provider SDKs would read from this machine, and be strict about outputs.

    Text made from an output by mistake is an error, as in a real run of our stacks.
    """
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(_HIDDEN)}
    before = os.environ.get(_STRICT)
    os.environ[_STRICT] = "true"
    try:
        yield
    finally:
        del os.environ[_STRICT]
        if before is not None:
            os.environ[_STRICT] = before
        os.environ.update(hidden)


@contextmanager
def _settings_defaults() -> Iterator[None]:
    """Keep the SDK's settings as they are outside of the recording's context.

    Each setting is a context variable, but the first value ever given also becomes a default of
    the process.
    """
    attribute = "_ContextProperty__default"
    properties = [value for value in vars(settings.Settings).values() if hasattr(value, attribute)]
    before = [getattr(value, attribute) for value in properties]
    try:
        yield
    finally:
        for value, default in zip(properties, before, strict=True):
            setattr(value, attribute, default)
