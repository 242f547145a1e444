"""Kinds of text that settings of tools in the cluster hold: images, quantities, host names."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from stackwright.blueprint.base import Wording
from stackwright.blueprint.restrictions import Refused

_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_HOST = rf"{_LABEL}(\.{_LABEL})*"
_PORT = r"(:[0-9]{1,5})?"
_TAG = r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"@sha256:[a-f0-9]{64}"

Image = Annotated[
    str,
    StringConstraints(
        pattern=rf"^({_LABEL}(\.{_LABEL})+{_PORT}|{_LABEL}:[0-9]{{1,5}})(/[a-z0-9._-]+)+"
        rf"({_TAG}({_DIGEST})?|{_DIGEST})$",
        max_length=400,
    ),
    Refused(r":latest$", "may be another image tomorrow; name a version or a digest."),
    Wording("an image with its registry and a tag or digest, such as ghcr.io/acme/model:v1,"),
]
"""A container image (OCI distribution specification, "Pulling manifests"), never `latest`."""

Cpu = Annotated[
    str,
    StringConstraints(pattern=r"^[1-9][0-9]{0,5}m?$"),
    Wording('a quantity of CPU such as 500m, or "2" in quotes,'),
]
"""CPU as a Kubernetes quantity, never zero."""

Memory = Annotated[
    str,
    StringConstraints(pattern=r"^[1-9][0-9]{0,5}(Mi|Gi)$"),
    Wording("memory such as 512Mi or 4Gi"),
]
"""Memory as a Kubernetes quantity, never zero."""

HostName = Annotated[
    str,
    StringConstraints(pattern=rf"^{_HOST}{_PORT}$", max_length=259),
    Wording("a host name such as mlflow.example.com, without https:// and without a wildcard,"),
]
"""A name in DNS (RFC 1123, section 2.1), with a port where it is not the usual one."""
