"""A table of the docs: keys of the blueprint, as `stackwright explain` knows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stackwright import catalog
from stackwright.blueprint.flow import flow
from stackwright.blueprint.keys import Key, keys
from stackwright.tool import AwsToolSettings, KubernetesToolSettings, ReleaseSettings, ToolSettings

SHARED = {
    ToolSettings: "Every tool",
    AwsToolSettings: "Every tool on AWS",
    KubernetesToolSettings: "Every tool in the cluster",
    ReleaseSettings: "Every tool that is a Helm release",
}
"""Classes whose keys many tools have, and who has them."""


def tools() -> tuple[tuple[str, type[ToolSettings]], ...]:
    """Return capability and settings class of every tool of this repository."""
    return tuple(
        (capability, tool)
        for capability, kinds in catalog.capabilities().items()
        for tool in kinds.values()
        if tool.__module__.startswith("stackwright.")
    )


def shared_names(base: type[ToolSettings]) -> tuple[str, ...]:
    """Return the keys that a class of `SHARED` brings itself."""
    return tuple(n for n in base.__annotations__ if n in base.model_fields and n != "kind")


def tool_keys(capability: str, tool: type[ToolSettings]) -> tuple[Key, ...]:
    """Return every key of a tool, `kind` not among them."""
    kind = tool.kind_name()
    return tuple(key for key in keys() if key.path[0] == capability and key.kinds[:1] == (kind,))


def own_keys(capability: str, tool: type[ToolSettings]) -> tuple[Key, ...]:
    """Return the keys of a tool that it does not share with others."""
    shared = {name for base in SHARED for name in shared_names(base) if issubclass(tool, base)}
    shared -= {name for name in tool.__annotations__ if name in tool.model_fields}
    return tuple(key for key in tool_keys(capability, tool) if key.path[1] not in shared)


def key_table(found: Iterable[Key], above: int) -> str:
    """Return a table of keys.

    Args:
        found: The keys.
        above: How many steps of every path are left out, since the page names them.
    """
    head = ("Key", "Meaning", "Allowed", "Default", "Example")
    return table(head, [_row(key, above) for key in found])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: str) -> str:
    """Return a text as code, whatever it holds."""
    mark = "``" if "`" in text else "`"
    return f"{mark}{text}{mark}"


def default(key: Key) -> str:
    """Return what holds when a key is not written."""
    if key.required:
        return "must be written"
    if key.profiles:
        return ", ".join(f"{code(flow(value))} in {name}" for name, value in key.profiles.items())
    return "none" if key.default in (None, "", [], {}) else code(flow(key.default))


def _row(key: Key, above: int) -> tuple[str, ...]:
    name = ".".join(key.path[above:])
    inner = key.kinds[1:] if above else key.kinds
    beside = f" with {' and '.join(code(kind) for kind in inner)}" if inner else ""
    note = "; write your own" if key.example_only else ""
    return (
        f"{code(name)}{beside}",
        key.meaning,
        _allowed(key),
        default(key),
        f"{code(f'{key.path[-1]}: {flow(key.example)}')}{note}",
    )


def _allowed(key: Key) -> str:
    words = f"{key.type}, in {key.unit}" if key.unit else key.type
    explained = [f"{code(value)}: {text}" for value, text in key.choices.items() if text]
    return f"{words}. {' '.join(explained)}" if explained else words


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
