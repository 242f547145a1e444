"""What tells the elements of a list apart, and whether their order has a meaning."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from stackwright.diff.properties import paths
from stackwright.plan.graph import JsonValue

Keys: TypeAlias = tuple[str, ...]

_KEYS: tuple[Keys, ...] = (
    ("name",),
    ("Sid",),
    ("sid",),
    ("id",),
    ("key",),
    ("alert",),
    ("record",),
    ("secretKey",),
    ("deviceName",),
    ("resourceType",),
    ("rulePriority",),
    ("mountPath",),
    ("containerPort", "protocol"),
    ("containerPort",),
    ("protocol", "fromPort", "toPort"),
    ("protocol", "port"),
    ("port",),
    ("key", "effect"),
    ("kind", "name", "namespace"),
    ("kind", "name"),
    ("topologyKey",),
    ("ip",),
    ("path",),
    ("type",),
)
"""What tells elements from one another, the first that does so on both sides."""

_OWN_KEYS: Mapping[str, tuple[Keys, ...]] = {
    "volumeMounts": (("mountPath",),),
    "matchExpressions": (("key", "operator"),),
}
"""Lists whose elements share a name with others; Kubernetes merges them by these keys."""

_SET = re.compile(
    r"(Ids|Arns|[cC]idrs|CidrBlocks|AvailabilityZones|LogTypes|LogsExports|Thumbprints?"
    r"|ThumbprintLists|ClientIdLists|Namespaces|Finalizers)$"
    r"|^(cidrBlocks|ipv6CidrBlocks|except|namespaces|verbs|resources|resourceNames|apiGroups"
    r"|nonResourceURLs|policyTypes|accessModes|add|drop|availabilityZones|zones|finalizers"
    r"|allowedAccountIds|allowedHeaders|allowedMethods|allowedOrigins|exposeHeaders"
    r"|permissions|events|group_by|values)$"
)
"""Lists of plain values whose order means nothing: AWS keeps networks, groups, zones, log types
and accounts as sets (Terraform AWS provider, schema `TypeSet`), and Kubernetes treats rules,
verbs, capabilities and access modes as sets. The order of `command`, `args` and `instanceTypes`
(the first is tried first) has a meaning, and so has that of every list that is not named here."""

_UNORDERED = frozenset(
    {
        *("Statement", "ingress", "egress", "from", "to", "ports", "rules", "subjects"),
        *("tolerations", "conditions", "matchExpressions", "nodeSelectorTerms", "envFrom"),
        *("imagePullSecrets", "tagSpecifications", "principals"),
    }
)
"""Lists of mappings whose order means nothing, where no key tells the elements apart."""


def keys_of(name: str, before: Sequence[JsonValue], after: Sequence[JsonValue]) -> Keys | None:
    """Return the keys that tell the elements of either list apart; None where nothing does.

    Args:
        name: Key that holds the lists.
        before: The earlier list.
        after: The later list.
    """
    elements = (*before, *after)
    if not elements or not all(isinstance(one, Mapping) for one in elements):
        return None
    for keys in (*_OWN_KEYS.get(name, ()), *_manifest_keys(elements), *_KEYS):
        if all(_has(one, keys) for one in elements) and all(
            len({identity(one, keys) for one in side}) == len(side) for side in (before, after)
        ):
            return keys
    return None


def _manifest_keys(elements: Sequence[JsonValue]) -> tuple[Keys, ...]:
    return (("kind", "metadata.name"),) if "metadata" in elements[0] else ()


def _has(element: Mapping[str, JsonValue], keys: Keys) -> bool:
    return all(isinstance(_part(element, key), str | int) for key in keys)


def _part(element: Mapping[str, JsonValue], key: str) -> JsonValue:
    if key == "metadata.name":
        metadata = element.get("metadata")
        return metadata.get("name") if isinstance(metadata, Mapping) else None
    return element.get(key)


def identity(element: Mapping[str, JsonValue], keys: Keys) -> Keys:
    """Return what an element holds under `keys`."""
    return tuple(str(_part(element, key)) for key in keys)


def label(element: Mapping[str, JsonValue], keys: Keys) -> str:
    """Return how a path names an element, such as `[name=server]`."""
    named = zip(keys, identity(element, keys), strict=True)
    return paths.element("", {key.removeprefix("metadata."): value for key, value in named})


def is_unordered(name: str, *, plain: bool) -> bool:
    """Tell whether the order of a list means nothing.

    Args:
        name: Key that holds the list.
        plain: Whether its elements are plain values, and no mappings or lists.
    """
    return _SET.search(name) is not None if plain else name in _UNORDERED
