"""Who may do what, before and after: compared by what is allowed, not by the text that says so.

Policies of IAM, trust, resource policies, security groups, clusters, roles of Kubernetes, network
policies and addresses are each judged by a module, which sees both plans as a whole: a permission
that moves from one policy of a role to another is no change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from stackwright.diff.access.clusters import cluster_changes
from stackwright.diff.access.exposure import exposure_changes
from stackwright.diff.access.identities import identity_changes
from stackwright.diff.access.kubernetes_roles import kubernetes_role_changes
from stackwright.diff.access.network_policies import network_policy_changes
from stackwright.diff.access.resource_policies import resource_policy_changes
from stackwright.diff.access.security_groups import security_group_changes
from stackwright.diff.access.sides import AccessSide, renamings
from stackwright.diff.access.trust import trust_changes
from stackwright.diff.changes import ResourceChange
from stackwright.diff.findings import AccessChange, Direction
from stackwright.plan.graph import Plan

_JUDGES: tuple[Callable[[AccessSide, AccessSide], Iterator[AccessChange]], ...] = (
    exposure_changes,
    security_group_changes,
    network_policy_changes,
    identity_changes,
    trust_changes,
    resource_policy_changes,
    cluster_changes,
    kubernetes_role_changes,
)

_ORDER = (Direction.WIDER, Direction.BOTH, Direction.UNCLEAR, Direction.NARROWER)


def access_changes(
    changes: Sequence[ResourceChange], base: Plan | None, head: Plan | None
) -> tuple[AccessChange, ...]:
    """Return what is allowed on one side only, wider access of what is there already first.

    Args:
        changes: What changes; it says which resource took over from which.
        base: The environment as it was; None when it is new.
        head: The environment as it will be; None when it goes.
    """
    if not changes:
        return ()
    before, after = AccessSide(base, renamings(changes)), AccessSide(head, {})
    found = chain.from_iterable(judge(before, after) for judge in _JUDGES)
    return tuple(sorted(found, key=lambda one: (one.new, _ORDER.index(one.direction))))
