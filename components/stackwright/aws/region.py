"""What differs between the regions of AWS, besides the partition in ARNs."""

from __future__ import annotations


def dns_suffix(region: str) -> str:
    """Return the domain that AWS's own host names in a region end with."""
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
