"""What `destroy` will do, told from the state before anything is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from stackwright.claims import Layer
from stackwright.data.stateful import losses
from stackwright.engine.deployed import managed, parents
from stackwright.engine.endings import deletion_protection, endings
from stackwright.engine.keeping import NOTHING, Keeping, kept_with_data
from stackwright.engine.state import Resource, State
from stackwright.environment import Environment
from stackwright.urns import tool_of

SCHEMA = "stackwright.forecast/v1"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something to know about one resource."""

    key: str
    """`TYPE::NAME` of the resource."""
    tool: str
    """Instance of the blueprint that it belongs to; empty for the program's own resources."""
    text: str
    """What is to know, as a part of a sentence."""


@dataclass(frozen=True, slots=True)
class LayerForecast:
    """What will become of one layer."""

    layer: Layer
    deleted: tuple[Fact, ...]
    """What a provider is asked to delete; `text` is the URN."""
    kept: tuple[Fact, ...]
    """What stays, and why."""
    lost: tuple[Fact, ...]
    """What cannot be brought back, and what is lost with it."""
    lingering: tuple[Fact, ...]
    """What is deleted later, leaves something, or may be refused."""
    obstacles: tuple[Fact, ...]
    """What its service refuses to delete, and the key of the blueprint to set first."""
    protected: tuple[str, ...]
    """URNs that the engine must be told to unprotect."""
    keeping: Keeping
    """What stays because data is kept; empty where none is."""

    @property
    def counts(self) -> Mapping[str, int]:
        """How many resources each tool loses."""
        return Counter(fact.tool for fact in self.deleted)


def forecast(
    environment: Environment,
    layer: Layer,
    state: State,
    *,
    keep_data: bool,
    claimed: Sequence[str] | None = (),
) -> LayerForecast:
    """Return what will become of one layer.

    Args:
        environment: What the blueprint says.
        layer: Which.
        state: What there is of it.
        keep_data: Whether all that holds data stays.
        claimed: Namespaces that hold volume claims, as the cluster says; None when it could not
            be asked.
    """
    holding = kept_with_data(state, claimed)
    keeping = holding if keep_data else NOTHING
    leaving = [one for one in managed(state) if one.urn not in keeping.every]
    going = [one for one in leaving if not one.retain_on_delete]

    above = parents(state)

    def tool(resource: Resource) -> str:
        return tool_of(resource.urn, above, environment.instances)

    def fact(resource: Resource, text: str) -> Fact:
        return Fact(resource.key, tool(resource), text)

    return LayerForecast(
        layer=layer,
        deleted=tuple(fact(one, one.urn) for one in going),
        kept=tuple(
            [
                fact(one, _why_kept(one.urn, keeping))
                for one in managed(state)
                if one.urn in keeping.every
            ]
            + [fact(one, "the program retains it") for one in leaving if one.retain_on_delete]
        ),
        lost=tuple(fact(one, _lost(one)) for one in going if one.urn in holding.data),
        lingering=tuple(fact(one, text) for one in going for text in endings(one)),
        obstacles=tuple(
            fact(one, _mend(environment, tool(one), name))
            for one in going
            if (name := deletion_protection(one))
        ),
        protected=tuple(
            one.urn for one in state.resources if one.protect and one.urn not in keeping.every
        ),
        keeping=keeping,
    )


def left_behind(environment: Environment, layers: Sequence[LayerForecast]) -> Iterator[Fact]:
    """Yield what may be left that no state knows: made by controllers, or kept by a service."""
    for name, instance in environment.instances.items():
        if any(name in forecast.counts for forecast in layers):
            for text in instance.settings.leaves_behind():
                yield Fact("", name, text)


def as_json(
    environment: str, layers: Sequence[LayerForecast], behind: Sequence[Fact]
) -> dict[str, Any]:
    """Return a forecast as one versioned JSON object."""
    names = ("kept", "lost", "lingering", "obstacles", "deleted")
    return {
        "schema": SCHEMA,
        "environment": environment,
        "layers": [
            {
                "layer": one.layer.value,
                "counts": dict(one.counts),
                **{name: [asdict(fact) for fact in getattr(one, name)] for name in names},
            }
            for one in layers
        ],
        "left_behind": [asdict(fact) for fact in behind],
    }


def _why_kept(urn: str, keeping: Keeping) -> str:
    if urn in keeping.data:
        return "holds data, or may"
    return "guards data" if urn in keeping.guards else "is needed by what is kept"


def _lost(resource: Resource) -> str:
    return losses().get(resource.type, "what the program protects")


def _mend(environment: Environment, tool: str, name: str) -> str:
    """Return what to set in the blueprint so that a service does not refuse."""
    instance = environment.instances.get(tool)
    if instance is None or "deletion_protection" not in type(instance.settings).model_fields:
        return f"set {name} to false in the program"
    path = ".".join(str(part) for part in instance.location)
    return f"set {path}.deletion_protection: false"
