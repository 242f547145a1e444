"""Ranges of addresses and ports, taken apart so that two sides can be compared.

A range of addresses that is cut in two is the same range, and so is a range of ports.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from stackwright.diff.access.sides import spoken
from stackwright.report.words import clean

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

ALL = "all"
"""Every protocol."""

LAST_PORT = 65535

_PROTOCOLS = {"-1": ALL, "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}


@dataclass(frozen=True, slots=True)
class Rule:
    """Traffic that is let through in one direction."""

    inward: bool
    protocol: str
    first: int
    last: int
    peer: str
    """Where it comes from or goes to: a range of addresses, or an opaque name."""


def protocol(value: object) -> str:
    """Return the name of a protocol that is given by name or number."""
    text = str(value).lower()
    return _PROTOCOLS.get(text, text)


def gained(before: Iterable[Rule], after: Iterable[Rule]) -> list[Rule]:
    """Return what `after` lets through and `before` does not."""
    old = set(before)
    found = [rest for rule in after if rule not in old for rest in _beyond(rule, old)]
    return sorted(dict.fromkeys(found), key=_order)


def words(rule: Rule) -> str:
    """Return a rule as people say it, such as `tcp 443 from the internet`."""
    return f"{traffic(rule)} {'from' if rule.inward else 'to'} {place(rule.peer)}"


def traffic(rule: Rule) -> str:
    """Return the protocol and the ports of a rule."""
    if rule.protocol == ALL:
        return "all traffic"
    if (rule.first, rule.last) == (0, LAST_PORT) or rule.first < 0:
        return f"all {clean(rule.protocol)}"
    ports = f"{rule.first}" if rule.first == rule.last else f"{rule.first} to {rule.last}"
    return f"{clean(rule.protocol)} {ports}"


def place(peer: str) -> str:
    """Return where traffic comes from or goes to, in words."""
    return f"the internet ({peer})" if is_internet(peer) else spoken(peer, {})


def is_internet(peer: str) -> bool:
    """Tell whether a range of addresses is all of them."""
    found = network(peer)
    return found is not None and found.prefixlen == 0


def network(text: str) -> Network | None:
    """Return a range of addresses; None for what is none."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def within(inner: str, outers: Iterable[str]) -> bool:
    """Tell whether a range of addresses lies within others taken together."""
    wanted = network(inner)
    if wanted is None:
        return inner in set(outers)
    return any(_covers(one, wanted) for one in _collapsed(outers, wanted.version))


def _beyond(rule: Rule, old: Iterable[Rule]) -> Iterator[Rule]:
    """Yield the parts of a rule, cut by ports, that the old rules do not let through."""
    matching = [
        one
        for one in old
        if one.inward is rule.inward
        and one.protocol in (ALL, rule.protocol)
        and (one.protocol == ALL or (one.first <= rule.last and rule.first <= one.last))
    ]
    start = None
    for first, last in _slices(rule, matching):
        peers = [one.peer for one in matching if _through(one, first, last)]
        if within(rule.peer, peers):
            if start is not None:
                yield Rule(rule.inward, rule.protocol, start, first - 1, rule.peer)
            start = None
        elif start is None:
            start = first
    if start is not None:
        yield Rule(rule.inward, rule.protocol, start, rule.last, rule.peer)


def _through(rule: Rule, first: int, last: int) -> bool:
    return rule.protocol == ALL or (rule.first <= first and last <= rule.last)


def _slices(rule: Rule, others: Iterable[Rule]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of ports within which every other rule is the same throughout."""
    if rule.protocol == ALL or rule.first > rule.last:
        yield rule.first, rule.last
        return
    cuts = {rule.first, rule.last + 1}
    for one in others:
        if one.protocol != ALL:
            cuts |= {port for port in (one.first, one.last + 1) if rule.first < port <= rule.last}
    ordered = sorted(cuts)
    yield from ((first, after - 1) for first, after in pairwise(ordered))


def _collapsed(texts: Iterable[str], version: int) -> list[Network]:
    """Return the ranges of one version with neighbours joined.

    What lies within all of them together then lies within one of them.
    """
    found = [one for text in texts if (one := network(text)) is not None]
    if version == 4:
        return [
            *ipaddress.collapse_addresses(
                one for one in found if isinstance(one, ipaddress.IPv4Network)
            )
        ]
    return [
        *ipaddress.collapse_addresses(
            one for one in found if isinstance(one, ipaddress.IPv6Network)
        )
    ]


def _covers(outer: Network, inner: Network) -> bool:
    return outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _order(rule: Rule) -> tuple[bool, str, int, int, str]:
    return (not rule.inward, rule.protocol, rule.first, rule.last, rule.peer)
