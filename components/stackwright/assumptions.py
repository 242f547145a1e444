"""Assumptions are the values that the user did not write: what a reader should know to agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from stackwright.blueprint.document import Location, Node
from stackwright.blueprint.load import NOT_WRITTEN
from stackwright.blueprint.meanings import described
from stackwright.blueprint.model import BlueprintHeader
from stackwright.plan.graph import Assumption
from stackwright.resolution import Resolution


def assumptions(
    blueprint: BlueprintHeader, root: Node, resolution: Resolution
) -> Iterator[Assumption]:
    """Yield every value that was not written, by key path.

    Example values come first: nothing may be deployed with them.
    """
    found = list(_header(blueprint, root))
    for instance in resolution.instances.values():
        if instance.assumed:
            kind = instance.settings.kind
            path = ".".join(str(step) for step in instance.location)
            needed = sorted(
                {
                    use.consumer.instance
                    for use in resolution.uses
                    if use.provider.instance == instance.name
                }
            )
            reason = f"needed by {', '.join(needed)}"
            found.append(Assumption(f"{path}.kind", kind, "derived", reason))
        found += _of_model(instance.settings, instance.location, root)
    yield from sorted(found, key=lambda item: (item.source != "example", item.path))


def _header(blueprint: BlueprintHeader, root: Node) -> Iterator[Assumption]:
    own = {key: getattr(blueprint, key) for key in ("profile", "target", "mirrors")}
    yield from _of_values(described(BlueprintHeader), own, blueprint, (), root)


def _of_model(model: BaseModel, location: Location, root: Node) -> Iterator[Assumption]:
    fields = described(type(model))
    values = {name: getattr(model, name) for name in fields}
    yield from _of_values(fields, values, model, location, root)


def _of_values(
    fields: Mapping[str, FieldInfo],
    values: Mapping[str, Any],
    model: BaseModel,
    location: Location,
    root: Node,
) -> Iterator[Assumption]:
    for name, value in values.items():
        at = (*location, name)
        path = ".".join(str(step) for step in at)
        if isinstance(value, BaseModel):
            yield from _of_model(value, at, root)
        elif isinstance(value, dict) and any(isinstance(v, BaseModel) for v in value.values()):
            for key, item in value.items():
                yield from _of_model(item, (*at, key), root)
        elif name in model.model_fields_set:
            yield from _written(fields[name], value, path, at, root)
        elif value not in (None, "", [], {}, ()):
            reason = fields[name].description or ""
            yield Assumption(path, _plain(value), "default", _first_sentence(reason))


def _written(
    info: FieldInfo, value: Any, path: str, at: Location, root: Node
) -> Iterator[Assumption]:
    if _is_example(info, value):
        reason = "an example that stands for your own value"
        yield Assumption(path, _plain(value), "example", reason)
        return
    node = root.find(at)
    if node is not None and node.mark == NOT_WRITTEN:
        reason = _first_sentence(info.description or "")
        yield Assumption(path, _plain(value), "profile", reason)


def _is_example(info: FieldInfo, value: Any) -> bool:
    extra = info.json_schema_extra
    if not isinstance(extra, dict) or not extra.get("x-example-only"):
        return False
    examples = [_plain(example) for example in info.examples or []]
    plain = _plain(value)
    return plain in examples or (isinstance(plain, list) and any([i] in examples for i in plain))


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return getattr(value, "value", value)


def _first_sentence(text: str) -> str:
    line = " ".join(text.split())
    return line.split(". ")[0].split("; ")[0].rstrip(".")
