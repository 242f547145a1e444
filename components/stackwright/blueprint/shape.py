"""The shape of a value is the type that a model gives the place where the value stands."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Discriminator, RootModel, Tag
from pydantic.fields import FieldInfo

_MAPPINGS = (dict, Mapping)
_LISTS = (list, tuple, Sequence, set, frozenset, AbstractSet)


@dataclass(frozen=True, slots=True)
class Shape:
    """A type with `Annotated`, `Optional` and root models taken off."""

    annotation: Any
    metadata: tuple[Any, ...] = ()
    """Constraints and other metadata that stood around the type."""
    optional: bool = False
    """True when null is accepted."""

    @property
    def origin(self) -> Any:
        """The type without its parameters: `dict` for `dict[str, int]`."""
        return get_origin(self.annotation) or self.annotation

    @property
    def model(self) -> type[BaseModel] | None:
        """The model that the type is; None when it is none."""
        is_model = isinstance(self.annotation, type) and issubclass(self.annotation, BaseModel)
        return self.annotation if is_model else None

    @property
    def is_mapping(self) -> bool:
        """Whether it is a mapping with free keys."""
        return self.origin in _MAPPINGS

    @property
    def is_list(self) -> bool:
        """Whether it is a list, tuple or set."""
        return self.origin in _LISTS

    @property
    def members(self) -> tuple[Any, ...]:
        """The types of a union without None; one type when it is no union."""
        if self.origin in (Union, types.UnionType):
            return tuple(item for item in get_args(self.annotation) if item is not type(None))
        return (self.annotation,)

    @property
    def discriminator(self) -> Discriminator | None:
        """What tells the members of a union apart; None when nothing does."""
        for item in self.metadata:
            found = item.discriminator if isinstance(item, FieldInfo) else item
            if isinstance(found, str):
                return Discriminator(found)
            if isinstance(found, Discriminator):
                return found
        return None

    @property
    def tag_key(self) -> str:
        """The key that tells the members apart, as it is written; empty when there is none."""
        found = self.discriminator
        if found is None or not isinstance(found.discriminator, str):
            return ""
        for member in self.members:
            model = shape(member).model
            if model is not None and found.discriminator in model.model_fields:
                return written(found.discriminator, model.model_fields[found.discriminator])
        return found.discriminator

    def tagged(self) -> dict[str, Any]:
        """Return the members by tag; empty when it is no discriminated union."""
        found = self.discriminator
        if found is None:
            return {}
        return {tag: member for member in self.members for tag in _tags(member, found)}

    def chosen(self, data: Any) -> Any:
        """Return the member that the tag in `data` names; None when it names none."""
        found = self.discriminator
        if found is None:
            return None
        selector = found.discriminator
        if callable(selector):
            tag = selector(data)
        else:
            tag = data.get(self.tag_key) if isinstance(data, dict) else None
        return self.tagged().get(tag) if isinstance(tag, str) else None


def shape(annotation: Any, metadata: tuple[Any, ...] = ()) -> Shape:
    """Return the shape of a type, with `metadata` that stands beside it."""
    optional = False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            metadata = (*annotation.__metadata__, *metadata)
            annotation = annotation.__origin__
        elif hasattr(annotation, "__value__"):
            annotation = annotation.__value__
        elif origin in (Union, types.UnionType) and type(None) in get_args(annotation):
            rest = [item for item in get_args(annotation) if item is not type(None)]
            optional, annotation = True, Union.__getitem__(tuple(rest))
        elif isinstance(annotation, type) and issubclass(annotation, RootModel):
            metadata = (*annotation.model_fields["root"].metadata, *metadata)
            annotation = annotation.model_fields["root"].annotation
        else:
            return Shape(annotation, metadata, optional)


def field_shape(field: FieldInfo) -> Shape:
    """Return the shape of a model's field."""
    found = (Discriminator(field.discriminator),) if isinstance(field.discriminator, str) else ()
    if isinstance(field.discriminator, Discriminator):
        found = (field.discriminator,)
    return shape(field.annotation, (*field.metadata, *found))


def item_shape(whole: Shape, key: str | int) -> Shape:
    """Return the shape of one value of a free mapping or list."""
    arguments = get_args(whole.annotation)
    if whole.is_mapping:
        return shape(arguments[1] if len(arguments) == 2 else Any)
    if whole.origin is tuple and len(arguments) > 1 and arguments[1] is not Ellipsis:
        inside = isinstance(key, int) and key < len(arguments)
        return shape(arguments[int(key)] if inside else Any)
    return shape(arguments[0] if arguments else Any)


def key_shape(whole: Shape) -> Shape:
    """Return the shape of the keys of a free mapping."""
    arguments = get_args(whole.annotation)
    return shape(arguments[0] if arguments else str)


def written(name: str, field: FieldInfo) -> str:
    """Return the key that a user writes for a field."""
    if isinstance(field.validation_alias, str):
        return field.validation_alias
    return field.alias or name


def fields_by_key(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return a model's fields by the key that a user writes."""
    return {written(name, field): field for name, field in model.model_fields.items()}


def choices(annotation: Any) -> tuple[Any, ...]:
    """Return the values of a `Literal` or `Enum`; empty for other types."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(item.value for item in annotation)
    return ()


def _tags(member: Any, discriminator: Discriminator) -> Iterator[str]:
    inner = shape(member)
    explicit = [item.tag for item in inner.metadata if isinstance(item, Tag)]
    name = discriminator.discriminator
    if explicit or not isinstance(name, str):
        yield from explicit
    elif inner.model is not None:
        field = inner.model.model_fields.get(name)
        annotation = shape(field.annotation).annotation if field else None
        yield from (str(item) for item in choices(annotation))
    else:
        for item in inner.members:
            yield from _tags(item, discriminator)
