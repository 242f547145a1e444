"""Makes the plan of one environment by running the programs of both layers without an engine."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from stackwright import __version__, naming
from stackwright.claims import Layer as LayerName
from stackwright.claims import OwnPartClaim
from stackwright.environment import Environment
from stackwright.errors import PlanError
from stackwright.plan.graph import Edge, JsonValue, Layer, Plan, Tool, symbol
from stackwright.plan.own_modules import own_modules
from stackwright.plan.program_paths import without_places
from stackwright.plan.program_process import as_its_own_process
from stackwright.plan.recorder import record
from stackwright.program import build, planned_environment
from stackwright.urns import tool_of
from stackwright.wiring import OUTPUT

STACK_TYPE = "pulumi:pulumi:Stack"

ORGANIZATION = "organization"
"""Organization of a stack in a backend that has none (Pulumi, self-managed backends)."""


def make_plan(
    environment: Environment, folder: Path, report: Callable[[str], None] = lambda _: None
) -> Plan:
    """Record both layers of an environment.

    Args:
        environment: The resolved environment.
        folder: Folder of the blueprint; its `stacks/foundation` and `stacks/platform` are run
            where they exist, so that what a user added there is planned too.
        report: Called with the name of each layer before it is recorded.

    Raises:
        PlanError: A program failed.
    """
    given, folder = folder, folder.absolute()
    with _named_as(given, folder):
        plan = _planned(environment, folder, report)
    return without_places(plan, [folder]) if (folder / "stacks").is_dir() else plan


def _planned(environment: Environment, folder: Path, report: Callable[[str], None]) -> Plan:
    layers: list[Layer] = []
    foreign: dict[str, Mapping[str, JsonValue]] = {}
    token = planned_environment.set(environment)
    try:
        for name in LayerName:
            if not environment.parts(name):
                continue
            report(name)
            layer = _record(environment, name, folder / "stacks" / name, foreign)
            layers.append(_with_tools(layer, environment))
            foreign[_reference(layer)] = {
                key: _readable(layer, key, value) for key, value in layer.outputs.items()
            }
    finally:
        planned_environment.reset(token)
    return Plan(
        name=environment.scope["name"],
        environment=environment.scope["environment"],
        target=environment.target,
        layers=tuple(layers),
        tools=tuple(_tools(environment)),
        edges=tuple(_edges(environment)),
        wiring=layers[-1].outputs.get(OUTPUT, {}) if layers else {},
        assumptions=environment.assumptions,
        stackwright=__version__,
    )


def _record(
    environment: Environment,
    name: LayerName,
    folder: Path,
    foreign: Mapping[str, Mapping[str, JsonValue]],
) -> Layer:
    main = folder / "__main__.py"

    def program() -> None:
        if main.is_file():
            runpy.run_path(str(main), run_name="__main__")
        else:
            build(name)

    with _named(main), _program_folder(folder if main.is_file() else None):
        return record(
            program,
            layer=name,
            project=naming.project(environment.scope["name"], name),
            stack=environment.scope["environment"],
            root_directory=str(folder),
            foreign=foreign,
        )


@contextmanager
def _program_folder(folder: Path | None) -> Iterator[None]:
    """Let a program run in its folder and import its own modules, as Pulumi's host does."""
    if folder is None:
        yield
        return
    before = list(sys.path)
    sys.path.insert(0, str(folder))
    try:
        # Its platform's folder is two above.
        with own_modules(folder.parents[1]), as_its_own_process(folder):
            yield
    finally:
        sys.path[:] = before


@contextmanager
def _named_as(given: Path, folder: Path) -> Iterator[None]:
    """Name the program's files in a failure as the caller names the folder."""
    try:
        yield
    except PlanError as error:
        known = str(error).replace(f"{folder}/", "" if given == Path() else f"{given}/")
        raise (error if known == str(error) else PlanError(known)) from error.__cause__


@contextmanager
def _named(main: Path) -> Iterator[None]:
    """Name the program in a failure that names no file of it."""
    try:
        yield
    except PlanError as error:
        if not main.is_file() or str(main.parent) in str(error):
            raise
        raise PlanError(f"{main}: {error}") from error


def _reference(layer: Layer) -> str:
    return f"{ORGANIZATION}/{layer.project}/{layer.stack}"


def _readable(layer: Layer, key: str, value: JsonValue) -> JsonValue:
    """Return an output as the next layer reads it: what is not known yet is a symbol.

    A stack reference with one unknown output would make all of its outputs unknown.
    """
    if isinstance(value, Mapping) and ("$unknown" in value or "$secret" in value):
        stack = f"{layer.project}-{layer.stack}"
        urn = f"urn:pulumi:{layer.stack}::{layer.project}::{STACK_TYPE}::{stack}"
        return symbol(urn, key)
    return value


def _with_tools(layer: Layer, environment: Environment) -> Layer:
    parents = {resource.urn: resource.parent for resource in layer.resources}
    return replace(
        layer,
        resources=tuple(
            replace(resource, tool=tool_of(resource.urn, parents, environment.instances))
            for resource in layer.resources
        ),
    )


def _tools(environment: Environment) -> Iterator[Tool]:
    for instance in environment.instances.values():
        settings = instance.settings
        layers = tuple(sorted(settings.parts))
        yield Tool(
            instance=instance.name,
            capability=instance.capability,
            kind=settings.kind,
            title=settings.title,
            layers=layers,
            assumed=instance.assumed,
        )


def _edges(environment: Environment) -> Iterator[Edge]:
    found: dict[tuple[str, str, str], Edge] = {}
    for use in environment.resolution.uses:
        if isinstance(use.claim, OwnPartClaim):
            continue
        edge = Edge(use.consumer.instance, use.provider.instance, use.name, use.claim.contract)
        found[edge.source, edge.target, edge.claim] = edge
    yield from (found[key] for key in sorted(found))


def plan_environment(path: Path, name: str | None = None, **options: Any) -> Plan:
    """Read a blueprint and return the plan of one environment of it.

    Raises:
        BlueprintError: The blueprint is wrong.
        UnknownName: There is no such environment.
        PlanError: A program failed.
    """
    from stackwright.environment import load_environment

    return make_plan(load_environment(path, name), path.parent, **options)
