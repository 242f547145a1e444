"""The resolver finds the tool that answers each claim, adds default tools, and orders all parts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from stackwright import catalog
from stackwright.blueprint.document import Location
from stackwright.blueprint.model import BlueprintHeader
from stackwright.blueprint.shown import listed, nearest, shown
from stackwright.claims import Claim, Layer, Need, OwnPartClaim, WorkloadIdentityClaim
from stackwright.ordering import in_order
from stackwright.resolution import Finding, Instance, Part, Resolution, Use
from stackwright.tool import ToolSettings


def resolve(
    blueprint: BlueprintHeader, broken: frozenset[str] = frozenset()
) -> tuple[Resolution, list[Finding]]:
    """Return who answers each claim, and all that keeps a claim from being answered.

    Args:
        blueprint: The validated blueprint of one environment.
        broken: Capabilities that are in the file but not in `blueprint`, because something is
            wrong in them; nothing is said about claims on them.
    """
    resolver = _Resolver(blueprint, broken)
    resolver.add_written()
    resolver.answer_claims()
    resolver.tell_missing()
    resolver.order_parts()
    return resolver.resolution, resolver.findings


class _Resolver:
    def __init__(self, blueprint: BlueprintHeader, broken: frozenset[str]) -> None:
        self.blueprint = blueprint
        self.target = blueprint.target.kind
        self.broken = broken
        self.resolution = Resolution()
        self.findings: list[Finding] = []
        self.added_for: dict[str, Instance] = {}
        """Who needs a tool that the blueprint does not name, by that tool's instance name."""
        self.misplaced: set[str] = set()
        """Names of instances that the target does not allow, whose needs do not matter."""
        self.missing: dict[str, Instance] = {}
        """The first who needs a capability that nothing fills, by capability."""

    def add_written(self) -> None:
        for instance in _written(self.blueprint):
            self.findings += _wrong_name(instance)
            earlier = self.resolution.instances.get(instance.name)
            if earlier is not None:
                self.findings.append((instance.location, _same_name(instance, earlier)))
                continue
            self.resolution.instances[instance.name] = instance
            if self.target not in instance.settings.targets:
                self.misplaced.add(instance.name)
                self.findings.append(_wrong_target(instance, self.target))

    def answer_claims(self) -> None:
        instances = self.resolution.instances
        pending = [found for name, found in instances.items() if name not in self.misplaced]
        while pending:
            consumer = pending.pop(0)
            for layer, name, claim in _claims(consumer):
                provider = self.provider(consumer, layer, name, claim)
                if provider is None:
                    continue
                if provider.name not in self.resolution.instances:
                    self.resolution.instances[provider.name] = provider
                    self.added_for[provider.name] = consumer
                    pending.append(provider)
                part = _answering_part(provider, layer, claim)
                self.resolution.uses.append(Use(Part(layer, consumer.name), name, claim, part))
            self.findings += _unknown_uses(consumer)

    def provider(
        self, consumer: Instance, layer: Layer, name: str, claim: Claim
    ) -> Instance | None:
        """Return the instance that answers a claim; None to go without, or after a finding."""
        if isinstance(claim, OwnPartClaim):
            return consumer
        candidates = [
            instance
            for instance in self.resolution.instances.values()
            if instance.capability == claim.capability and min(instance.settings.parts) <= layer
        ]
        if name in consumer.settings.uses:
            return self.named(candidates, consumer, name, claim)
        called_so = [found for found in candidates if found.name == claim.capability]
        if len(candidates) > 1 and not called_so:
            self.findings.append((consumer.location, _ambiguous(candidates, name, claim)))
            return None
        return next(iter(called_so or candidates), None) or self.default(consumer, claim)

    def named(
        self, candidates: list[Instance], consumer: Instance, name: str, claim: Claim
    ) -> Instance | None:
        chosen = consumer.settings.uses[name]
        found = next((item for item in candidates if item.name == chosen), None)
        if found is None and claim.capability not in self.broken:
            location = (*consumer.location, "uses", name)
            self.findings.append((location, _unknown_instance(candidates, chosen, claim)))
        return found

    def default(self, consumer: Instance, claim: Claim) -> Instance | None:
        if claim.capability in self.broken or claim.need is Need.OPTIONAL:
            return None
        tool = catalog.default_tool(claim.capability, self.target)
        if tool is not None and _needs_no_settings(tool):
            values = {"kind": tool.kind_name(), **tool.profiles.get(self.blueprint.profile, {})}
            settings = tool.model_validate_json(json.dumps(values))
            return Instance(claim.capability, claim.capability, settings, (claim.capability,), True)
        if tool is not None or claim.need is Need.REQUIRED:
            self.missing.setdefault(claim.capability, consumer)
        return None

    def tell_missing(self) -> None:
        for capability, consumer in self.missing.items():
            written = consumer
            while written.name in self.added_for:
                written = self.added_for[written.name]
            inside = f" for {consumer.settings.kind}" if consumer is not written else ""
            needs = f"{written.settings.kind} needs {capability}{inside}"
            self.findings.append((written.location, _missing(needs, capability, self.target)))

    def order_parts(self) -> None:
        resolution = self.resolution
        resolution.uses.sort(key=lambda use: (use.consumer, use.name))
        resolution.instances = dict(sorted(resolution.instances.items()))
        resolution.order, circle = in_order(_needs(resolution))
        if circle:
            names = [part.instance for part in (*circle, circle[0])]
            text = f"tools need each other in a circle: {' -> '.join(names)}."
            self.findings.append((resolution.instances[names[0]].location, text))


def _written(blueprint: BlueprintHeader) -> Iterator[Instance]:
    for capability in catalog.capabilities():
        tools = blueprint.capability(capability)
        for name, settings in tools.items():
            alone = isinstance(getattr(blueprint, capability), ToolSettings)
            location: Location = (capability,) if alone else (capability, name)
            yield Instance(name, capability, settings, location)


def _claims(instance: Instance) -> Iterator[tuple[Layer, str, Claim]]:
    for layer in sorted(instance.settings.parts):
        for name, claim in sorted(instance.settings.claims(layer).items()):
            yield layer, name, claim


def _needs_no_settings(tool: type[ToolSettings]) -> bool:
    return [name for name, info in tool.model_fields.items() if info.is_required()] == ["kind"]


def _answering_part(provider: Instance, layer: Layer, claim: Claim) -> Part:
    """Return the provider's latest part that is not later than the consumer."""
    if isinstance(claim, OwnPartClaim):
        return Part(min(provider.settings.parts), provider.name)
    return Part(max(at for at in provider.settings.parts if at <= layer), provider.name)


def _needs(resolution: Resolution) -> Mapping[Part, set[Part]]:
    needs: dict[Part, set[Part]] = {
        Part(layer, instance.name): set()
        for instance in resolution.instances.values()
        for layer in instance.settings.parts
    }
    for use in resolution.uses:
        needs[use.consumer].add(use.provider)
        if isinstance(use.claim, WorkloadIdentityClaim):
            needs[use.provider] |= {grant.provider for grant in resolution.grants(use)}
    return needs


def _kinds(capability: str, target: str) -> list[str]:
    tools = catalog.capabilities().get(capability, {})
    return [kind for kind, tool in tools.items() if target in tool.targets]


def _wrong_name(instance: Instance) -> Iterator[Finding]:
    if instance.name != instance.capability and instance.name in catalog.capabilities():
        yield (
            instance.location,
            f"{instance.name} is the name of another capability; call this instance of"
            f" {instance.capability} something else.",
        )


def _same_name(instance: Instance, earlier: Instance) -> str:
    return (
        f"{instance.name} is already the name of an instance of {earlier.capability};"
        " every instance of a blueprint has its own name."
    )


def _wrong_target(instance: Instance, target: str) -> Finding:
    kinds = _kinds(instance.capability, target)
    allowed = f"allowed is kind {listed(kinds)}" if kinds else "leave it out"
    text = f"{instance.settings.kind} cannot be used with target {target}; {allowed}."
    return (*instance.location, "kind"), text


def _unknown_instance(candidates: list[Instance], chosen: str, claim: Claim) -> str:
    names = [instance.name for instance in candidates]
    if not names:
        return f"{shown(chosen)} is not there: the blueprint has no {claim.capability}."
    return (
        f"no {claim.capability} is called {shown(chosen)}; allowed is {listed(names)}."
        f" {nearest(chosen, names)}".rstrip()
    )


def _ambiguous(candidates: list[Instance], name: str, claim: Claim) -> str:
    names = listed((instance.name for instance in candidates), "and")
    return (
        f"there are several instances of {claim.capability}: {names}."
        f" Say which one with `uses: {{{name}: {candidates[0].name}}}`."
    )


def _missing(needs: str, capability: str, target: str) -> str:
    kinds = _kinds(capability, target)
    if not kinds:
        return f"{needs}, and no tool gives it with target {target}; leave the tool out."
    return f"{needs}, and the blueprint has none. Add `{capability}:` with kind {listed(kinds)}."


def _unknown_uses(instance: Instance) -> Iterator[Finding]:
    known = sorted({name for _, name, _ in _claims(instance)})
    for name in instance.settings.uses:
        if name not in known:
            yield (*instance.location, "uses", name), _unknown_need(instance, name, known)


def _unknown_need(instance: Instance, name: str, known: Iterable[str]) -> str:
    kind = instance.settings.kind
    if not known:
        return f"{kind} needs no other tool; leave `uses` out."
    return (
        f"{kind} has no need called {shown(name)}; allowed is {listed(known)}."
        f" {nearest(name, known)}".rstrip()
    )
