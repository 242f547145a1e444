"""What roles, users and groups of AWS may do: all their policies of a side taken together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from stackwright.diff.access.findings import Wording, difference, finding
from stackwright.diff.access.grants import EVERYTHING_ALLOWED, NONE, Rules, rules
from stackwright.diff.access.policies import compared
from stackwright.diff.access.sides import AccessSide, Source, spoken, target
from stackwright.diff.findings import AccessChange
from stackwright.diff.shapes import mapping, mappings, texts
from stackwright.plan.graph import JsonValue

_WORDING = Wording("IAM policy", "{subject} may now {items}", "{subject} may no longer {items}")

_POLICY = "aws:iam/policy:Policy"
_KINDS = {
    "role": "aws:iam/role:Role",
    "user": "aws:iam/user:User",
    "group": "aws:iam/group:Group",
}

_ADMINISTRATOR = ":iam::aws:policy/AdministratorAccess"

_NO_BOUNDARY = "whatever its policies allow, without a permissions boundary"


@dataclass(slots=True)
class Identity:
    """One role, user or group, or a policy that nothing in the plan holds."""

    source: Source
    words: str
    rules: Rules = NONE
    managed: set[str] = field(default_factory=set)
    """ARNs of policies that AWS or somebody else keeps."""
    boundary: str = ""


def identity_changes(before: AccessSide, after: AccessSide) -> Iterator[AccessChange]:
    """Yield what identities may do now and might not before, and the other way round."""
    had, has = identities(before), identities(after)
    names = {**before.names, **after.names}
    for key in dict.fromkeys((*has, *had)):
        yield from _change(had.get(key), has.get(key), names)


def _change(
    before: Identity | None, after: Identity | None, names: Mapping[str, str]
) -> Iterator[AccessChange]:
    either = after or before
    assert either is not None
    change = compared(
        either.source,
        either.words,
        before.rules if before is not None else None,
        after.rules if after is not None else None,
        names,
    )
    had, has = _attached(before), _attached(after)
    change.gained.update(difference(had, has))
    change.lost.update(difference(has, had))
    if before is not None and after is not None:
        if before.boundary and not after.boundary:
            change.gained[_NO_BOUNDARY] = f"do {_NO_BOUNDARY}"
        elif before.boundary != after.boundary:
            boundary = f"more than the permissions boundary {spoken(after.boundary, names)}"
            change.lost[boundary] = f"do {boundary}"
    yield from finding(change, _WORDING)


def _attached(identity: Identity | None) -> dict[str, str]:
    names = {arn.rpartition("/")[2] for arn in identity.managed} if identity is not None else ()
    return {
        f"managed policy {name}": f"do what the managed policy {name} allows"
        for name in sorted(names)
    }


def identities(side: AccessSide) -> dict[str, Identity]:
    """Return every identity of a side that policies speak of, by URN or by kind and name."""
    found: dict[str, Identity] = {}
    policies = {one.urn: rules(one.inputs.get("policy")) for one in side.of(_POLICY)}
    for kind, type_ in _KINDS.items():
        for source in side.of(type_):
            _own(found, kind, source)
    attached = {urn for kind in _KINDS for urn in _given(side, found, kind, policies)}
    for source in side.of(_POLICY):
        if source.urn not in attached:
            words = f"whoever holds the policy {spoken(source.name, {})}"
            found[source.urn] = Identity(source, words, policies[source.urn])
    return found


def _given(
    side: AccessSide, found: dict[str, Identity], kind: str, policies: Mapping[str, Rules]
) -> Iterator[str]:
    """Give the identities of a kind what other resources say; yield the URNs of used policies."""
    title = kind.capitalize()
    for source in side.of(f"aws:iam/{kind}Policy:{title}Policy"):
        identity = _holder(side, found, kind, source, source.inputs.get(kind))
        identity.rules |= rules(source.inputs.get("policy"))
    for source in side.of(f"aws:iam/{kind}PolicyAttachment:{title}PolicyAttachment"):
        identity = _holder(side, found, kind, source, source.inputs.get(kind))
        yield _attach(identity, source.inputs.get("policyArn"), policies)
    for source in side.of("aws:iam/policyAttachment:PolicyAttachment"):
        for name in texts(source.inputs.get(f"{kind}s")):
            identity = _holder(side, found, kind, source, name)
            yield _attach(identity, source.inputs.get("policyArn"), policies)


def _own(found: dict[str, Identity], kind: str, source: Source) -> None:
    """Add an identity with what its own resource says."""
    inputs = source.inputs
    identity = Identity(source, f"{kind} {spoken(source.name, {})}")
    for policy in mappings(inputs.get("inlinePolicies")):
        identity.rules |= rules(policy.get("policy"))
    for arn in texts(inputs.get("managedPolicyArns")):
        _attach(identity, arn, {})
    identity.boundary = str(inputs.get("permissionsBoundary") or "")
    found[source.urn] = identity


def _holder(
    side: AccessSide, found: dict[str, Identity], kind: str, source: Source, name: JsonValue
) -> Identity:
    """Return who a policy is for; one whose own resource is elsewhere is known by its name."""
    urn = target(name)
    if not urn and isinstance(name, str):
        named = side.named(_KINDS[kind], name)
        urn = named.urn if named is not None else f"{kind} {name}"
    known = texts(mapping(name).get("$unknown"))
    urn = urn or next((origin.partition("#")[0] for origin in known), source.urn)
    if urn not in found:
        found[urn] = Identity(source, f"{kind} {spoken(str(name), {})}")
    return found[urn]


def _attach(identity: Identity, arn: JsonValue, policies: Mapping[str, Rules]) -> str:
    """Give an identity a policy, and return the policy's URN; empty for one that is elsewhere."""
    urn = target(arn)
    if urn in policies:
        identity.rules |= policies[urn]
        return urn
    if isinstance(arn, str) and arn.endswith(_ADMINISTRATOR):
        identity.rules |= Rules(frozenset({EVERYTHING_ALLOWED}))
    elif isinstance(arn, str):
        identity.managed.add(spoken(arn, {}) if "${" in arn else arn)
    else:
        identity.rules |= Rules(unreadable=frozenset({str(arn)}))
    return ""
