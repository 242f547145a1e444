"""Rules about several keys, run wherever those keys are valid, whatever else is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import ValidationError, create_model

from stackwright.blueprint.base import BlueprintModel, ClashRule, clash_message
from stackwright.blueprint.document import Location, Node
from stackwright.blueprint.fit import branch
from stackwright.blueprint.shape import Shape, field_shape, item_shape, shape, written
from stackwright.blueprint.shown import dotted
from stackwright.errors import Problem


def clash_problems(model: type[Any], node: Node, file: str, at: Location) -> Iterator[Problem]:
    """Yield a problem for every rule that the keys under `node` break."""
    yield from _walk(shape(model), node, file, at)


def _walk(place: Shape, node: Node, file: str, at: Location) -> Iterator[Problem]:
    place = branch(place, node.plain)
    model = place.model
    if model is not None and isinstance(node.value, dict):
        if issubclass(model, BlueprintModel):
            yield from _broken_rules(model, node, file, at)
        for name, field in model.model_fields.items():
            key = written(name, field)
            if key in node.value:
                yield from _walk(field_shape(field), node.value[key], file, (*at, key))
    elif place.is_mapping and isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from _walk(item_shape(place, key), child, file, (*at, key))
    elif place.is_list and isinstance(node.value, list):
        for index, child in enumerate(node.value):
            yield from _walk(item_shape(place, index), child, file, (*at, index))


def _broken_rules(
    model: type[BlueprintModel], node: Node, file: str, at: Location
) -> Iterator[Problem]:
    for rule in model.clash_rules:
        instance = _instance(model, rule, node)
        message = getattr(instance, rule.method)() if instance is not None else None
        if message:
            keys = {name: written(name, model.model_fields[name]) for name in rule.keys}
            yield _problem(tuple(keys.values()), message, node, file, at)


def _problem(keys: tuple[str, ...], message: str, node: Node, file: str, at: Location) -> Problem:
    children = {key: child for key in keys if (child := node.child(key)) and child.mark.line}
    found = [(child.key or child.mark, key) for key, child in children.items()]
    mark, key = max(found, default=(node.position(), ""))
    path = dotted((*at, key) if key else at)
    return Problem(clash_message(keys, message), file, *mark, path=path)


def _instance(model: type[BlueprintModel], rule: ClashRule, node: Node) -> BlueprintModel | None:
    """Return an instance with only the rule's fields; None when one of them is not valid."""
    data = {}
    for name in rule.keys:
        key = written(name, model.model_fields[name])
        child = node.child(key)
        if child is not None:
            data[key] = child.plain()
        elif model.model_fields[name].is_required():
            return None
    try:
        valid = _part(model, rule.keys).model_validate_json(json.dumps(data), strict=True)
    except ValidationError:
        return None
    return model.model_construct(**{name: getattr(valid, name) for name in rule.keys})


@cache
def _part(model: type[BlueprintModel], keys: tuple[str, ...]) -> type[BlueprintModel]:
    """Return the model with only some fields, which checks no rule."""
    others: dict[str, Any] = {name: (Any, None) for name in model.model_fields if name not in keys}
    part: type[BlueprintModel] = create_model(model.__name__, __base__=model, **others)
    part.clash_rules = ()
    return part
