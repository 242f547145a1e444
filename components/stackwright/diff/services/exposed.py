"""What an update means for the addresses that a service answers at."""

from __future__ import annotations

from collections.abc import Iterator

from stackwright.blueprint.shown import listed
from stackwright.diff.findings import Impact
from stackwright.diff.services.updates import Judgement, Update
from stackwright.diff.shapes import Inputs, at, mappings, texts


def exposed(update: Update) -> Iterator[Judgement]:
    """Judge a Service, an Ingress, a Gateway or a route: an address gone is an interruption."""
    was, now = (dict.fromkeys(_addresses(inputs)) for inputs in (update.before, update.after))
    gone = [address for address in was if address not in now]
    new = [address for address in now if address not in was]
    if gone:
        also = f", it answers at {listed(new, 'and')} now" if new else ""
        yield Impact.INTERRUPTION, f"no longer answers at {listed(gone, 'and')}{also}"
    elif new:
        yield Impact.NEW, f"also answers at {listed(new, 'and')}"
    if lost := _entrance_lost(update):
        yield Impact.INTERRUPTION, lost
    if update.touches("spec.selector"):
        yield Impact.INTERRUPTION, "sends requests to other pods"


def _entrance_lost(update: Update) -> str:
    """Return what a Service loses with its type; each type has what the one before it has."""
    was, now = at(update.before, "spec.type"), at(update.after, "spec.type")
    if now in (was, "LoadBalancer"):
        return ""
    if now == "ExternalName":
        return "loses its address in the cluster and stands for another name"
    if was == "LoadBalancer":
        return "loses its load balancer"
    return "no longer answers on the nodes" if was == "NodePort" else ""


def _addresses(inputs: Inputs) -> Iterator[str]:
    spec = at(inputs, "spec")
    kind = inputs.get("kind")
    if kind == "Service":
        yield from (f"port {port.get('port')}" for port in mappings(at(spec, "ports")))
    elif kind == "Ingress":
        yield from (str(rule.get("host", "any host")) for rule in mappings(at(spec, "rules")))
    else:
        yield from texts(at(spec, "hostnames"))
        for listener in mappings(at(spec, "listeners")):
            host = listener.get("hostname", "any host")
            yield f"{host} port {listener.get('port')}"
