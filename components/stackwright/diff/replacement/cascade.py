"""What a replacement forces in other resources: why each of them is replaced or updated with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from stackwright.data.replacement import (
    Rules,
    is_global,
    outputs_of_an_update,
    rules_of,
    rules_of_every,
)
from stackwright.diff.changes import (
    Effect,
    Evidence,
    Order,
    PropertyChange,
    PropertyKind,
    Replacement,
)
from stackwright.diff.pairing.pairs import Pairing, Placed
from stackwright.diff.properties.steps import steps, values_at
from stackwright.diff.replacement.effects import judgement, weakest
from stackwright.diff.replacement.places import ACCOUNTS, REGION, is_another_cluster, other_place
from stackwright.diff.replacement.renewal import Use, Wiring, renewed
from stackwright.diff.replacement.subject import Subject
from stackwright.plan.graph import Layer, Plan, Resource, symbol

_UNKNOWN: Mapping[str, tuple[str, ...]] = {"$unknown": ()}
"""What the engine puts in the place of an input that is made from what is deleted first."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a resource is replaced."""

    properties: tuple[str, ...]
    evidence: Evidence
    because_of: str
    """URN of the resource that forces it; empty when the change is the resource's own."""
    by_provider: bool = True
    """Whether its provider asks for it, for a changed input; else the engine does."""


class Cascade:
    """The replacements found so far, and what they force in what is deployed after them."""

    def __init__(self, pairing: Pairing, base: Plan, head: Plan) -> None:
        self._urns = pairing.urns
        self._wiring = Wiring(head)
        self._pairs = {after.resource.urn: (before, after) for before, after in pairing.pairs}
        self._earlier = {resource.urn: resource for _, resource in base.resources()}
        self._later = {resource.urn: resource for _, resource in head.resources()}
        self._replaced: dict[str, Replacement] = {}
        self._updated: set[str] = set()
        self._elsewhere = {
            after.resource.urn: input_
            for before, after in pairing.pairs
            if (input_ := other_place(before.resource, after.resource))
        }

    def subject(self, before: Resource, after: Resource) -> Subject:
        """Return a resource on both sides with all that decides what a change does to it."""
        provider = self._later.get(after.provider)
        inputs = provider.inputs if provider is not None else {}
        return Subject(after.type, before.inputs, after.inputs, after.options, inputs)

    def add_replaced(self, urn: str, replacement: Replacement) -> None:
        """Remember that a resource is replaced."""
        self._replaced[urn] = replacement

    def evidence(self, reason: Reason) -> Evidence:
        """Return how sure a reason is: never surer than the replacement that it follows from."""
        cause = self._replaced.get(reason.because_of)
        return reason.evidence if cause is None else weakest((reason.evidence, cause.evidence))

    def add_updated(self, urn: str) -> None:
        """Remember that a resource gets another version."""
        if outputs_of_an_update(self._later[urn].type):
            self._updated.add(urn)

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing was found yet that could force anything."""
        return not (self._replaced or self._updated or self._elsewhere)

    def is_deleted_first(self, layer: str, urns: Iterable[str]) -> bool:
        """Tell whether one of some resources of a layer is deleted before it is made anew.

        The engine then deletes all that it forces to be replaced before that.
        """
        return any(self._is_deleted_first(urn) and self._layer(urn) == layer for urn in urns)

    def renewals(
        self, subject: Subject, after: Placed, own: Iterable[PropertyChange]
    ) -> dict[str, tuple[PropertyChange, str]]:
        """Return the inputs that get another value because of what they are made from, by path.

        With each stands the resource that it is made from. Before and after are the same symbol,
        whose value will be another one.
        """
        if self.is_idle:
            return {}
        known = {change.path for change in own}
        found: dict[str, tuple[PropertyChange, str]] = {}
        for use in self._wiring.uses(after.resource):
            if use.path not in known:
                found.update(self._renewal(subject, after, use))
        return found

    def reasons(
        self,
        subject: Subject,
        before: Placed,
        after: Placed,
        own: Iterable[PropertyChange],
        renewals: Mapping[str, tuple[PropertyChange, str]],
    ) -> Iterator[Reason]:
        """Yield every reason why a resource is replaced, its own first."""
        forced = [
            (change, self._cause(after.resource, change.path))
            for change in own
            if change.effect is Effect.REPLACES
        ]
        forced += [one for one in renewals.values() if one[0].effect is Effect.REPLACES]
        for change, cause in forced:
            yield Reason((change.path,), change.evidence, cause)
        yield from self._with_what_is_deleted_first(subject, before.resource)
        yield from self._with_its_provider(before.resource, after.resource, alone=not forced)
        yield from self._by_options(after.resource)

    def _renewal(
        self, subject: Subject, after: Placed, use: Use
    ) -> Iterator[tuple[str, tuple[PropertyChange, str]]]:
        """Yield the change of an input for the first of its outputs that gets another value."""
        for urn, output in use.made_from:
            sure = self._renewed(urn, output, after.layer)
            if sure is not None:
                value = symbol(urn, output)
                change = PropertyChange(use.path, PropertyKind.UPDATE, value, value)
                effect, evidence = judgement(subject, change)
                evidence = weakest((evidence, sure))
                yield use.path, (replace(change, effect=effect, evidence=evidence), urn)
                return

    def _renewed(self, urn: str, output: str, layer: Layer) -> Evidence | None:
        """Return how sure it is that an output gets another value; None when it does not."""
        if urn in self._updated:
            outputs = outputs_of_an_update(self._later[urn].type)
            return Evidence.DOCUMENTED if output in outputs else None
        if urn not in self._replaced:
            return None
        earlier, later = self._pairs[urn]
        sure = renewed(output, earlier.resource, later.resource)
        # In one layer, the engine itself takes the output for unknown.
        here = sure is not None and later.layer.name == layer.name
        return Evidence.DOCUMENTED if here else sure

    def _cause(self, resource: Resource, path: str) -> str:
        """Return what is replaced and a changed input is made from; empty for nothing."""
        made_from = resource.property_dependencies.get(steps(path)[0], ())
        return next((urn for urn in made_from if urn in self._replaced), "")

    def _with_what_is_deleted_first(self, subject: Subject, before: Resource) -> Iterator[Reason]:
        """Yield why the engine deletes a resource before something that it is made from.

        It asks the provider what an unknown value would do, whatever the value is at the end.
        """
        for name, urns in before.property_dependencies.items():
            if not _is_asked(subject, name):
                continue
            for urn in (self._urns.get(urn, urn) for urn in urns):
                if self._is_deleted_first(urn):
                    change = PropertyChange(
                        name, PropertyKind.UPDATE, before.inputs.get(name), _UNKNOWN
                    )
                    if judgement(subject, change)[0] is Effect.REPLACES:
                        yield Reason((name,), Evidence.DOCUMENTED, urn)

    def _with_its_provider(
        self, before: Resource, after: Resource, *, alone: bool
    ) -> Iterator[Reason]:
        old, new = self._earlier.get(before.provider), self._later.get(after.provider)
        if new is None or old is None:
            return
        if new.urn in self._replaced:
            yield Reason(("provider",), Evidence.DOCUMENTED, new.urn, by_provider=False)
        elif self._urns.get(old.urn) != new.urn and is_another_cluster(old, new):
            yield Reason(("provider",), Evidence.DOCUMENTED, "", by_provider=False)
        elif self._elsewhere.get(new.urn) == REGION and _follows_region(after):
            yield Reason((REGION,), Evidence.DOCUMENTED, new.urn)
        elif self._elsewhere.get(new.urn) == ACCOUNTS and alone:
            # Nothing of the first account is in the second one; the engine does not know that.
            yield Reason((ACCOUNTS,), Evidence.NONE, new.urn)

    def _by_options(self, after: Resource) -> Iterator[Reason]:
        for urn in after.options.replace_with:
            if urn in self._replaced:
                yield Reason(("replaceWith",), Evidence.DOCUMENTED, urn, by_provider=False)
        if after.options.deleted_with in self._replaced:
            cause = after.options.deleted_with
            yield Reason(("deletedWith",), Evidence.DOCUMENTED, cause, by_provider=False)
        yield from self._by_trigger(after)

    def _by_trigger(self, after: Resource) -> Iterator[Reason]:
        earlier = self._pairs[after.urn][0].resource.options.replacement_trigger
        trigger = after.options.replacement_trigger
        if trigger is None or earlier is None:
            return
        made_from = (urn for urn, _ in self._wiring.made_from(trigger) if urn in self._replaced)
        cause = next(made_from, "")
        if cause or trigger != earlier:
            yield Reason(("replacementTrigger",), Evidence.DOCUMENTED, cause, by_provider=False)

    def _is_deleted_first(self, urn: str) -> bool:
        replacement = self._replaced.get(urn)
        return replacement is not None and replacement.order is Order.DELETE_FIRST

    def _layer(self, urn: str) -> str:
        return self._pairs[urn][1].layer.name


def _is_asked(subject: Subject, name: str) -> bool:
    """Tell whether a provider looks at a whole input that is unknown.

    That of Kubernetes takes it for empty: all in it that must not change and was set is gone. So
    the real one answered about Deployments, StatefulSets, ConfigMaps and custom resources.
    """
    package = subject.type.partition(":")[0]
    if package != "kubernetes":
        return True
    rules = rules_of(subject.type) or Rules()
    paths = (*rules.replaces, *rules.sometimes, *rules_of_every(package).replaces)
    within = (where for where in map(steps, paths) if where[0] == name)
    return any(values_at(subject.before, where) for where in within)


def _follows_region(resource: Resource) -> bool:
    return REGION not in resource.inputs and not is_global(resource.type)
