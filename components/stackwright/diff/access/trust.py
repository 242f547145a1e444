"""Who may take a role: trust policies, service accounts of pods, and issuers of tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stackwright.diff.access import words
from stackwright.diff.access.findings import Change, Wording, difference, finding
from stackwright.diff.access.grants import Grant, Rules, rules
from stackwright.diff.access.policies import compared
from stackwright.diff.access.sides import AccessSide, Source, spoken, target
from stackwright.diff.findings import AccessChange
from stackwright.diff.shapes import texts
from stackwright.plan.graph import JsonValue

_TRUST = Wording(
    "trust policy", "{items} may now take {subject}", "{items} may no longer take {subject}"
)
_POD_IDENTITY = Wording(
    "pod identity", "{items} now acts as {subject}", "{items} no longer acts as {subject}"
)
_ISSUER = Wording(
    "identity provider",
    "{subject} is trusted now for {items}",
    "{subject} is no longer trusted for {items}",
)

_ROLE = "aws:iam/role:Role"
_ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
_PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"


def trust_changes(before: AccessSide, after: AccessSide) -> Iterator[AccessChange]:
    """Yield who may take a role now and might not before, and the other way round."""
    names = {**before.names, **after.names}
    had, has = ({one.urn: one for one in side.of(_ROLE)} for side in (before, after))
    for urn in dict.fromkeys((*has, *had)):
        source = has.get(urn) or had[urn]
        was, now = _trusted(had.get(urn)), _trusted(has.get(urn))
        change = compared(source, f"the role {spoken(source.name, {})}", was, now, names, _taker)
        if before.urns and _trusts_somebody(now):
            # A new role of a service comes with its tool; one that people or others may take opens
            # the account to them.
            change.new = False
        yield from finding(change, _TRUST)
    yield from _pod_identities(before, after)
    yield from _issuers(before, after)


def _trusted(role: Source | None) -> Rules | None:
    return rules(role.inputs.get("assumeRolePolicy")) if role is not None else None


def _trusts_somebody(said: Rules | None) -> bool:
    """Tell whether somebody may take a role who is no service of AWS."""
    return said is not None and any(
        grant.allows and not grant.principal.pattern.startswith("Service:") for grant in said.grants
    )


def _taker(grant: Grant, names: Mapping[str, str], note: str) -> str:
    text = f"{words.principal(grant, names)}{words.tests(grant)}"
    return f"{text} ({note})" if note else text


def _pod_identities(before: AccessSide, after: AccessSide) -> Iterator[AccessChange]:
    """Yield the service accounts that act as a role, for each role."""
    had, has = _accounts(before), _accounts(after)
    for key in dict.fromkeys((*has, *had)):
        source, subject, now = has.get(key) or had[key]
        was = had[key][2] if key in had else {}
        now = now if key in has else {}
        urn = key if key in after.urns or key in before.urns else source.urn
        change = Change(
            Source(urn, source.layer, source.tool, source.name, source.inputs),
            subject,
            difference(was, now),
            difference(now, was),
            new=urn not in before.urns,
        )
        yield from finding(change, _POD_IDENTITY)


def _accounts(side: AccessSide) -> dict[str, tuple[Source, str, dict[str, str]]]:
    found: dict[str, tuple[Source, str, dict[str, str]]] = {}
    for source in side.of(_ASSOCIATION):
        account = f"service account {_text(source, 'namespace')}/{_text(source, 'serviceAccount')}"
        item = f"{account} of cluster {_text(source, 'clusterName')}"
        role = source.inputs.get("roleArn")
        key = target(role) or str(role)
        _, _, accounts = found.setdefault(key, (source, f"the role {_called(role)}", {}))
        accounts[item] = account
    return found


def _issuers(before: AccessSide, after: AccessSide) -> Iterator[AccessChange]:
    had, has = ({one.urn: one for one in side.of(_PROVIDER)} for side in (before, after))
    for urn in dict.fromkeys((*has, *had)):
        source = has.get(urn) or had[urn]
        was, now = _audiences(had.get(urn)), _audiences(has.get(urn))
        change = Change(
            source,
            f"the issuer of tokens {_text(source, 'url')}",
            difference(was, now),
            difference(now, was),
            new=urn not in had,
        )
        yield from finding(change, _ISSUER)


def _audiences(source: Source | None) -> dict[str, str]:
    if source is None:
        return {}
    url = _text(source, "url")
    return {
        f"tokens of {url} for {spoken(one, {})}": f"the audience {spoken(one, {})}"
        for one in texts(source.inputs.get("clientIdLists"))
    }


def _text(source: Source, key: str) -> str:
    return _called(source.inputs.get(key))


def _called(value: JsonValue) -> str:
    return spoken(value, {}) if isinstance(value, str) else "that is known after deployment"
