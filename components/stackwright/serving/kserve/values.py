"""Values of KServe's charts, as far as they follow from the settings alone.

Keys were verified in the values and templates of charts v0.20.0.
"""

from __future__ import annotations

from typing import Any

from stackwright.kubernetes.releases import chart_placement
from stackwright.scope import Scope
from stackwright.serving.kserve.settings import KserveSettings

SECCOMP = {"seccompProfile": {"type": "RuntimeDefault"}}
"""Pod Security `restricted` asks for it, and the charts leave it out where this is merged in."""

RUNTIMES: dict[str, str] = {
    "sklearnserver": "kserve/sklearnserver",
    "xgbserver": "kserve/xgbserver",
    "lgbserver": "kserve/lgbserver",
    "pmmlserver": "kserve/pmmlserver",
    "paddleserver": "kserve/paddleserver",
    "predictiveserver": "kserve/predictiveserver",
    "autogluonserver": "kserve/autogluonserver",
    "huggingfaceserver": "kserve/huggingfaceserver",
    "mlserver": "docker.io/seldonio/mlserver",
    "tritonserver": "nvcr.io/nvidia/tritonserver",
    "vllmserver": "vllm/vllm-openai",
}
"""Runtimes that are offered, and the image of each as the chart names it."""

TAGS = {
    "mlserver": "1.7.1",
    "tritonserver": "26.08-py3",
    "vllmserver": "v0.29.0",
}
"""Newer tags where the chart's own are years old, or `latest`; seen in public use in 2026."""

REFUSED = ("torchserve", "tensorflow")
"""TorchServe has had no update or security patch since 2025 (its repository's notice). The chart's
TensorFlow Serving is of 2021 and no newer tag was verified; Triton serves TensorFlow models."""

_CONTROLLER_IMAGES = {
    "controller": "kserve/kserve-controller",
    "storage": "kserve/storage-initializer",
    "agent": "kserve/agent",
    "router": "kserve/router",
}
_PROXY_IMAGE = "brancz/kube-rbac-proxy:v0.18.0"


def controller(scope: Scope, settings: KserveSettings) -> dict[str, Any]:
    """Return the values of the chart kserve-resources."""
    gateway = settings.gateway
    routing: dict[str, Any] = {"disableIstioVirtualHost": True, "disableIngressCreation": True}
    if gateway is not None:
        routing = {
            "disableIstioVirtualHost": True,
            "disableIngressCreation": False,
            "domain": gateway.domain,
            "urlScheme": "https",
            "ingressGateway": {
                "enableGatewayApi": True,
                "createGateway": False,
                "kserveGateway": f"{gateway.namespace}/{gateway.name}",
            },
        }
    values: dict[str, Any] = {
        "controller": {
            "deploymentMode": "Standard",
            "gateway": routing,
            # The chart's own limit of 100m CPU slows every model's start down.
            "resources": {
                "requests": {"cpu": "100m", "memory": "512Mi"},
                "limits": {"memory": "512Mi"},
            },
            **chart_placement(settings),
        },
        "storage": {"containerSecurityContext": SECCOMP},
        # A model does not talk to the Kubernetes API.
        "security": {"autoMountServiceAccountToken": False},
    }
    if "image_mirror" in scope:
        mirror = scope["image_mirror"]
        for part, path in _CONTROLLER_IMAGES.items():
            values[part] = {**values.get(part, {}), "image": f"{mirror}/{path}"}
        values["controller"]["rbacProxyImage"] = f"{mirror}/{_PROXY_IMAGE}"
    return values


def runtimes(scope: Scope) -> dict[str, Any]:
    """Return the values of the chart kserve-runtime-configs, under `servingruntime`."""
    values: dict[str, Any] = {"enabled": True}
    values |= {name: {"disabled": True} for name in REFUSED}
    for name, path in RUNTIMES.items():
        values[name] = {"securityContext": SECCOMP}
        if name in TAGS:
            values[name]["tag"] = TAGS[name]
        if "image_mirror" in scope:
            host, _, rest = path.partition("/")
            values[name]["image"] = f"{scope['image_mirror']}/{rest if '.' in host else path}"
    return values
