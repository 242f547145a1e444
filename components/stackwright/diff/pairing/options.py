"""Which options of a registration differ, where the difference means something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from stackwright.diff.changes import PropertyChange, PropertyKind
from stackwright.diff.pairing.renames import renamed
from stackwright.diff.properties.concealed import conceal, shown
from stackwright.plan.graph import JsonValue, Resource, ResourceOptions

_NO_CHANGE = frozenset({"aliases", "import_id", "plugin_download_url", "version"})
"""Options that change nothing in a resource that is there already."""

_UNORDERED = frozenset({"hide_diffs", "ignore_changes", "replace_on_changes"})

_NAMES = tuple(one.name for one in fields(ResourceOptions) if one.name not in _NO_CHANGE)
_DEFAULTS = ResourceOptions()


def option_changes(
    before: Resource, after: Resource, urns: Mapping[str, str]
) -> tuple[PropertyChange, ...]:
    """Return the options that differ, by the names that a plan has for them.

    `parent` and `provider` are among them. Another parent is not told where the URN differs: that
    is told by the action.

    Args:
        before: The resource as it was.
        after: The same resource as it will be.
        urns: Earlier URN -> later URN.
    """
    places = ("provider",) if before.urn != after.urn else ("parent", "provider")
    pairs = [(name, getattr(before, name), getattr(after, name), "") for name in places]
    if before.options != after.options:
        pairs += [
            (name, getattr(before.options, name), getattr(after.options, name), default)
            for name, default in ((name, getattr(_DEFAULTS, name)) for name in _NAMES)
        ]
    return tuple(_changed(pairs, urns))


def _changed(
    pairs: list[tuple[str, JsonValue, JsonValue, JsonValue]], urns: Mapping[str, str]
) -> Iterator[PropertyChange]:
    for name, before, after, default in pairs:
        if before == after:
            continue
        earlier, later = _plain(name, _mapped(before, urns)), _plain(name, after)
        if earlier != later:
            yield _change(name, earlier, later, _plain(name, default))


def _change(name: str, before: JsonValue, after: JsonValue, default: JsonValue) -> PropertyChange:
    earlier, later = (shown(conceal("", {name: value})[name]) for value in (before, after))
    if before == default:
        return PropertyChange(name, PropertyKind.ADD, after=later)
    if after == default:
        return PropertyChange(name, PropertyKind.DELETE, before=earlier)
    return PropertyChange(name, PropertyKind.UPDATE, earlier, later)


def _mapped(value: JsonValue, urns: Mapping[str, str]) -> JsonValue:
    """Return an option with the later URNs, which stand in it whole or inside symbols."""
    if isinstance(value, str):
        return urns.get(value) or renamed(value, urns)
    if isinstance(value, tuple):
        return [_mapped(one, urns) for one in value]
    if isinstance(value, dict) and "$unknown" not in value and "$secret" not in value:
        return {key: _mapped(one, urns) for key, one in value.items()}
    return renamed(value, urns)


def _plain(name: str, value: JsonValue) -> JsonValue:
    """Return an option as JSON has it, in an order that means something."""
    if name in _UNORDERED:
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value
