"""Where a provider works: another region, account or cluster holds other resources."""

from __future__ import annotations

from stackwright.diff.changes import Effect
from stackwright.diff.properties.texts import document
from stackwright.diff.replacement.clusters import KUBERNETES_PROVIDER, provider_effect
from stackwright.diff.replacement.effects import AWS_PROVIDER
from stackwright.diff.shapes import texts
from stackwright.plan.graph import Resource

ACCOUNTS = "allowedAccountIds"
REGION = "region"


def other_place(old: Resource, new: Resource) -> str:
    """Return the input by which a provider of AWS works somewhere else; empty if it does not."""
    if not old.type == new.type == AWS_PROVIDER:
        return ""
    before, after = _accounts(old), _accounts(new)
    if before and after and not before & after:
        return ACCOUNTS
    return REGION if old.inputs.get(REGION) != new.inputs.get(REGION) else ""


def is_another_cluster(old: Resource, new: Resource) -> bool:
    """Tell whether two providers of Kubernetes work in two clusters."""
    if not old.type == new.type == KUBERNETES_PROVIDER:
        return False
    differing = {
        name for name in {*old.inputs, *new.inputs} if old.inputs.get(name) != new.inputs.get(name)
    }
    return any(
        provider_effect(old.inputs, new.inputs, name)[0] is Effect.REPLACES for name in differing
    )


def _accounts(provider: Resource) -> set[str]:
    """Return the accounts that a provider may work in, which its inputs hold as text."""
    given = provider.inputs.get(ACCOUNTS)
    return set(texts(document(given) if isinstance(given, str) else given))
