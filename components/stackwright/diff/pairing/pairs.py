"""Which resource of the later plan is which of the earlier one: by URN, else by an alias.

What has no partner is new or gone. A new resource that looks like one that is gone is its twin:
it was renamed or moved without an alias, and would be made anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stackwright.diff.pairing.aliases import aliased
from stackwright.diff.pairing.twins import find_twins
from stackwright.diff.replacement.places import is_another_cluster, other_place
from stackwright.plan.graph import Layer, Plan, Resource, origins
from stackwright.report.inventory import STACK

_PROVIDER = "pulumi:providers:"


@dataclass(frozen=True, slots=True)
class Placed:
    """A resource and the layer that it is in."""

    layer: Layer
    resource: Resource


@dataclass(frozen=True, slots=True)
class Pairing:
    """How the resources of two plans belong together; stacks are left out."""

    pairs: tuple[tuple[Placed, Placed], ...]
    """Earlier and later, in the later plan's order of deployment."""
    new: tuple[Placed, ...]
    """Without a partner in the earlier plan, in order of deployment."""
    gone: tuple[Placed, ...]
    """Without a partner in the later plan, in the earlier plan's order of deployment."""
    urns: Mapping[str, str]
    """Earlier URN -> later URN, of all pairs."""
    twins: Mapping[str, str]
    """URN of a new resource -> URN of the gone one that it seems to be; one to one."""

    @property
    def renamed(self) -> dict[str, str]:
        """Earlier URN -> later URN, of the pairs whose URN differs."""
        return {before: after for before, after in self.urns.items() if before != after}


def pair(base: Plan | None, head: Plan | None) -> Pairing:
    """Return how the resources of two plans of one environment belong together.

    Args:
        base: The earlier plan; None when the environment is new.
        head: The later plan; None when the environment is gone.
    """
    earlier, later = _placed(base), _placed(head)
    urns = aliased(
        {urn: placed.resource for urn, placed in earlier.items()},
        {urn: placed.resource for urn, placed in later.items()},
    )
    partner = {after: before for before, after in urns.items()}
    new = tuple(placed for urn, placed in later.items() if urn not in partner)
    gone = tuple(placed for urn, placed in earlier.items() if urn not in urns)
    elsewhere = _elsewhere(urns, earlier, later)
    return Pairing(
        pairs=tuple(
            (earlier[partner[urn]], placed) for urn, placed in later.items() if urn in partner
        ),
        new=new,
        gone=gone,
        urns=urns,
        twins=find_twins(
            tuple(placed.resource for placed in new),
            tuple(one.resource for one in gone if one.resource.provider not in elsewhere),
            urns,
        ),
    )


def _elsewhere(
    urns: Mapping[str, str], earlier: Mapping[str, Placed], later: Mapping[str, Placed]
) -> set[str]:
    """Return the earlier providers that work somewhere else later, where nothing is kept."""
    found: set[str] = set()
    for urn, placed in earlier.items():
        if urn not in urns or not placed.resource.type.startswith(_PROVIDER):
            continue
        before, after = placed.resource, later[urns[urn]].resource
        made_from = (origin.partition("#")[0] for origin in origins(before.inputs))
        # A cluster that is made in another region is another cluster.
        above = {earlier[one].resource.provider for one in made_from if one in earlier}
        if other_place(before, after) or is_another_cluster(before, after) or above & found:
            found.add(urn)
    return found


def _placed(plan: Plan | None) -> dict[str, Placed]:
    if plan is None:
        return {}
    return {
        resource.urn: Placed(layer, resource)
        for layer, resource in plan.resources()
        if resource.type != STACK
    }
