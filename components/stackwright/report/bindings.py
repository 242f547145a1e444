"""Bindings: deployed values that take the place of a plan's symbols."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from stackwright.plan.graph import SYMBOL, JsonValue, Layer, Plan, Resource, origins
from stackwright.report.inventory import STACK
from stackwright.report.words import flatten, reference

SECRET_DATA = ("data", "stringData")
"""Fields of a Kubernetes Secret that hold its values."""

_TEXT_FIELD = re.compile(
    r"\.(value|(args|command)\[\d+\])$"
    r"|\.(data|labels|matchLabels|annotations|nodeSelector)\."
)
"""Fields of Kubernetes that hold text only, so that a number put there must be quoted."""

_HIDDEN = "[secret]"
"""What `pulumi stack output --json` prints in the place of a secret."""

LEFT_OUT = object()
"""Stands for a field that cannot be written."""


@dataclass(slots=True)
class Substitution:
    """Replaces symbols by known values, and remembers what it could not replace."""

    known: Mapping[str, JsonValue]
    """`URN#property` -> value."""
    unresolved: list[str] = field(default_factory=list)
    """One line for each field that holds something unknown or secret, in order."""

    def apply(self, value: JsonValue, path: str) -> JsonValue:
        """Return `value` with what is known put in, or `LEFT_OUT`.

        A symbol inside a text stays where it is not known; anything else unknown is left out.
        """
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, Mapping) and "$secret" in value:
            return self._leave_out(f"{path}: a secret, never written")
        if isinstance(value, Mapping) and "$unknown" in value:
            return self._unknown(value["$unknown"], path)
        if isinstance(value, Mapping):
            items = {key: self.apply(item, f"{path}.{key}") for key, item in value.items()}
            return {key: item for key, item in items.items() if item is not LEFT_OUT}
        if isinstance(value, list | tuple):
            found = [self.apply(item, f"{path}[{index}]") for index, item in enumerate(value)]
            return [item for item in found if item is not LEFT_OUT]
        return value

    def _text(self, text: str, path: str) -> JsonValue:
        whole = SYMBOL.fullmatch(text)
        origin = f"{whole['urn']}#{whole['property']}" if whole else ""
        if origin in self.known and not _TEXT_FIELD.search(path):
            return self.known[origin]
        return SYMBOL.sub(lambda match: self._symbol(match, path), text)

    def _symbol(self, match: re.Match[str], path: str) -> str:
        origin = f"{match['urn']}#{match['property']}"
        if origin not in self.known:
            self.unresolved.append(f"{path}: {reference(origin)} ({origin})")
            return match[0]
        value = self.known[origin]
        return value if isinstance(value, str) else json.dumps(value)

    def _unknown(self, made_from: list[str], path: str) -> JsonValue:
        if len(made_from) == 1 and made_from[0] in self.known:
            return self.known[made_from[0]]
        wanted = ", ".join(f"{reference(origin)} ({origin})" for origin in made_from)
        return self._leave_out(f"{path}: {wanted or 'known after deployment'}, left out")

    def _leave_out(self, line: str) -> object:
        self.unresolved.append(line)
        return LEFT_OUT


def known_values(plan: Plan, bindings: Mapping[str, JsonValue] | None) -> dict[str, JsonValue]:
    """Return `URN#property` -> value, from the bindings and from what the plan itself fixes.

    Args:
        plan: Its stack outputs tell which output a binding key is the value of.
        bindings: `URN#property` or binding key -> deployed value, or the outputs of a stack as
            `pulumi stack output --json` prints them; None for none.
    """
    known = dict(_fixed_names(plan))
    given = {key: value for key, value in (bindings or {}).items() if "::" not in key}
    deployed = dict(_keys(given))
    for layer in plan.layers:
        for key, planned in _keys(layer.outputs):
            if deployed.get(key, _HIDDEN) != _HIDDEN:
                known.update(_match(planned, deployed[key]))
                known.update(_export(layer, key, planned, deployed[key]))
    known.update({key: value for key, value in (bindings or {}).items() if "::" in key})
    return known


def kubernetes_kind(resource: Resource) -> str:
    """Return the kind of a Kubernetes object, or nothing for any other resource."""
    custom = resource.custom and resource.type.startswith("kubernetes:")
    return str(resource.inputs.get("kind") or resource.type.rpartition(":")[2]) if custom else ""


def without_secret_data(resource: Resource) -> Mapping[str, JsonValue]:
    """Return the inputs, those of a Kubernetes Secret with a mark for its data."""
    if kubernetes_kind(resource) != "Secret":
        return resource.inputs
    data = {key: resource.inputs[key] for key in SECRET_DATA if resource.inputs.get(key)}
    return {**resource.inputs, **{key: {"$secret": list(origins(data[key]))} for key in data}}


def _keys(values: Mapping[str, JsonValue]) -> Iterator[tuple[str, JsonValue]]:
    """Yield leaves by dotted key; a key of `bindings` also counts without that prefix."""
    for key, value in flatten(values):
        yield key, value
        yield key.removeprefix("bindings."), value


def _export(
    layer: Layer, key: str, planned: JsonValue, deployed: JsonValue
) -> Iterator[tuple[str, JsonValue]]:
    """Yield an output of the stack itself: the next layer reads one that is no text by that."""
    if not (isinstance(planned, Mapping) and "$secret" in planned):
        name = f"{layer.project}-{layer.stack}"
        yield f"urn:pulumi:{layer.stack}::{layer.project}::{STACK}::{name}#{key}", deployed


def _match(planned: JsonValue, deployed: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """Yield the output that `planned` is made from, with its value as seen in `deployed`."""
    if isinstance(planned, Mapping) and len(planned.get("$unknown", ())) == 1:
        yield planned["$unknown"][0], deployed
    if isinstance(planned, list | tuple) and isinstance(deployed, list | tuple):
        for item, value in zip(planned, deployed, strict=False):
            yield from _match(item, value)
    if not isinstance(planned, str):
        return
    symbols = list(SYMBOL.finditer(planned))
    if len(symbols) != 1:
        return
    before, after = planned[: symbols[0].start()], planned[symbols[0].end() :]
    origin = f"{symbols[0]['urn']}#{symbols[0]['property']}"
    if not before and not after:
        yield origin, deployed
    elif isinstance(deployed, str) and _surrounded(deployed, before, after):
        yield origin, deployed[len(before) : len(deployed) - len(after)]


def _surrounded(text: str, before: str, after: str) -> bool:
    fits = len(text) >= len(before) + len(after)
    return fits and text.startswith(before) and text.endswith(after)


def _fixed_names(plan: Plan) -> Iterator[tuple[str, JsonValue]]:
    """Yield names that a Kubernetes object is given in the plan: these are known already."""
    for _, resource in plan.resources():
        metadata = resource.inputs.get("metadata")
        if not kubernetes_kind(resource) or not isinstance(metadata, Mapping):
            continue
        for key in ("name", "namespace"):
            value = metadata.get(key)
            if isinstance(value, str) and not SYMBOL.search(value):
                yield f"{resource.urn}#metadata.{key}", value
                yield f'{resource.urn}#metadata["{key}"]', value
