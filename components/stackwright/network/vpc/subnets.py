"""Which addresses each subnet of a VPC has: they follow from the range and the zone's letter.

The range is cut into eight parts. The first six are the private subnets of the zones a to f. The
seventh holds the public subnets, which are an eighth as large; the last part stays free. No
address depends on which other zones there are, so a zone can be added without moving a subnet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

ZONE_LETTERS = "abcdef"
"""Letters of zones; no region of AWS has a seventh (AWS global infrastructure, 2025)."""

_PART_BITS = 3
_PUBLIC_PART = 6


@dataclass(frozen=True, slots=True)
class ZoneSubnets:
    """The ranges of one zone, in CIDR notation."""

    private: str
    """For nodes, pods and databases."""
    public: str
    """For load balancers and NAT gateways."""


def subnet_plan(cidr: str, zones: Iterable[str]) -> Mapping[str, ZoneSubnets]:
    """Return the subnets' ranges by zone.

    Args:
        cidr: Range of the VPC, of size /16 to /20.
        zones: Zones by full name or by letter; the last character counts.
    """
    parts = list(IPv4Network(cidr).subnets(prefixlen_diff=_PART_BITS))
    public = list(parts[_PUBLIC_PART].subnets(prefixlen_diff=_PART_BITS))
    return {
        zone: ZoneSubnets(
            private=str(parts[ZONE_LETTERS.index(zone[-1])]),
            public=str(public[ZONE_LETTERS.index(zone[-1])]),
        )
        for zone in zones
    }
