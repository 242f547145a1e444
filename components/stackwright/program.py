"""A program builds one layer of one environment; `stacks/*/__main__.py` calls it.

The same program runs under the Pulumi engine and under the plan's recorder.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pulumi
import pulumi.runtime
from pulumi.runtime.proto.resource_pb2_grpc import ResourceMonitorStub

from stackwright import naming
from stackwright.blueprint.shown import shown_source
from stackwright.claims import Layer, OwnPartClaim, WorkloadIdentityClaim
from stackwright.component import ToolComponent
from stackwright.environment import Environment, load_environment
from stackwright.errors import InputError, NotDeployable, Problem, UnknownName
from stackwright.foundation import Foundation
from stackwright.protection import lift_protection
from stackwright.resolution import Part, Use
from stackwright.wiring import CONTRACTS, OUTPUT, SCHEMA, check_promise

_STRICT = "PULUMI_ERROR_OUTPUT_STRING"
"""Variable of Pulumi's SDK: text made from an output by mistake is an error, no warning."""

planned_environment: ContextVar[Environment | None] = ContextVar(
    "planned_environment", default=None
)
"""The environment that a plan is being made of, already resolved."""


@dataclass(slots=True)
class Platform:
    """One layer of an environment, built; a program may go on adding resources to it."""

    environment: Environment
    layer: Layer
    components: dict[str, ToolComponent[Any]] = field(default_factory=dict)
    """Components by instance name."""
    provider: pulumi.ProviderResource | None = None
    """Provider of the layer's resources, for resources of your own: AWS in the foundation, the
    cluster in the platform."""


def build(layer: Layer | str, blueprint: Path | str | None = None) -> Platform:
    """Register every component of a layer and export what the next one needs.

    The last layer exports the wiring. From here on, text that the program makes from an output
    with `str` or an f-string is an error; use `pulumi.Output.format`.

    Args:
        layer: `foundation` or `platform`.
        blueprint: The blueprint file; by default `blueprint.yaml` in the working directory or the
            nearest folder above it.

    Raises:
        BlueprintError: The blueprint is wrong.
        UnknownName: There is no such layer, or the stack's name is no environment of the blueprint.
        NotDeployable: The stack is being deployed and the blueprint holds example values.
    """
    try:
        name = _layer(layer)
        environment = planned_environment.get()
        if environment is None:
            _speed_up_under_the_engine()
            path = Path(blueprint) if blueprint else find_blueprint(Path.cwd())
            environment = load_environment(path, pulumi.get_stack())
        if not pulumi.runtime.is_dry_run():
            refuse_examples(environment)
    except InputError as error:
        raise _told_by_pulumi(error) from None
    os.environ[_STRICT] = "true"
    allowed = environment.blueprint.allow_replacement
    lift_protection([one.resource for one in allowed])
    return _Builder(environment, name).build()


def _speed_up_under_the_engine() -> None:
    """Make a real run cheap; a recording has means of its own and an end."""
    if isinstance(pulumi.runtime.settings.get_monitor(), ResourceMonitorStub):
        from stackwright.plan.speed import speed_up_process

        speed_up_process()


def _told_by_pulumi(error: InputError) -> InputError:
    """Return the same error as one that Pulumi shows by its words, without a traceback."""
    kind = type(error)
    both: type[InputError] = type(kind.__name__, (kind, pulumi.RunError), {})
    return both(error.problems)


def _layer(name: str) -> Layer:
    if name not in list(Layer):
        message = f"no layer is called {shown_source(name)}; there are: {', '.join(Layer)}."
        raise UnknownName([Problem(message)])
    return Layer(name)


def find_blueprint(folder: Path) -> Path:
    """Return the nearest `blueprint.yaml` in a folder or above; else the folder's own."""
    for place in (folder, *folder.parents):
        if (place / naming.BLUEPRINT_FILE).is_file():
            return place / naming.BLUEPRINT_FILE
    return folder / naming.BLUEPRINT_FILE


def refuse_examples(environment: Environment) -> None:
    """Refuse to deploy an environment that still holds example values.

    Raises:
        NotDeployable: It does; every one is listed.
    """
    problems = [
        Problem(f"{item.value!r} is an example; write your own value.", path=item.path)
        for item in environment.examples()
    ]
    if problems:
        raise NotDeployable(problems)


class _Builder:
    def __init__(self, environment: Environment, layer: Layer) -> None:
        self.environment = environment
        self.platform = Platform(environment, layer)
        self.foundation = Foundation(environment)

    def build(self) -> Platform:
        layer = self.platform.layer
        parts = self.environment.parts(layer)
        if layer is Layer.FOUNDATION and parts:
            from stackwright.aws.provider import aws_provider

            self.platform.provider = aws_provider(self.environment.scope)
        for part in parts:
            component = self._component(part)
            self.platform.components[part.instance] = component
            self.platform.provider = component.cluster_provider or self.platform.provider
        self._export(parts)
        return self.platform

    def _component(self, part: Part) -> ToolComponent[Any]:
        settings = self.environment.instances[part.instance].settings
        module, name = settings.component_path(part.layer)
        component: type[ToolComponent[Any]] = getattr(importlib.import_module(module), name)
        args: dict[str, Any] = {
            "scope": self.environment.scope,
            "settings": settings.model_dump(mode="json", exclude_unset=True, by_alias=True),
        }
        for use in self.environment.uses(part):
            args[use.name] = self._contract(use)
        consumers = {
            use.key: self._consumer(use)
            for use in self.environment.consumers(part)
            if use.claim.per_consumer
        }
        if consumers:
            args["consumers"] = consumers
        providers = [self.platform.provider] if self.platform.provider else []
        return component(part.instance, args, pulumi.ResourceOptions(providers=providers))

    def _contract(self, use: Use) -> Mapping[str, Any]:
        if use.provider.layer != self.platform.layer:
            return self.foundation.contract(use)
        provider = self.platform.components[use.provider.instance]
        return (
            provider.handover()
            if isinstance(use.claim, OwnPartClaim)
            else provider.binding(use.key)
        )

    def _consumer(self, use: Use) -> dict[str, Any]:
        """Return a claim as the provider gets it: its own words, and where the consumer lives."""
        claim = {
            key: value
            for key, value in asdict(use.claim).items()
            if key not in ("need", "references")
        }
        if references := getattr(use.claim, "references", ()):
            claim["references"] = [
                item.model_dump(mode="json", by_alias=True) for item in references
            ]
        consumer = self.environment.instances[use.consumer.instance].settings
        if consumer.namespaced:
            claim["namespace"] = naming.namespace(self.environment.scope, use.consumer.instance)
        if isinstance(use.claim, WorkloadIdentityClaim):
            claim["policies"] = self._policies(use)
        return claim

    def _policies(self, identity: Use) -> dict[str, Any]:
        settings = self.environment.instances[identity.consumer.instance].settings
        policies: dict[str, Any] = dict(settings.cloud_policies(self.environment.scope))
        for grant in self.environment.resolution.grants(identity):
            policies[grant.key] = self._contract(grant)["policy"]
        return policies

    def _export(self, parts: tuple[Part, ...]) -> None:
        if self.platform.layer is Layer.FOUNDATION:
            for part in parts:
                self._export_for_platform(part)
        if self.platform.layer is Layer.PLATFORM or not self.environment.parts(Layer.PLATFORM):
            self._export_wiring()

    def _export_wiring(self) -> None:
        tools: dict[str, dict[str, Any]] = {}
        contracts: dict[str, str] = {}
        for instance in self.environment.instances.values():
            contract = instance.settings.contract
            if contract not in CONTRACTS:
                continue
            tools[instance.name] = self._wiring(instance.name)
            contracts[instance.name] = contract
            check_promise(contract, tools[instance.name])
        scope = self.environment.scope
        pulumi.export(
            OUTPUT,
            {
                "schema": SCHEMA,
                "platform": scope["name"],
                "environment": scope["environment"],
                "target": self.environment.target,
                "profile": self.environment.blueprint.profile.value,
                "tools": tools,
                "contracts": contracts,
            },
        )

    def _wiring(self, instance: str) -> dict[str, Any]:
        component = self.platform.components.get(instance)
        if component is not None:
            return dict(component.wiring())
        settings = self.environment.instances[instance].settings
        return self.foundation.wiring(instance, settings.wires)

    def _export_for_platform(self, part: Part) -> None:
        component = self.platform.components[part.instance]
        settings = self.environment.instances[part.instance].settings
        for use in self.environment.consumers(part):
            if use.consumer.layer == part.layer:
                continue
            given = self._contract(use)
            for name in self.environment.resolution.given(use):
                pulumi.export(f"{part.instance}/{use.key}/{name}", given[name])
        if Layer.PLATFORM not in settings.parts:
            wiring = component.wiring()
            for name in settings.wires:
                pulumi.export(f"{part.instance}/wiring/{name}", wiring[name])
