"""The catalog finds tools by looking: every folder `<capability>/<tool>/` with a `settings.py`.

Tools of other packages register their settings class by the entry point group
`stackwright.tools`, under the name `<capability>.<kind>`.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TypeGuard

from stackwright.tool import ToolSettings

ENTRY_POINT_GROUP = "stackwright.tools"

_PACKAGE = Path(__file__).parent


@cache
def capabilities() -> Mapping[str, Mapping[str, type[ToolSettings]]]:
    """Return every tool's settings class by capability and kind, both in sorted order."""
    found: dict[str, dict[str, type[ToolSettings]]] = {}
    for capability, settings in _own_tools():
        found.setdefault(capability, {})[settings.kind_name()] = settings
    for entry_point in metadata.entry_points(group=ENTRY_POINT_GROUP):
        capability, _, kind = entry_point.name.partition(".")
        found.setdefault(capability, {})[kind] = entry_point.load()
    return {capability: dict(sorted(tools.items())) for capability, tools in sorted(found.items())}


def default_tool(capability: str, target: str) -> type[ToolSettings] | None:
    """Return the tool that fills a capability when the blueprint names none."""
    tools = capabilities().get(capability, {}).values()
    return next((tool for tool in tools if target in tool.default_for), None)


@cache
def meaning(capability: str) -> str:
    """Return in one sentence what a capability is: its package's docstring.

    An empty text for a capability that only other packages fill.
    """
    source = _PACKAGE / capability / "__init__.py"
    if not source.is_file():
        return ""
    return ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""


def _own_tools() -> Iterator[tuple[str, type[ToolSettings]]]:
    for path in sorted(_PACKAGE.glob("*/*/settings.py")):
        capability, folder = path.parent.parent.name, path.parent.name
        module = importlib.import_module(f"stackwright.{capability}.{folder}.settings")
        for _, member in inspect.getmembers(module, inspect.isclass):
            if member.__module__ == module.__name__ and _is_tool(member):
                yield capability, member


def _is_tool(member: type) -> TypeGuard[type[ToolSettings]]:
    return issubclass(member, ToolSettings) and "parts" in vars(member)
