"""How a cluster is reached, as plain data: tools say it, `engine/api_server` follows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeconfigContext:
    """A way into a cluster: a context of the caller's own kubeconfig."""

    context: str
    kubeconfig: str = ""
    """Paths of kubeconfig files, as in `KUBECONFIG`; empty for that variable or the default."""

    def __str__(self) -> str:
        return f"of context {self.context}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EksCluster:
    """A way into a cluster: by name, with credentials of AWS. It may not be there yet."""

    name: str
    region: str

    def __str__(self) -> str:
        return self.name


ClusterAccess = KubeconfigContext | EksCluster
"""How a cluster is reached."""
