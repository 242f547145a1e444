"""The public names of `stackwright`: one table, imported when used."""

from __future__ import annotations

import ast
import importlib
from importlib.metadata import version
from pathlib import Path

import pytest

import stackwright

SOURCE = Path(stackwright.__file__ or "")


def test_the_version_is_that_of_the_distribution() -> None:
    assert stackwright.__version__ == version("stackwright")


@pytest.mark.parametrize("name", [name for name in stackwright.__all__ if name != "__version__"])
def test_a_public_name_is_what_its_module_defines(name: str) -> None:
    module = importlib.import_module(stackwright._MODULE_OF[name])
    assert getattr(stackwright, name) is getattr(module, name)


def test_the_table_is_sorted() -> None:
    assert list(stackwright._MODULE_OF) == sorted(stackwright._MODULE_OF)


def test_type_checkers_are_told_the_same_table() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    told = {
        alias.asname: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert told == stackwright._MODULE_OF


def test_public_names_are_listed_before_they_are_used() -> None:
    assert set(stackwright.__all__) <= set(dir(stackwright))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Blueprnt'"):
        stackwright.Blueprnt  # noqa: B018
