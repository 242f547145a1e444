"""What happens to each resource, before anyone asks whether a change replaces it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from stackwright.diff.changes import Action, PropertyChange, PropertyKind, ResourceChange
from stackwright.diff.pairing.aliases import inherited_urn
from stackwright.diff.pairing.options import option_changes
from stackwright.diff.pairing.pairs import Pairing, Placed
from stackwright.diff.properties.noise import IMAGE_DIGEST
from stackwright.diff.properties.values import differences, given
from stackwright.plan.graph import Plan

_SERVING = "serving"
"""Capability whose tools run models, so that their images are what a change is about."""

_REFERENCE = "pulumi:pulumi:StackReference"
"""Type of what a program only reads: the outputs of another stack."""


def changes(pairing: Pairing, base: Plan | None, head: Plan | None) -> tuple[ResourceChange, ...]:
    """Return what happens to every resource that does not stay as it is.

    They stand in the later side's order of deployment; what leaves the program comes last, in the
    opposite order of its own. A replacement is an update here.

    Args:
        pairing: Which resource is which.
        base: The earlier plan, for the capabilities of its tools.
        head: The later plan.
    """
    found = _Changes(pairing, base, head)
    return (*found.later(), *found.gone())


class _Changes:
    def __init__(self, pairing: Pairing, base: Plan | None, head: Plan | None) -> None:
        self._pairing, self._head = pairing, head
        self._renamed = pairing.renamed
        self._base_tools, self._head_tools = capabilities_of(base), capabilities_of(head)
        self._new = {placed.resource.urn: placed for placed in pairing.new}
        self._pairs = {pair[1].resource.urn: pair for pair in pairing.pairs}
        self._twins = {gone: new for new, gone in pairing.twins.items()}

    def later(self) -> Iterator[ResourceChange]:
        for _, resource in self._head.resources() if self._head else ():
            if resource.urn in self._new:
                yield self._created(self._new[resource.urn])
            elif resource.urn in self._pairs:
                yield from self._kept(*self._pairs[resource.urn])

    def gone(self) -> Iterator[ResourceChange]:
        for placed in reversed(self._pairing.gone):
            yield self._deleted(placed)

    def _created(self, placed: Placed) -> ResourceChange:
        resource = placed.resource
        action = Action.IMPORT if resource.options.import_id else Action.CREATE
        return change_of(
            placed,
            self._head_tools,
            Action.READ if resource.type == _REFERENCE else action,
            properties=_given(placed, PropertyKind.ADD),
            twin=self._pairing.twins.get(resource.urn, ""),
            alias=self._alias(resource.urn),
        )

    def _deleted(self, placed: Placed) -> ResourceChange:
        resource = placed.resource
        stays = resource.options.retain_on_delete or resource.type == _REFERENCE
        twin = self._twins.get(resource.urn, "")
        return change_of(
            placed,
            self._base_tools,
            Action.FORGET if stays else Action.DELETE,
            properties=_given(placed, PropertyKind.DELETE),
            twin=twin,
            alias=self._alias(twin),
        )

    def _kept(self, before: Placed, after: Placed) -> Iterator[ResourceChange]:
        earlier, later = before.resource, after.resource
        hidden = (*earlier.options.hide_diffs, *later.options.hide_diffs)
        found = differences(later.type, earlier.inputs, later.inputs, self._pairing.urns, hidden)
        properties = _telling(found, self._head_tools.get(later.tool, ""))
        options = option_changes(earlier, later, self._pairing.urns)
        moved = earlier.urn != later.urn
        if not (properties or options or moved):
            return
        action = Action.READ if later.type == _REFERENCE else Action.UPDATE
        same = not properties and all(option.path == "parent" for option in options)
        yield change_of(
            after,
            self._head_tools,
            _taken_over(earlier.urn, later.urn) if same else action,
            properties=properties,
            options=options,
            before_urn=earlier.urn if moved else "",
        )

    def _alias(self, new: str) -> str:
        """Return what a twin has to name as its alias.

        It is empty where the alias of what it is in brings it along, and between two stacks,
        which no alias joins.
        """
        gone = self._pairing.twins.get(new, "")
        if not gone or _stack(new) != _stack(gone):
            return ""
        parent = self._new[new].resource.parent
        above = self._pairing.twins.get(parent, "")
        follows = above and inherited_urn(new, parent, above) == gone
        return "" if follows else gone


def change_of(
    placed: Placed,
    capabilities: Mapping[str, str],
    action: Action,
    *,
    properties: tuple[PropertyChange, ...] = (),
    options: tuple[PropertyChange, ...] = (),
    before_urn: str = "",
    twin: str = "",
    alias: str = "",
) -> ResourceChange:
    """Return the change of a resource, called by what the plan says of it.

    Args:
        placed: The resource.
        capabilities: Those of its plan, see `capabilities_of`.
        action: What happens to it; for the others see `ResourceChange`.
    """
    resource = placed.resource
    return ResourceChange(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        layer=placed.layer.name,
        tool=resource.tool,
        capability=capabilities.get(resource.tool, ""),
        custom=resource.custom,
        action=action,
        properties=properties,
        options=options,
        before_urn=before_urn,
        twin=twin,
        alias=alias,
    )


def _telling(properties: tuple[PropertyChange, ...], capability: str) -> tuple[PropertyChange, ...]:
    """Return the properties as they are noise or not to those who look at such a tool.

    Another digest of an image is another model, or another server of it, where models are served.
    """
    if capability != _SERVING:
        return properties
    return tuple(replace(one, noise="") if one.noise == IMAGE_DIGEST else one for one in properties)


def _given(placed: Placed, kind: PropertyKind) -> tuple[PropertyChange, ...]:
    resource = placed.resource
    return given(resource.type, resource.inputs, kind, resource.options.hide_diffs)


def _taken_over(before: str, after: str) -> Action:
    """Return what happens to a resource of which nothing real changes."""
    same_place = before.split("::", 3)[:3] == after.split("::", 3)[:3]
    return Action.RENAME if same_place and before != after else Action.MOVE


def _stack(urn: str) -> list[str]:
    return urn.split("::", 2)[:2]


def capabilities_of(plan: Plan | None) -> dict[str, str]:
    """Return instance -> capability of every tool of a plan."""
    return {tool.instance: tool.capability for tool in plan.tools} if plan else {}
