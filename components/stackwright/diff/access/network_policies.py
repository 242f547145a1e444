"""What network policies of Kubernetes let pods receive and send, judged for the pods they select.

All policies of a namespace count together: what one of them allows is allowed, pods that none
selects may do everything, and the first that selects them takes that away. A namespace that is new
or goes has no finding, as its policies only restrict what comes or goes with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from stackwright.diff.access.addresses import ALL, LAST_PORT, Rule, network, place, traffic
from stackwright.diff.access.findings import Change, Wording, finding
from stackwright.diff.access.sides import AccessSide, Source
from stackwright.diff.findings import AccessChange
from stackwright.diff.shapes import Inputs, at, is_unclear, mapping, mappings, number, texts
from stackwright.plan.graph import JsonValue
from stackwright.report.words import clean

_WORDING = Wording(
    "network policy",
    "the network policies of {subject} now let through {items}",
    "the network policies of {subject} no longer let through {items}",
)

_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"

_NAMING = frozenset({"app.kubernetes.io/instance", "app.kubernetes.io/name"})
"""Labels that together say no more than the name."""

_NAME_LABEL = "kubernetes.io/metadata.name"


@dataclass(frozen=True, slots=True)
class Selector:
    """Which pods or namespaces: those that pass every test."""

    tests: frozenset[str]

    def covers(self, other: Selector) -> bool:
        """Tell whether everything that the other selects is selected here."""
        return self.tests <= other.tests

    def words(self, things: str) -> str:
        """Return what is selected, such as `pods mlflow`, or `pods app=mlflow` without a name."""
        if not self.tests:
            return f"all {things}"
        labels = dict(test.partition("=")[::2] for test in self.tests)
        named = labels.keys() <= _NAMING and "app.kubernetes.io/name" in labels
        said = [labels["app.kubernetes.io/name"]] if named else sorted(self.tests)
        return f"{things} {' and '.join(said)}"


@dataclass(frozen=True, slots=True)
class Peer:
    """Where traffic comes from or goes to: addresses, or pods; anywhere when neither is given."""

    range: str = ""
    holes: frozenset[str] = frozenset()
    """Ranges in `range` that are left out."""
    namespaces: Selector | None = None
    """None for the policy's own namespace."""
    pods: Selector | None = None

    @property
    def anywhere(self) -> bool:
        """Tell whether this is everything."""
        return not self.range and self.pods is None

    def covers(self, other: Peer) -> bool:
        """Tell whether all of the other is here."""
        if self.anywhere or self == other:
            return True
        if self.range and other.range:
            return _within(other.range, self.range) and all(
                any(_within(hole, less) for less in other.holes) or not _overlaps(hole, other.range)
                for hole in self.holes
            )
        if self.pods is None or other.pods is None or not self.pods.covers(other.pods):
            return False
        if self.namespaces is None or other.namespaces is None:
            return self.namespaces is other.namespaces
        return self.namespaces.covers(other.namespaces)

    def words(self) -> str:
        """Return the peer as people say it."""
        if self.range:
            less = f" except {', '.join(sorted(self.holes))}" if self.holes else ""
            return clean(place(self.range) + less)
        if self.pods is None:
            return "anywhere"
        pods = self.pods.words("pods")
        if self.namespaces is None:
            return clean(f"{pods} of its namespace")
        return clean(f"{pods} of {_namespace_words(self.namespaces)}")


@dataclass(frozen=True, slots=True)
class Flow:
    """Traffic of one protocol and range of ports with one peer."""

    ports: Rule
    """Its peer is empty, as `peer` says more."""
    peer: Peer

    def covers(self, other: Flow) -> bool:
        """Tell whether all of the other is let through by this."""
        mine, its = self.ports, other.ports
        return (
            mine.inward is its.inward
            and (
                mine.protocol == ALL
                or (
                    mine.protocol == its.protocol
                    and mine.first <= its.first
                    and its.last <= mine.last
                )
            )
            and self.peer.covers(other.peer)
        )

    def words(self) -> str:
        """Return the flow as people say it, such as `tcp 5000 from all pods`."""
        word = "from" if self.ports.inward else "to"
        return f"{traffic(self.ports)} {word} {self.peer.words()}"


@dataclass(frozen=True, slots=True)
class Policy:
    """One network policy."""

    source: Source
    pods: Selector
    directions: frozenset[bool]
    """Whether it judges what comes in (True) and what goes out (False)."""
    flows: frozenset[Flow]
    unclear: str
    """What it says where that is known only after deployment; empty otherwise."""


def network_policy_changes(before: AccessSide, after: AccessSide) -> Iterator[AccessChange]:
    """Yield what pods may receive and send now and might not before, and the other way round."""
    had, has = _policies(before), _policies(after)
    if had == has:
        return
    # A namespace that only policies speak of is there already, as far as anybody knows.
    one_sided = before.namespaces(_POLICY) ^ after.namespaces(_POLICY)
    for namespace in dict.fromkeys((*has, *had)):
        was, now = had.get(namespace, []), has.get(namespace, [])
        if namespace not in one_sided and was != now and before.urns and after.urns:
            yield from _compared(namespace, was, now)


def _compared(namespace: str, before: list[Policy], after: list[Policy]) -> Iterator[AccessChange]:
    everyone = Selector(frozenset())
    selectors = [everyone, *(policy.pods for policy in (*after, *before))]
    unclear = bool({one.unclear for one in after} - {one.unclear for one in before} - {""})
    seen: list[tuple[object, object]] = []
    for pods in dict.fromkeys(selectors):
        was, now = _flows(before, pods), _flows(after, pods)
        gained, lost = _beyond(was, now), _beyond(now, was)
        if (gained, lost) in seen:
            # What holds for all pods of the namespace is said once.
            continue
        seen.append((gained, lost))
        words = f"{pods.words('pods')} in {namespace}" if pods.tests else f"pods in {namespace}"
        change = Change(_source(before, after, pods), clean(words), gained, lost, unclear=unclear)
        unclear = False
        yield from finding(change, _WORDING)


def _source(before: list[Policy], after: list[Policy], pods: Selector) -> Source:
    """Return a policy that changes, of those that select the pods where there is one."""
    changed = [one for one in after if one not in before]
    changed += [one for one in before if one not in after]
    selecting = [one for one in changed if one.pods.covers(pods)]
    return (selecting or changed)[0].source


def _flows(policies: list[Policy], pods: Selector) -> frozenset[Flow]:
    """Return what is let through for some pods by all policies that select them."""
    found: set[Flow] = set()
    for inward in (True, False):
        selecting = [one for one in policies if inward in one.directions and one.pods.covers(pods)]
        if not selecting:
            found.add(Flow(Rule(inward, ALL, 0, LAST_PORT, ""), Peer()))
        for policy in selecting:
            found |= {flow for flow in policy.flows if flow.ports.inward is inward}
    return frozenset(found)


def _beyond(before: frozenset[Flow], after: frozenset[Flow]) -> dict[str, str]:
    new = [flow for flow in after - before if not any(old.covers(flow) for old in before)]
    largest = [one for one in new if not any(o is not one and o.covers(one) for o in new)]
    return {words: words for words in sorted(flow.words() for flow in largest)}


def _policies(side: AccessSide) -> dict[str, list[Policy]]:
    found: dict[str, list[Policy]] = {}
    # By name, since the order of registration says nothing.
    for source in sorted(side.of(_POLICY), key=lambda one: one.urn):
        namespace = str(at(source.inputs, "metadata.namespace") or "default")
        found.setdefault(namespace, []).append(_policy(source))
    return found


def _policy(source: Source) -> Policy:
    spec = mapping(source.inputs.get("spec"))
    types = texts(spec.get("policyTypes"))
    directions = {True} if "Ingress" in types or not types else set()
    if "Egress" in types or (not types and "egress" in spec):
        directions.add(False)
    flows = {
        flow
        for key, inward in (("ingress", True), ("egress", False))
        for rule in mappings(spec.get(key))
        for flow in _rule(rule, inward)
    }
    return Policy(
        source=source,
        pods=_selector(spec.get("podSelector")),
        directions=frozenset(directions),
        flows=frozenset(flows),
        unclear=json.dumps(spec, sort_keys=True) if is_unclear(spec) else "",
    )


def _rule(rule: Inputs, inward: bool) -> Iterator[Flow]:
    peers = [_peer(one) for one in mappings(rule.get("from" if inward else "to"))] or [Peer()]
    for ports in [_ports(one, inward) for one in mappings(rule.get("ports"))] or [
        Rule(inward, ALL, 0, LAST_PORT, "")
    ]:
        yield from (Flow(ports, peer) for peer in peers)


def _ports(value: Inputs, inward: bool) -> Rule:
    protocol = str(value.get("protocol", "TCP")).lower()
    port = value.get("port")
    first = number(port)
    if first is None:
        name = f"{protocol} port {port}" if port is not None else protocol
        return Rule(inward, name, 0, LAST_PORT, "")
    last = number(value.get("endPort"))
    return Rule(inward, protocol, first, first if last is None else last, "")


def _peer(value: Inputs) -> Peer:
    block = mapping(value.get("ipBlock"))
    if block:
        return Peer(str(block.get("cidr")), frozenset(texts(block.get("except"))))
    spaces = value.get("namespaceSelector")
    return Peer(
        namespaces=_selector(spaces) if spaces is not None else None,
        pods=_selector(value.get("podSelector")),
    )


def _selector(value: JsonValue) -> Selector:
    labels = mapping(mapping(value).get("matchLabels"))
    tests = {f"{key}={item}" for key, item in labels.items()}
    for test in mappings(mapping(value).get("matchExpressions")):
        among = ", ".join(sorted(texts(test.get("values"))))
        tests.add(f"{test.get('key')} {test.get('operator')} {among}".strip())
    return Selector(frozenset(tests))


def _namespace_words(selector: Selector) -> str:
    names = [test.partition("=")[2] for test in selector.tests if test.startswith(_NAME_LABEL)]
    if len(selector.tests) == 1 and names:
        return f"namespace {names[0]}"
    return selector.words("namespaces")


def _within(inner: str, outer: str) -> bool:
    narrow, wide = network(inner), network(outer)
    if narrow is None or wide is None or narrow.version != wide.version:
        return inner == outer
    return narrow.subnet_of(wide)  # type: ignore[arg-type]


def _overlaps(left: str, right: str) -> bool:
    first, second = network(left), network(right)
    if first is None or second is None or first.version != second.version:
        return True
    return first.overlaps(second)
