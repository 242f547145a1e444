"""Address ranges as a blueprint writes them: IPv4 in CIDR notation."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated

from pydantic import StringConstraints

from stackwright.blueprint.base import Wording

_OCTET = r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_HOST = rf"({_OCTET}\.){{3}}{_OCTET}"
_PRIVATE = (
    rf"(10\.{_OCTET}\.{_OCTET}\.{_OCTET}"
    rf"|172\.(1[6-9]|2[0-9]|3[01])\.{_OCTET}\.{_OCTET}"
    rf"|192\.168\.{_OCTET}\.{_OCTET})"
)

NetworkRange = Annotated[
    str,
    StringConstraints(pattern=rf"^{_PRIVATE}/(1[6-9]|20)$"),
    Wording("a private IPv4 range of size /16 to /20, such as 10.0.0.0/16,"),
]
"""Range of a whole network: private (RFC 1918), /16 to /20."""

AllowedRange = Annotated[
    str,
    StringConstraints(pattern=rf"^{_HOST}/(1[6-9]|2[0-9]|3[0-2])$"),
    Wording("an IPv4 range of size /16 or smaller, such as 203.0.113.0/24,"),
]
"""Range that is let in: never wider than /16, so never the whole internet."""


def host_bits(cidr: str) -> str | None:
    """Return what is wrong with a range whose address is not its first one, or None."""
    network = IPv4Network(cidr, strict=False)
    if str(network) == cidr:
        return None
    return f"{cidr} is an address inside a range; the range itself is {network}."
