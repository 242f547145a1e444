"""Kubernetes versions that EKS runs and this release supports, with the end of their support."""

from __future__ import annotations

import json
from datetime import date
from enum import StrEnum
from importlib import resources

FACTS = "kubernetes_versions.json"


class KubernetesVersion(StrEnum):
    """A minor version of Kubernetes."""

    V1_34 = "1.34"
    """Kubernetes 1.34."""
    V1_35 = "1.35"
    """Kubernetes 1.35."""
    V1_36 = "1.36"
    """Kubernetes 1.36."""


def standard_support_ends(version: KubernetesVersion) -> date | None:
    """Return the last day of standard support at EKS; None when AWS has not announced it.

    The source of the dates and the day they were read stand beside them in the data file.
    """
    text = (resources.files("stackwright.data") / FACTS).read_text(encoding="utf-8")
    found = json.loads(text)["standard_support_ends"][version.value]
    return date.fromisoformat(found) if found else None
