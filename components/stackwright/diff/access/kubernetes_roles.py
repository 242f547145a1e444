"""What subjects may do in a cluster of Kubernetes: roles and what binds them, taken together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product, starmap

from stackwright.blueprint.shown import listed
from stackwright.diff.access.findings import Change, Wording, finding
from stackwright.diff.access.sides import AccessSide, Source
from stackwright.diff.findings import AccessChange
from stackwright.diff.shapes import at, mappings, texts
from stackwright.report.words import clean

_WORDING = Wording(
    "Kubernetes role", "{subject} may now {items}", "{subject} may no longer {items}"
)

_GROUP = "kubernetes:rbac.authorization.k8s.io/v1:"

_ANY = "*"

_EVERYWHERE = ""
"""Namespace of what holds in all of them."""


@dataclass(frozen=True, slots=True)
class Permission:
    """One verb on one kind of thing; `*` for any."""

    namespace: str
    group: str
    resource: str
    name: str
    verb: str

    def wider(self) -> Iterator[Permission]:
        """Yield every permission that includes this one, itself too."""
        subresource = self.resource.partition("/")[2]
        resources = {self.resource, _ANY, f"*/{subresource}" if subresource else _ANY}
        yield from starmap(
            Permission,
            product(
                {self.namespace, _EVERYWHERE},
                {self.group, _ANY},
                resources,
                {self.name, _ANY},
                {self.verb, _ANY},
            ),
        )

    def words(self) -> str:
        """Return the permission as people say it, such as `get secrets in data`."""
        verb = "do everything with" if self.verb == _ANY else self.verb
        what = "every resource" if self.resource == _ANY else self.resource
        kind = f"{what}.{self.group}" if self.group not in ("", _ANY) else what
        name = f" called {self.name}" if self.name != _ANY else ""
        where = f"in {self.namespace}" if self.namespace else "in every namespace"
        return clean(f"{verb} {kind}{name} {where}")


@dataclass(slots=True)
class _Subject:
    source: Source
    words: str
    permissions: set[Permission] = field(default_factory=set)
    unclear: set[str] = field(default_factory=set)
    """Rules that are known after deployment."""


def kubernetes_role_changes(before: AccessSide, after: AccessSide) -> Iterator[AccessChange]:
    """Yield what subjects may do now and might not before, and the other way round."""
    had, has = _subjects(before), _subjects(after)
    for key in dict.fromkeys((*has, *had)):
        either = has.get(key) or had[key]
        was = had[key].permissions if key in had else set()
        now = has[key].permissions if key in has else set()
        unclear = key in has and (had[key].unclear if key in had else set()) != has[key].unclear
        change = Change(
            either.source,
            either.words,
            _said(_gained(was, now)),
            _said(_gained(now, was)),
            unclear=unclear,
            new=key not in had and _comes_with(key, before, after),
        )
        yield from finding(change, _WORDING)


def _comes_with(subject: str, before: AccessSide, after: AccessSide) -> bool:
    """Tell whether a subject is made by this change, as far as the plans know it."""
    return not before.urns or subject in _made(after) - _made(before)


def _made(side: AccessSide) -> set[str]:
    """Return the service accounts and the roles that a plan makes."""
    accounts = (
        clean(f"service account {_namespace(one)}/{at(one.inputs, 'metadata.name')}")
        for one in side.of("kubernetes:core/v1:ServiceAccount")
    )
    return {*accounts, *map(_role_key, _all(side, "Role", "ClusterRole"))}


def _gained(before: set[Permission], after: set[Permission]) -> list[Permission]:
    new = {one for one in after - before if before.isdisjoint(one.wider())}
    largest = [one for one in new if new.isdisjoint(set(one.wider()) - {one})]
    return sorted(largest, key=lambda one: (one.verb != _ANY, one.words()))


def _said(permissions: list[Permission]) -> dict[str, str]:
    """Return the permissions as items; in a sentence, the verbs on one thing stand together."""
    verbs: dict[Permission, list[str]] = {}
    for one in permissions:
        thing = Permission(one.namespace, one.group, one.resource, one.name, "")
        verbs.setdefault(thing, []).append(one.verb)
    found = {}
    for one in permissions:
        thing = Permission(one.namespace, one.group, one.resource, one.name, "")
        found[one.words()] = (
            one.words()
            if one.verb == _ANY
            else f"{clean(listed(verbs[thing], 'and'))}{thing.words()}"
        )
    return found


def _subjects(side: AccessSide) -> dict[str, _Subject]:
    """Return every subject that something binds, and every role that nothing in the plan binds."""
    found: dict[str, _Subject] = {}
    roles = {_role_key(role): role for role in _all(side, "Role", "ClusterRole")}
    bound = set()
    for binding in _all(side, "RoleBinding", "ClusterRoleBinding"):
        namespace = _namespace(binding) if _kind(binding) == "RoleBinding" else _EVERYWHERE
        key = _reference(binding)
        bound.add(key)
        for subject in mappings(binding.inputs.get("subjects")):
            name = _subject_name(subject, namespace)
            one = found.setdefault(name, _Subject(binding, name))
            _give(one, roles.get(key), namespace, key)
    for key, role in roles.items():
        if key not in bound:
            one = found.setdefault(key, _Subject(role, f"whoever holds the {key}"))
            _give(one, role, _namespace(role) if _kind(role) == "Role" else _EVERYWHERE, key)
    return found


def _all(side: AccessSide, *kinds: str) -> Iterator[Source]:
    return side.of(*(f"{_GROUP}{kind}" for kind in kinds))


def _give(subject: _Subject, role: Source | None, namespace: str, key: str) -> None:
    """Give a subject what a role allows; a role that is not in the plan is a permission itself."""
    if role is None:
        name = key.partition(" ")[2]
        everything = name == "cluster-admin" and key.startswith("ClusterRole")
        subject.permissions.add(
            Permission(namespace, _ANY, _ANY, _ANY, _ANY)
            if everything
            else Permission(namespace, "", f"what the {key} allows", _ANY, "do")
        )
        return
    rules = role.inputs.get("rules")
    if rules is not None and not isinstance(rules, list | tuple):
        subject.unclear.add(str(rules))
    subject.permissions |= {
        Permission(namespace, group, resource, name, verb)
        for rule in mappings(rules)
        for group in texts(rule.get("apiGroups")) or [""]
        for resource in [*texts(rule.get("resources")), *texts(rule.get("nonResourceURLs"))]
        for name in texts(rule.get("resourceNames")) or [_ANY]
        for verb in texts(rule.get("verbs"))
    }


def _subject_name(subject: object, namespace: str) -> str:
    kind, name = at(subject, "kind"), at(subject, "name")
    where = at(subject, "namespace") or namespace
    if kind == "ServiceAccount":
        return clean(f"service account {where}/{name}")
    return clean(f"{str(kind).lower()} {name}")


def _role_key(role: Source) -> str:
    name = at(role.inputs, "metadata.name") or role.name
    if _kind(role) == "Role":
        return clean(f"Role {_namespace(role)}/{name}")
    return clean(f"ClusterRole {name}")


def _reference(binding: Source) -> str:
    name = at(binding.inputs, "roleRef.name")
    if at(binding.inputs, "roleRef.kind") == "Role":
        return clean(f"Role {_namespace(binding)}/{name}")
    return clean(f"ClusterRole {name}")


def _kind(source: Source) -> str:
    return str(source.inputs.get("kind"))


def _namespace(source: Source) -> str:
    return str(at(source.inputs, "metadata.namespace") or "default")
