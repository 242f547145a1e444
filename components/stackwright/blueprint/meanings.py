"""The meaning of a field or a choice: what its author wrote under it in the source.

The source is read when somebody asks, since most commands never do.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from itertools import pairwise

from pydantic import BaseModel
from pydantic.fields import FieldInfo


@cache
def described(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """Return the fields of a model, each with the description that stands under it."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        found.update(_written(base))
    for name, info in model.model_fields.items():
        if info.description is None:
            info.description = found.get(name)
    return model.model_fields


@cache
def member_meanings(choice: type[Enum]) -> Mapping[str, str]:
    """Return the sentence under each member of an enum, by value; empty where there is none."""
    found = _written(choice)
    return {str(item.value): found[item.name] for item in choice if item.name in found}


def one_line(text: str | None) -> str:
    """Return a docstring on one line."""
    return " ".join((text or "").split())


def first_sentence(text: str) -> str:
    """Return the first sentence, without what follows a semicolon."""
    sentence = text.partition(". ")[0].partition("; ")[0].rstrip(".")
    return f"{sentence}." if sentence else ""


def _written(cls: type) -> Mapping[str, str]:
    return _of_module(cls.__module__).get(cls.__qualname__, {})


@cache
def _of_module(name: str) -> Mapping[str, Mapping[str, str]]:
    """Return the sentences under the attributes of every class of a module, by class name."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[name]))
    except (KeyError, OSError, TypeError, SyntaxError):
        return {}
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return {node.name: dict(_of_class(node)) for node in classes}


def _of_class(statement: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for node, below in pairwise(statement.body):
        name, text = _assigned(node), _text(below)
        if name and text:
            yield name, text


def _assigned(node: ast.stmt) -> str:
    target: ast.expr | None = None
    if isinstance(node, ast.AnnAssign):
        target = node.target
    elif isinstance(node, ast.Assign):
        target = node.targets[0]
    return target.id if isinstance(target, ast.Name) else ""


def _text(node: ast.stmt) -> str:
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Constant):
        return ""
    return one_line(node.value.value) if isinstance(node.value.value, str) else ""
