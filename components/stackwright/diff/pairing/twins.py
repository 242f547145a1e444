"""Twins: a new resource and a gone one that seem to be the same, renamed without an alias.

Two are twins when their inputs are equal apart from what names them. Inputs are compared as one
text in which names are blanked out, so that no resource is compared with every other.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from stackwright.diff.pairing.aliases import inherited_urn
from stackwright.plan.graph import JsonValue, Resource

_URN = re.compile(r'urn:pulumi:[^#{}"]+(?=#)')
"""A URN inside a symbol or an origin."""

_WORD = re.compile(r"[^\W_]+")

_NAMING = re.compile(
    r"(^|[a-z])([nN]ame|[nN]amespace|[iI]dentifier|[pP]refix)$"
    r"|^(annotations|bucket|description|labels|matchLabels|metadata|selector|serviceAccount|tags)$"
)
"""Inputs that hold names and what is derived from them."""


def find_twins(
    new: Sequence[Resource], gone: Sequence[Resource], urns: Mapping[str, str]
) -> dict[str, str]:
    """Return the URN of a new resource -> URN of the gone one that it seems to be.

    A pair is made only where each of the two is the only one that fits the other: first what was
    renamed with a component, then what was renamed alone, what was moved under its name, and what
    was moved with its inputs as they were. A component follows the most of what is in it, and
    what its alias would bring along follows the component. Anything else has to refer to twins
    of what the gone one refers to.

    Args:
        new: Resources of the later side without a partner, in order of deployment.
        gone: Those of the earlier side.
        urns: Earlier URN -> later URN, of those with a partner.
    """
    types = {resource.type for resource in new} & {resource.type for resource in gone}
    words = _naming_words(new, gone)
    later, earlier = _Side(new, {}, words), _Side(gone, urns, words)
    found: dict[str, str] = {}
    _add_matches(later, earlier, types, found)
    _add_components(later, earlier, found)
    if found:
        _blank_components(later, earlier, found)
        _add_matches(later, earlier, types, found)
    _add_followers(later, earlier, found)
    for resource in new:
        if resource.urn in found and not _refers_alike(resource, later, earlier, found):
            del found[resource.urn]
    return {resource.urn: found[resource.urn] for resource in new if resource.urn in found}


def _add_matches(later: _Side, earlier: _Side, types: set[str], found: dict[str, str]) -> None:
    """Pair what is left by each key in turn, the one that says most first."""
    for key in (_Side.renamed_with, _Side.renamed, _Side.moved, _Side.kept):
        taken = {*found, *found.values()}
        ours = _singles(later, key, types, taken)
        theirs = _singles(earlier, key, types, taken)
        found |= {urn: theirs[value] for value, urn in ours.items() if value in theirs}


def _blank_components(later: _Side, earlier: _Side, found: Mapping[str, str]) -> None:
    """Let the names of renamed components mean nothing, wherever they stand."""
    pairs = [(later.resources[new], earlier.resources[gone]) for new, gone in found.items()]
    components = [pair for pair in pairs if not pair[0].custom]
    words = _naming_words([new for new, _ in components], [gone for _, gone in components])
    later.blank(words)
    earlier.blank(words)


class _Side:
    """The resources of one side without a partner, and the keys by which they are compared."""

    def __init__(
        self, resources: Iterable[Resource], urns: Mapping[str, str], words: set[str]
    ) -> None:
        self.resources = {resource.urn: resource for resource in resources}
        self._urns = urns
        self._words = words
        self._everywhere: set[str] = set()
        self._texts: dict[str, str] = {}

    def blank(self, words: set[str]) -> None:
        """Let these words mean nothing from now on, whatever is named by them."""
        self._everywhere = words
        self._texts.clear()

    def renamed_with(self, resource: Resource) -> Hashable:
        """Return what stays when a component is renamed, and with it what is in it."""
        own = self._blanked(resource.name, self._words)
        return _chain(resource), own, self._text(resource)

    def renamed(self, resource: Resource) -> Hashable:
        """Return what stays when a resource is renamed; None where nothing would tell it."""
        return (_chain(resource), self._text(resource)) if resource.inputs else None

    def moved(self, resource: Resource) -> Hashable:
        """Return what stays when a resource keeps its name below something of another type."""
        return resource.type, resource.name, self._text(resource)

    def kept(self, resource: Resource) -> Hashable:
        """Return what stays when a resource keeps its inputs; None where it has none."""
        inputs = _dumped(resource.inputs)
        known = _URN.sub(lambda match: self._urns.get(match[0], match[0]), inputs)
        return (resource.type, known) if resource.inputs else None

    def _text(self, resource: Resource) -> str:
        """Return the inputs as a text without names.

        The name of what is in a renamed component may stand anywhere. Anything else was named
        for a value, such as a zone or an account, and keeps it where no name is meant.
        """
        text = self._texts.get(resource.urn)
        if text is None:
            inside = resource.parent in self.resources
            text = _dumped(self._unnamed(_without_labels(resource), inside))
            self._texts[resource.urn] = text
        return text

    def _unnamed(self, value: JsonValue, naming: bool) -> JsonValue:
        if isinstance(value, str):
            known = _URN.sub(lambda match: self._reference(match[0]), value)
            return self._blanked(known, self._words if naming else self._everywhere)
        if isinstance(value, Mapping):
            return {
                self._blanked(key, self._words if naming else self._everywhere): self._unnamed(
                    one, naming or _NAMING.search(key) is not None
                )
                for key, one in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._unnamed(one, naming) for one in value]
        return value

    def references(self, resource: Resource) -> set[str]:
        """Return the URNs without a partner that the inputs refer to."""
        return {urn for urn in _URN.findall(_dumped(resource.inputs)) if urn in self.resources}

    def _reference(self, urn: str) -> str:
        """Return what both sides call a resource by: its type alone, where it has no partner."""
        found = self.resources.get(urn)
        return found.type if found is not None else self._urns.get(urn, urn)

    @staticmethod
    def _blanked(text: str, words: set[str]) -> str:
        if not words:
            return text
        return _WORD.sub(lambda match: "" if match[0].lower() in words else match[0], text)


def _singles(
    side: _Side, key: Callable[[_Side, Resource], Hashable], types: set[str], taken: set[str]
) -> dict[Hashable, str]:
    """Return the URN of each resource that is left and whose key no other has."""
    found: dict[Hashable, list[str]] = {}
    for urn, resource in side.resources.items():
        if resource.custom and resource.type in types and urn not in taken:
            found.setdefault(key(side, resource), []).append(urn)
    return {value: urns[0] for value, urns in found.items() if len(urns) == 1 and value is not None}


def _add_components(later: _Side, earlier: _Side, found: dict[str, str]) -> None:
    """Pair each component with the one that more than half of its children come from."""
    votes: dict[str, Counter[str]] = {}
    children = Counter(resource.parent for resource in later.resources.values())
    taken: set[str] = set()
    for urn, resource in reversed(later.resources.items()):
        if not resource.custom and votes.get(urn):
            candidate, count = votes[urn].most_common(1)[0]
            if candidate not in taken and count * 2 > children[urn]:
                found[urn] = candidate
                taken.add(candidate)
        parent = _component(earlier, found.get(urn, ""))
        if parent:
            votes.setdefault(resource.parent, Counter())[parent] += 1


def _component(side: _Side, urn: str) -> str:
    """Return the component without a partner that a resource is in; empty for none."""
    parent = side.resources[urn].parent if urn in side.resources else ""
    return parent if parent in side.resources and not side.resources[parent].custom else ""


def _add_followers(later: _Side, earlier: _Side, found: dict[str, str]) -> None:
    """Pair what the alias of a component would bring along, whatever else changes in it."""
    taken = set(found.values())
    for urn, resource in later.resources.items():
        if urn in found or resource.parent not in found:
            continue
        candidate = inherited_urn(urn, resource.parent, found[resource.parent])
        if candidate in earlier.resources and candidate not in taken:
            found[urn] = candidate
            taken.add(candidate)


def _refers_alike(
    resource: Resource, later: _Side, earlier: _Side, found: Mapping[str, str]
) -> bool:
    """Tell whether what a resource refers to are twins of what its own twin refers to."""
    if resource.parent in found:
        return True
    gone = earlier.resources[found[resource.urn]]
    return {found.get(urn) for urn in later.references(resource)} == earlier.references(gone)


def _naming_words(new: Sequence[Resource], gone: Sequence[Resource]) -> set[str]:
    """Return the words that only name: those of one side alone, and those of a renamed tool.

    A tool may get a name that parts of it have on both sides, as when `storage-data` becomes
    `data-data`.
    """
    names = _words(one.name for one in new) ^ _words(one.name for one in gone)
    return names | (_words(one.tool for one in new) ^ _words(one.tool for one in gone))


def _words(texts: Iterable[str]) -> set[str]:
    return {word.lower() for text in texts for word in _WORD.findall(text)}


def _without_labels(resource: Resource) -> dict[str, JsonValue]:
    """Return the inputs without what only names or marks a resource."""
    inputs = dict(resource.inputs)
    for key, names in (("metadata", ("name", "labels")), ("tags", ("Name",))):
        if isinstance(inputs.get(key), Mapping):
            inputs[key] = {name: item for name, item in inputs[key].items() if name not in names}
    return inputs


def _dumped(inputs: Mapping[str, JsonValue]) -> str:
    return json.dumps(inputs, sort_keys=True, ensure_ascii=False)


def _chain(resource: Resource) -> str:
    """Return the types above a resource and its own."""
    return resource.urn.split("::", 3)[2]
