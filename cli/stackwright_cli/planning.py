"""Planning as the commands do it: with progress, and a word when a package is missing."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackwright.claims import Layer
from stackwright.errors import InputError, MissingExtra, Problem, UnknownName
from stackwright_cli import console

if TYPE_CHECKING:
    from stackwright.environment import Environment
    from stackwright.plan.graph import Plan

_PACKAGES = {
    "aws": ("pulumi", "pulumi_aws", "pulumi_kubernetes"),
    "existing-cluster": ("pulumi", "pulumi_kubernetes"),
}
"""Packages that the programs of a target import."""

_EXTRAS = {"aws": "aws", "existing-cluster": "kubernetes"}


def plan(file: Path, environment: str | None, layer: str | None = None) -> Plan:
    """Return the plan of one environment, reduced to one layer where that is asked for.

    What a program prints goes to standard error: standard output is for the answer.

    Raises:
        BlueprintError: The blueprint is wrong.
        UnknownName: There is no such environment, or no such layer in it.
        MissingExtra: A package that the target needs is not installed.
        PlanError: A program failed.
    """
    from stackwright.environment import load_environment
    from stackwright.plan.collector import collector_off

    loaded = load_environment(file, environment)
    require_packages(loaded.target)
    with console.progress("Planning") as step, collector_off(), redirect_stdout(sys.stderr):
        from stackwright.plan.make import make_plan

        made = make_plan(loaded, file.parent, step)
    return made if layer is None else _only(made, layer, file)


def require_layer(environment: Environment, layer: str | None, file: Path) -> None:
    """Refuse a layer that an environment does not have; None is every layer.

    Raises:
        UnknownName: It has none of that name.
    """
    known = [name for name in Layer if environment.parts(name)]
    if layer is not None and layer not in known:
        raise _no_layer(environment.scope["environment"], layer, known, file)


def require_packages(target: str) -> None:
    """Refuse to plan without the packages that a target needs.

    Raises:
        MissingExtra: One is not installed; the extra that brings it is named.
    """
    for package in _PACKAGES[target]:
        if find_spec(package) is None:
            raise MissingExtra(package.replace("_", "-"), _EXTRAS[target])


def read_bindings(file: Path) -> dict[str, Any]:
    """Return deployed values from a JSON file.

    Raises:
        InputError: It cannot be read, or is no JSON, or no object.
    """
    try:
        values = json.loads(file.read_bytes())
    except OSError as error:
        problem = Problem(f"this file cannot be read: {error.strerror}.", file=str(file))
        raise InputError([problem]) from None
    except ValueError as error:
        problem = Problem(f"this is not valid JSON: {error}.", file=str(file))
        raise InputError([problem]) from None
    if not isinstance(values, dict):
        problem = Problem("an object with a value for each output is expected.", file=str(file))
        raise InputError([problem])
    return values


def _only(made: Plan, layer: str, file: Path) -> Plan:
    kept = tuple(found for found in made.layers if found.name == layer)
    if not kept:
        known = [found.name for found in made.layers]
        raise _no_layer(made.environment, layer, known, file)
    return replace(made, layers=kept)


def _no_layer(environment: str, layer: str, known: Sequence[str], file: Path) -> UnknownName:
    message = f"environment {environment} has no layer {layer}; it has: {', '.join(known)}."
    return UnknownName([Problem(message, file=str(file))])
