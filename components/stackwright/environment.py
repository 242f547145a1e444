"""An environment is a blueprint resolved: every tool, every claim and who answers it.

All of it is plain data, computed before any resource exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stackwright.blueprint.document import Document
from stackwright.blueprint.load import (
    EnvironmentDocument,
    environment_names,
    load,
    overridden_everywhere,
    placed,
    problem_at,
    require_environment,
)
from stackwright.blueprint.model import AwsTarget, BlueprintHeader
from stackwright.blueprint.reader import read
from stackwright.claims import Layer
from stackwright.errors import BlueprintError, Problem
from stackwright.misfits import misfits
from stackwright.resolution import Instance, Part, Resolution, Use
from stackwright.resolver import resolve
from stackwright.scope import Scope

if TYPE_CHECKING:
    from stackwright.plan.graph import Assumption


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment of one blueprint, resolved."""

    scope: Scope
    target: str
    blueprint: BlueprintHeader
    document: EnvironmentDocument
    resolution: Resolution

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """Every value that the user did not write, example values first."""
        from stackwright.assumptions import assumptions

        return tuple(assumptions(self.blueprint, self.document.root, self.resolution))

    @property
    def instances(self) -> Mapping[str, Instance]:
        """Every tool by instance name, those that were added included."""
        return self.resolution.instances

    def parts(self, layer: Layer) -> tuple[Part, ...]:
        """Return the parts of a layer, each after all that it needs."""
        return tuple(part for part in self.resolution.order if part.layer == layer)

    def uses(self, part: Part) -> tuple[Use, ...]:
        """Return the claims of a part and who answers each."""
        return tuple(use for use in self.resolution.uses if use.consumer == part)

    def consumers(self, part: Part) -> tuple[Use, ...]:
        """Return the claims that a part answers, in order of the consumers' names."""
        return tuple(use for use in self.resolution.uses if use.provider == part)

    def examples(self) -> tuple[Assumption, ...]:
        """Return the example values, which nothing may be deployed with."""
        return tuple(item for item in self.assumptions if item.source == "example")


def load_environment(path: Path, name: str | None = None) -> Environment:
    """Read a blueprint and resolve one environment of it.

    Args:
        path: The blueprint file.
        name: The environment; None for the only one.

    Raises:
        BlueprintError: Something is wrong; every problem of the whole file is listed.
        UnknownName: There is no such environment.
    """
    document = read(path)
    resolved = check(document)
    return resolved[require_environment(document, name)]


def check(document: Document) -> Mapping[str, Environment]:
    """Resolve every environment of a blueprint.

    Raises:
        BlueprintError: Something is wrong; every problem is listed once, in the order of the file.
    """
    problems = list(document.problems)
    told = {_place(problem) for problem in problems}
    resolved: dict[str, Environment] = {}
    wrong = overridden_everywhere(document)
    for name in environment_names(document):
        loaded, found = load(document, name)
        wrong += found
        if loaded is not None:
            environment, unresolved = _resolve(document, loaded)
            resolved[name] = environment
            wrong += unresolved
    # What YAML itself makes of a value says more than what the model makes of the same value.
    problems += [problem for problem in wrong if _place(problem) not in told]
    if problems:
        unique = dict.fromkeys(problems)
        raise BlueprintError(sorted(unique, key=lambda problem: (problem.line, problem.column)))
    return resolved


def _place(problem: Problem) -> tuple[int, int, str]:
    return problem.line, problem.column, problem.path


def scope_of(blueprint: BlueprintHeader, environment: str) -> Scope:
    """Return the scope that names every resource of an environment."""
    scope = Scope(name=blueprint.name, environment=environment, labels=dict(blueprint.labels))
    if isinstance(blueprint.target, AwsTarget):
        scope["account"] = blueprint.target.account
        scope["region"] = blueprint.target.region
    if blueprint.mirrors.charts:
        scope["chart_mirror"] = blueprint.mirrors.charts
    if blueprint.mirrors.images:
        scope["image_mirror"] = blueprint.mirrors.images
    return scope


def _resolve(document: Document, loaded: EnvironmentDocument) -> tuple[Environment, list[Problem]]:
    blueprint = loaded.blueprint
    resolution, findings = resolve(blueprint, loaded.broken)
    scope = scope_of(blueprint, loaded.name)
    findings += misfits(resolution, scope, loaded.root)
    problems = [
        problem_at(document, loaded.root, location, message) for location, message in findings
    ]
    environment = Environment(scope, blueprint.target.kind, blueprint, loaded, resolution)
    return environment, placed(document, loaded.name, problems)
