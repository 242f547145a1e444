"""What AWS would compute: a value for every output of a resource that its program did not give.

The classes of pulumi_aws say which outputs there are and of which type. An output that a class
does not call optional is always there: one that is missing would be a change for ever.
"""

from __future__ import annotations

import importlib
import keyword
import typing
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from threading import RLock
from typing import Any, NamedTuple

from pulumi import _types
from pulumi.runtime.rpc import UNKNOWN, _special_sig_key

ACCOUNT, REGION = "123456789012", "eu-west-1"

_DEEPEST = 3
"""Objects inside objects that are made up; below, only what was given is there."""

_SCALARS: Mapping[Any, Any] = {int: 1, float: 1.0, bool: False}

_IMPORTING = RLock()
"""Calls come side by side; a module that another thread half imported lacks names."""


class Output(NamedTuple):
    """One output of a type, as its class declares it."""

    kind: Any
    optional: bool


def outputs(type_: str, given: Mapping[str, Any], identity: str) -> dict[str, Any]:
    """Return the outputs of a created resource: its inputs, completed.

    Args:
        type_: Pulumi type token, such as `aws:s3/bucket:Bucket`.
        given: The inputs.
        identity: Text that no other resource has; made-up text ends with it.
    """
    found = dict(given)
    for name, output in outputs_of(type_).items():
        if name in found:
            found[name] = _completed(output.kind, found[name], f"{name}-{identity}", 0)
        elif not output.optional:
            found[name] = _made(output.kind, f"{name}-{identity}", 0)
    return {**found, **_well_known(type_, given, found, identity)}


def unknown_in_preview(made: Any, given: Any) -> Any:
    """Return outputs as a preview knows them: what was not given is unknown."""
    if isinstance(made, dict) and isinstance(given, Mapping) and not _is_marked(given):
        return {name: unknown_in_preview(item, given.get(name)) for name, item in made.items()}
    if isinstance(made, list) and isinstance(given, list):
        return [unknown_in_preview(item, old) for item, old in zip(made, given, strict=True)]
    return UNKNOWN if given is None else given


def kept(made: Any, old: Any, given: Any, old_given: Any) -> Any:
    """Return the outputs of an update: what was computed stays, also inside of what was given."""
    if not all(isinstance(one, Mapping) for one in (made, old, given, old_given)):
        return made
    computed = old.keys() - given.keys() - old_given.keys()
    inside = {
        key: kept(value, old[key], given[key], old_given[key])
        for key, value in made.items()
        if key in old.keys() & given.keys() & old_given.keys()
    }
    return {**made, **inside, **{key: old[key] for key in computed}}


@cache
def outputs_of(type_: str) -> Mapping[str, Output]:
    """Return every output of a type, by name; none for a type that the package does not have."""
    with _IMPORTING:
        resource_class = _resource_class(type_)
        return _typed(resource_class) if resource_class else {}


def _resource_class(type_: str) -> type | None:
    _, module, name = type_.split(":")
    service = module.partition("/")[0]
    service = f"{service}_" if keyword.iskeyword(service) else service
    with warnings.catch_warnings():
        # The package warns of its own old names when a service is first loaded.
        warnings.simplefilter("ignore")
        try:
            found: type = getattr(importlib.import_module(f"pulumi_aws.{service}"), name)
        except (ImportError, AttributeError):
            return None
    return found


@cache
def _typed(owner: type) -> Mapping[str, Output]:
    with _IMPORTING:
        hints = _types._raw_return_hints(owner)
        return {
            name: Output(_types.unwrap_type(hint), _is_optional(hint))
            for name, hint in sorted(hints.items())
            if name not in ("id", "urn", "pulumiResourceName", "pulumiResourceType")
        }


def _is_optional(hint: Any) -> bool:
    inner = typing.get_args(hint)[0] if hasattr(hint, "__origin__") else hint
    return type(None) in typing.get_args(inner)


def _completed(kind: Any, given: Any, label: str, depth: int) -> Any:
    """Return what was given, with what is computed inside of it."""
    if _is_marked(given) or depth > _DEEPEST:
        return given
    if isinstance(given, Mapping) and _types.is_output_type(kind):
        return _object(kind, given, label, depth)
    if isinstance(given, Sequence) and not isinstance(given, str):
        item_kind = _item(kind)
        return [_completed(item_kind, item, label, depth + 1) for item in given]
    return given


def _made(kind: Any, label: str, depth: int) -> Any:
    if kind is str:
        return label
    if _types.is_output_type(kind):
        return _object(kind, {}, label, depth) if depth <= _DEEPEST else {}
    if kind in _SCALARS:
        return _SCALARS[kind]
    if _is_list(kind):
        return [_made(_item(kind), label, depth + 1)] if depth <= _DEEPEST else []
    return {}


def _object(kind: Any, given: Mapping[str, Any], label: str, depth: int) -> dict[str, Any]:
    made = dict(given)
    for name, output in _typed(kind).items():
        if name in made:
            made[name] = _completed(output.kind, made[name], f"{label}-{name}", depth + 1)
        else:
            made[name] = _made(output.kind, f"{label}-{name}", depth + 1)
    return made


def _well_known(
    type_: str, given: Mapping[str, Any], found: Mapping[str, Any], identity: str
) -> dict[str, Any]:
    """Return outputs whose form programs rely on."""
    service = type_.split(":")[1].partition("/")[0]
    made = {
        "arn": f"arn:aws:{service}:{REGION}:{ACCOUNT}:{identity}",
        "tagsAll": given.get("tags") or {},
    }
    return {name: value for name, value in made.items() if name in found and name not in given}


def _is_list(kind: Any) -> bool:
    origin = typing.get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Sequence)


def _item(kind: Any) -> Any:
    arguments = typing.get_args(kind)
    return _types.unwrap_type(arguments[0]) if _is_list(kind) and arguments else Any


def _is_marked(value: Any) -> bool:
    """Tell whether a value is a secret, an asset or another thing that the SDK marks."""
    return isinstance(value, Mapping) and _special_sig_key in value
