"""What security groups let in and out: their own rules and those that other resources add."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from stackwright.diff.access.addresses import (
    ALL,
    LAST_PORT,
    Rule,
    gained,
    is_internet,
    protocol,
    words,
)
from stackwright.diff.access.findings import Change, Wording, finding
from stackwright.diff.access.sides import AccessSide, Source, spoken, target
from stackwright.diff.findings import AccessChange
from stackwright.diff.shapes import Inputs, is_unclear, mappings, number, texts

_WORDING = Wording(
    "security group",
    "{subject} now lets through {items}",
    "{subject} no longer lets through {items}",
)

_GROUPS = (
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
)
_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
_SINGLE = {
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": True,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": False,
}
"""Types of one rule, and whether it lets in."""

_PEERS = (
    "cidrBlocks",
    "cidrIpv4",
    "cidrIpv6",
    "ipv6CidrBlocks",
    "prefixListId",
    "prefixListIds",
    "referencedSecurityGroupId",
    "securityGroups",
    "sourceSecurityGroupId",
)
"""Inputs of a rule that say where traffic comes from or goes to."""


@dataclass(slots=True)
class _Group:
    source: Source
    words: str
    rules: set[Rule] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)
    """Rules that are known only after deployment."""


def security_group_changes(before: AccessSide, after: AccessSide) -> Iterator[AccessChange]:
    """Yield what security groups let through now and did not before, and the other way round."""
    had, has = _groups(before), _groups(after)
    for key in dict.fromkeys((*has, *had)):
        either = has.get(key) or had[key]
        was = had[key] if key in had else _Group(either.source, either.words)
        now = has[key] if key in has else _Group(either.source, either.words)
        more = gained(was.rules, now.rules)
        change = Change(
            either.source,
            either.words,
            {words(rule): words(rule) for rule in more},
            {words(rule): words(rule) for rule in gained(now.rules, was.rules)},
            unclear=key in has and sorted(was.unknown) != sorted(now.unknown),
            new=either.source.urn not in before.urns and not _opens(more, before),
        )
        yield from finding(change, _WORDING)


def _opens(rules: Iterable[Rule], before: AccessSide) -> bool:
    """Tell whether something lets the internet in, which does not just come with a new group."""
    return bool(before.urns) and any(rule.inward and is_internet(rule.peer) for rule in rules)


def _groups(side: AccessSide) -> dict[str, _Group]:
    found: dict[str, _Group] = {}
    for source in side.of(*_GROUPS):
        group = _Group(source, f"security group {spoken(source.name, {})}")
        found[source.urn] = group
        for key in ("ingress", "egress"):
            for rule in mappings(source.inputs.get(key)):
                _add(group, rule, key == "ingress")
    for source in side.of(_RULE):
        group = _owner(side, found, source)
        _add(group, source.inputs, source.inputs.get("type") == "ingress")
    for type_, inward in _SINGLE.items():
        for source in side.of(type_):
            _add(_owner(side, found, source), source.inputs, inward)
    return found


def _owner(side: AccessSide, found: dict[str, _Group], source: Source) -> _Group:
    """Return the group of a rule; one that another resource brings is known by that resource."""
    value = source.inputs.get("securityGroupId")
    urn = target(value)
    key = urn if urn in found else str(value)
    if key not in found:
        name = spoken(str(value), {})
        words = name if name.startswith("the ") else f"security group {name}"
        found[key] = _Group(side.source(urn) or source, words)
    return found[key]


def _add(group: _Group, rule: Inputs, inward: bool) -> None:
    """Add one rule, once for each place that it names."""
    kind = protocol(rule.get("ipProtocol", rule.get("protocol", "-1")))
    first, last = number(rule.get("fromPort")), number(rule.get("toPort"))
    if kind == ALL or first is None or last is None:
        first, last = 0, LAST_PORT
    if _unknown(rule):
        group.unknown.append(str(sorted(rule.items(), key=lambda item: item[0])))
    for peer in _peers(rule, group):
        group.rules.add(Rule(inward, kind, first, last, peer))


def _peers(rule: Inputs, group: _Group) -> Iterator[str]:
    if rule.get("self") is True:
        yield group.words
    for key in _PEERS:
        yield from texts(rule.get(key))


def _unknown(rule: Inputs) -> bool:
    return any(is_unclear(rule.get(key)) for key in (*_PEERS, "fromPort", "toPort"))
