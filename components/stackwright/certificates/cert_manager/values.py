"""Values of the chart cert-manager, as far as they follow from the settings alone.

Keys were verified in the values of chart v1.21.1.
"""

from __future__ import annotations

from typing import Any

from stackwright.certificates.cert_manager.settings import CertManagerSettings
from stackwright.kubernetes.releases import chart_placement
from stackwright.scope import Scope


def chart_values(scope: Scope, settings: CertManagerSettings, namespace: str) -> dict[str, Any]:
    """Return the values of the chart.

    Args:
        scope: Environment; its mirror replaces the images' registry.
        settings: The tool's settings.
        namespace: Namespace that cert-manager runs in, where its leases are kept too.
    """
    placement = chart_placement(settings)
    values: dict[str, Any] = {
        "global": {
            "commonLabels": {**scope.get("labels", {}), **settings.labels},
            # The chart's own default gives rights in kube-system.
            "leaderElection": {"namespace": namespace},
            "priorityClassName": settings.scheduling.priority_class,
        },
        # Deleting the definitions deletes every certificate of the cluster.
        "crds": {"enabled": True, "keep": True},
        **_replicated(settings.replicas),
        "webhook": {**_replicated(settings.webhook_replicas), **placement},
        "cainjector": {**_replicated(settings.replicas), **placement},
        "startupapicheck": placement,
        **placement,
    }
    if "image_mirror" in scope:
        values["imageRegistry"] = scope["image_mirror"]
    return values


def _replicated(replicas: int) -> dict[str, Any]:
    return {"replicaCount": replicas, "podDisruptionBudget": {"enabled": replicas > 1}}
