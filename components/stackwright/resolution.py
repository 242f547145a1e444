"""Resolution finds the tool that answers each claim, adds the default ones, and orders all parts.

A part is what one tool has in one layer. A part comes after every part of its layer that it
needs; a tool of the foundation never needs one of the platform.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from stackwright import catalog
from stackwright.blueprint.document import Location
from stackwright.blueprint.model import BlueprintHeader
from stackwright.blueprint.shown import listed, nearest, shown
from stackwright.claims import (
    Claim,
    Layer,
    Need,
    OwnPartClaim,
    SecretStoreClaim,
    WorkloadIdentityClaim,
)
from stackwright.tool import ToolSettings

Finding = tuple[Location, str]
"""A problem of the blueprint: where, and what."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One tool of the environment."""

    name: str
    capability: str
    settings: ToolSettings
    location: Location
    assumed: bool = False
    """True when the blueprint does not name the tool and another one needs it."""


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """What one tool has in one layer."""

    layer: Layer
    instance: str


@dataclass(frozen=True, slots=True)
class Use:
    """A claim and the part that answers it."""

    consumer: Part
    name: str
    """The consumer's word for the claim, such as `artifacts`."""
    claim: Claim
    provider: Part

    @property
    def key(self) -> str:
        """Name of the use among all that the provider answers."""
        return f"{self.consumer.instance}-{self.name}"


@dataclass(slots=True)
class Resolution:
    """Who is there, who uses whom, and in which order parts are made."""

    instances: dict[str, Instance] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)
    order: tuple[Part, ...] = ()

    def grants(self, identity: Use) -> tuple[Use, ...]:
        """Return the uses whose policies a workload's role needs.

        They are the workload's own, and for a secret store those of everybody it reads for.
        """
        workload = identity.consumer.instance
        own = [use for use in self.uses if use.consumer.instance == workload]
        read_for = {
            use.consumer.instance
            for use in self.uses
            if isinstance(use.claim, SecretStoreClaim) and use.provider.instance == workload
        }
        handed = [
            use
            for use in self.uses
            if isinstance(use.claim, OwnPartClaim) and use.consumer.instance in read_for
        ]
        return tuple(use for use in (*own, *handed) if self._has_policy(use))

    def _has_policy(self, use: Use) -> bool:
        settings = self.instances[use.provider.instance].settings
        gives = settings.hands_over if isinstance(use.claim, OwnPartClaim) else settings.gives
        return "policy" in gives


def resolve(
    blueprint: BlueprintHeader, broken: frozenset[str] = frozenset()
) -> tuple[Resolution, list[Finding]]:
    """Return who answers each claim, and all that keeps a claim from being answered.

    Args:
        blueprint: The validated blueprint of one environment.
        broken: Capabilities that are in the file but not in `blueprint`, because something is
            wrong in them; nothing is said about claims on them.
    """
    resolution, findings = Resolution(), []
    for instance in _written(blueprint):
        earlier = resolution.instances.get(instance.name)
        if earlier is not None:
            findings.append((instance.location, _same_name(instance, earlier)))
            continue
        resolution.instances[instance.name] = instance
        findings += _wrong_target(instance, blueprint.target.kind)
    pending = list(resolution.instances.values())
    while pending:
        instance = pending.pop(0)
        for layer, name, claim in _claims(instance):
            provider = _provider(resolution, blueprint, broken, instance, name, claim, layer)
            if isinstance(provider, str):
                findings.append((instance.location, provider))
            elif isinstance(provider, Instance):
                if provider.name not in resolution.instances:
                    resolution.instances[provider.name] = provider
                    pending.append(provider)
                part = _answering_part(provider, layer, claim)
                resolution.uses.append(Use(Part(layer, instance.name), name, claim, part))
        findings += _unknown_uses(instance)
    resolution.uses.sort(key=lambda use: (use.consumer, use.name))
    resolution.instances = dict(sorted(resolution.instances.items()))
    resolution.order = _ordered(resolution)
    return resolution, findings


def _written(blueprint: BlueprintHeader) -> Iterator[Instance]:
    for capability in catalog.capabilities():
        tools = blueprint.capability(capability)
        for name, settings in tools.items():
            alone = isinstance(getattr(blueprint, capability), ToolSettings)
            location = (capability,) if alone else (capability, name)
            yield Instance(name, capability, settings, location)


def _claims(instance: Instance) -> Iterator[tuple[Layer, str, Claim]]:
    for layer in sorted(instance.settings.parts):
        for name, claim in sorted(instance.settings.claims(layer).items()):
            yield layer, name, claim


def _provider(
    resolution: Resolution,
    blueprint: BlueprintHeader,
    broken: frozenset[str],
    consumer: Instance,
    name: str,
    claim: Claim,
    layer: Layer,
) -> Instance | str | None:
    """Return the instance that answers, a problem in words, or None to go without."""
    if isinstance(claim, OwnPartClaim):
        return consumer
    candidates = [i for i in resolution.instances.values() if i.capability == claim.capability]
    candidates = [i for i in candidates if min(i.settings.parts) <= layer]
    chosen = consumer.settings.uses.get(name)
    if chosen is not None:
        return _named(candidates, chosen, name, claim)
    if len(candidates) > 1:
        by_name = [i for i in candidates if i.name == claim.capability]
        return by_name[0] if by_name else _ambiguous(candidates, name, claim)
    if candidates:
        return candidates[0]
    if claim.capability in broken or claim.need is Need.OPTIONAL:
        return None
    return _default(blueprint, consumer, claim)


def _named(candidates: list[Instance], chosen: str, name: str, claim: Claim) -> Instance | str:
    found = next((instance for instance in candidates if instance.name == chosen), None)
    if found is not None:
        return found
    names = [instance.name for instance in candidates]
    known = listed(names) if names else f"nothing: there is no {claim.capability}"
    return (
        f"uses.{name}: no {claim.capability} is called {shown(chosen)}; "
        f"allowed is {known}. {nearest(chosen, names)}".rstrip()
    )


def _ambiguous(candidates: list[Instance], name: str, claim: Claim) -> str:
    names = listed(instance.name for instance in candidates)
    return (
        f"there are several instances of {claim.capability}: {names}. "
        f"Say which one with `uses: {{{name}: {candidates[0].name}}}`."
    )


def _default(blueprint: BlueprintHeader, consumer: Instance, claim: Claim) -> Instance | str | None:
    target = blueprint.target.kind
    tool = catalog.default_tool(claim.capability, target)
    if tool is None:
        return None if claim.need is Need.IMPLIED else _missing(consumer, claim, target)
    required = [name for name, info in tool.model_fields.items() if info.is_required()]
    if required != ["kind"]:
        return _missing(consumer, claim, target)
    values = {"kind": tool.kind_name(), **tool.profiles.get(blueprint.profile, {})}
    settings = tool.model_validate_json(_json(values))
    return Instance(claim.capability, claim.capability, settings, (claim.capability,), True)


def _json(values: Mapping[str, object]) -> str:
    import json

    return json.dumps(values)


def _missing(consumer: Instance, claim: Claim, target: str) -> str:
    kinds = [
        kind
        for kind, tool in catalog.capabilities().get(claim.capability, {}).items()
        if target in tool.targets
    ]
    return (
        f"{consumer.settings.kind} needs {claim.capability}, and the blueprint has none. "
        f"Add `{claim.capability}:` with kind {listed(kinds)}."
    )


def _same_name(instance: Instance, earlier: Instance) -> str:
    return (
        f"{instance.name!r} is already the name of an instance of {earlier.capability}; "
        "every instance of a blueprint has its own name."
    )


def _wrong_target(instance: Instance, target: str) -> Iterator[Finding]:
    if target not in instance.settings.targets:
        kinds = [
            kind
            for kind, tool in catalog.capabilities()[instance.capability].items()
            if target in tool.targets
        ]
        allowed = f"allowed is kind {listed(kinds)}" if kinds else "leave it out"
        yield (
            (*instance.location, "kind"),
            f"{instance.settings.kind} cannot be used with target {target}; {allowed}.",
        )


def _unknown_uses(instance: Instance) -> Iterator[Finding]:
    known = {name for _, name, _ in _claims(instance)}
    for name in instance.settings.uses:
        if name not in known:
            yield (
                (*instance.location, "uses", name),
                f"{instance.settings.kind} has no need called {shown(name)}; "
                f"allowed is {listed(sorted(known))}. {nearest(name, known)}".rstrip(),
            )


def _answering_part(provider: Instance, layer: Layer, claim: Claim) -> Part:
    """Return the provider's latest part that is not later than the consumer."""
    if isinstance(claim, OwnPartClaim):
        return Part(min(provider.settings.parts), provider.name)
    return Part(max(at for at in provider.settings.parts if at <= layer), provider.name)


def _ordered(resolution: Resolution) -> tuple[Part, ...]:
    needs: dict[Part, set[Part]] = {
        Part(layer, instance.name): set()
        for instance in resolution.instances.values()
        for layer in instance.settings.parts
    }
    for use in resolution.uses:
        needs[use.consumer].add(use.provider)
        if isinstance(use.claim, WorkloadIdentityClaim):
            needs[use.provider] |= {grant.provider for grant in resolution.grants(use)}
    order: list[Part] = []
    while needs:
        ready = sorted(part for part, before in needs.items() if not before - set(order))
        if not ready:
            names = " -> ".join(part.instance for part in sorted(needs))
            raise ValueError(f"tools need each other in a circle: {names}")
        order.append(ready[0])
        del needs[ready[0]]
    return tuple(order)
