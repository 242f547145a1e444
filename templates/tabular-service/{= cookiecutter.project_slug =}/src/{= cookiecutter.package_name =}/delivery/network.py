"""What the pods of the project may reach on the platform, and who may reach them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ..environment import Environment

SERVICE_PORT = 8080
"""TCP port that the service listens on (the manifests in deploy/base say the same)."""

_METADATA = "169.254.169.254/32"


def ingress(environment: Environment, platform: str) -> list[dict[str, Any]]:
    """Return the rules that let the platform and its Prometheus ask the service."""
    peers = [_platform(environment, platform)]
    if namespace := _namespace(environment.prometheus_url):
        peers.append(_named(namespace))
    return [{"from": peers, "ports": [_tcp(SERVICE_PORT)]}]


def egress(environment: Environment, platform: str) -> list[dict[str, Any]]:
    """Return the rule that lets pods reach the tracker and the object store of the wiring."""
    urls = (environment.tracking_uri, environment.object_store_endpoint)
    ports = sorted({443} | {_port(url) for url in urls if url})
    outside = {"ipBlock": {"cidr": "0.0.0.0/0", "except": [_METADATA]}}
    peers = [_platform(environment, platform), outside]
    return [{"to": peers, "ports": [_tcp(port) for port in ports]}]


def _platform(environment: Environment, platform: str) -> dict[str, Any]:
    """Return the platform's namespaces, which carry its labels."""
    labels = {
        "app.kubernetes.io/part-of": platform,
        "stackwright.dev/environment": environment.name,
    }
    return {"namespaceSelector": {"matchLabels": labels}}


def _named(namespace: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}


def _tcp(port: int) -> dict[str, Any]:
    return {"protocol": "TCP", "port": port}


def _port(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or (80 if parts.scheme == "http" else 443)


def _namespace(url: str | None) -> str | None:
    """Return the namespace of a Service's address, `name.namespace.svc...`."""
    parts = (urlsplit(url).hostname or "").split(".") if url else []
    return parts[1] if len(parts) > 2 and parts[2] == "svc" else None
