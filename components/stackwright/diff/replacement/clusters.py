"""What a change of a Kubernetes provider does: another cluster means other objects.

The provider's own rules (pulumi-kubernetes, DiffConfig): with an identifier that is set and stays,
nothing is replaced; another identifier replaces everything; without one, everything is replaced
when the active cluster of the kubeconfig changes.
"""

from __future__ import annotations

from stackwright.diff.changes import Effect, Evidence
from stackwright.diff.properties.texts import document
from stackwright.diff.shapes import Inputs, at, mapping, mappings
from stackwright.plan.graph import JsonValue

KUBERNETES_PROVIDER = "pulumi:providers:kubernetes"

_IDENTIFIER = "clusterIdentifier"

_WAYS_IN = frozenset({"cluster", "context", "kubeconfig"})

_RENDERED = "renderYamlToDirectory"

_KEPT = (Effect.IN_PLACE, Evidence.DOCUMENTED)
_REPLACED = (Effect.REPLACES, Evidence.DOCUMENTED)
_UNDECIDED = (Effect.UNKNOWN, Evidence.NONE)


def provider_effect(before: Inputs, after: Inputs, name: str) -> tuple[Effect, Evidence]:
    """Return what a change of one input of a Kubernetes provider does to it and its objects.

    Args:
        before: Inputs of the provider on the earlier side.
        after: Those on the later side.
        name: The input that differs.
    """
    old, new = before.get(_IDENTIFIER), after.get(_IDENTIFIER)
    if name == _IDENTIFIER:
        return _REPLACED if old and new else _KEPT
    if new and old == new:
        return _KEPT
    if name in _WAYS_IN:
        return _way_in(before, after)
    return _REPLACED if name == _RENDERED else _KEPT


def _way_in(before: Inputs, after: Inputs) -> tuple[Effect, Evidence]:
    old, new = _active_cluster(before), _active_cluster(after)
    if old is None or new is None:
        return _UNDECIDED
    return _KEPT if old == new else _REPLACED


def _active_cluster(provider: Inputs) -> JsonValue:
    """Return the entry of the cluster that a provider talks to; None when it cannot be told."""
    config = _config(provider.get("kubeconfig"))
    context = provider.get("context") or config.get("current-context")
    chosen = provider.get("cluster") or at(_entry(config, "contexts", context), "context.cluster")
    return _entry(config, "clusters", chosen).get("cluster")


def _config(text: JsonValue) -> Inputs:
    return mapping(document(text) if isinstance(text, str) else text)


def _entry(config: Inputs, kind: str, name: JsonValue) -> Inputs:
    entries = (one for one in mappings(config.get(kind)) if one.get("name") == name)
    return next(entries, {})
