"""The reference of the blueprint: every key, on one page."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.generate_docs.tables import (
    SHARED,
    code,
    default,
    key_table,
    own_keys,
    shared_names,
    table,
    tool_keys,
    tools,
)

from stackwright import catalog
from stackwright.blueprint.keys import Key, differing, keys
from stackwright.blueprint.meanings import described, one_line
from stackwright.tool import ToolSettings
from stackwright.wiring import CONTRACTS

_GENERATED = "<!-- Made by `make docs` from the code; change it there. -->"


def blueprint_page() -> str:
    """Return the page with every key of the blueprint."""
    header = [key for key in keys() if key.path[0] not in catalog.capabilities()]
    return _page(
        "Every key of the blueprint",
        "What the words mean together is told in [the blueprint](../blueprint.md). At a terminal,"
        " `stackwright explain KEY` says the same as this page.",
        _contents(),
        "## Besides the tools",
        key_table(header, 0),
        *_shared(),
        *_capabilities(),
        "## Defaults that differ by profile",
        _profiles(),
        "Next: [each tool](tools.md) has a page that says what it makes.",
    )


def tools_page() -> str:
    """Return the page that lists every tool."""
    rows = (
        (
            capability,
            f"[{tool.title}](../tools/{tool.kind_name()}.md)",
            code(tool.kind_name()),
            ", ".join(sorted(tool.targets)),
            ", ".join(sorted(tool.default_for)) or "none",
            ", ".join(sorted(tool.parts)),
        )
        for capability, tool in tools()
    )
    return _page(
        "Tools",
        "A capability is a part of a platform, and a tool fills it. A default is added where"
        " another tool needs the capability and the blueprint names none.",
        table(("Capability", "Tool", "`kind`", "Targets", "Default for", "Layers"), rows),
        "Next: [add a tool](../adding-a-tool.md) that is not here.",
    )


def wiring_table() -> str:
    """Return the keys that each contract promises to projects."""
    rows = (
        (
            model.contract,
            code(name),
            one_line(info.description),
            "always" if info.is_required() else "where there is one",
        )
        for model in CONTRACTS.values()
        for name, info in described(model).items()
    )
    return table(("Contract", "Key", "Meaning", "There"), rows)


def settings_section(capability: str, tool: type[ToolSettings]) -> str:
    """Return the part of a tool's page about its settings."""
    own = own_keys(capability, tool)
    names = [name for base in SHARED if issubclass(tool, base) for name in shared_names(base)]
    mine = {key.path[1] for key in own}
    also = ", ".join(code(name) for name in names if name not in mine)
    shared = f"{also}: see [every tool](../reference/blueprint.md#keys-of-many-tools)."
    if not own:
        return f"## Settings\n\nNone of its own. It has {shared}"
    return f"## Settings\n\n{key_table(own, 1)}\n\nIt also has {shared}"


def _page(title: str, *blocks: str) -> str:
    return "\n\n".join((f"# {title}", _GENERATED, *blocks)) + "\n"


def _contents() -> str:
    names = dict.fromkeys(capability for capability, _ in tools())
    return f"Tools, by capability: {', '.join(f'[{name}](#{name})' for name in names)}."


def _shared() -> Iterator[str]:
    yield "## Keys of many tools"
    for base, title in SHARED.items():
        found = _shared_keys(base)
        if found:
            yield f"### {title}"
            yield key_table(found, 1)


def _shared_keys(base: type[ToolSettings]) -> tuple[Key, ...]:
    names = shared_names(base)
    for capability, tool in tools():
        # A tool that declares such a key itself may mean something narrower by it.
        if issubclass(tool, base) and not set(names) & set(tool.__annotations__):
            return tuple(key for key in tool_keys(capability, tool) if key.path[1] in names)
    return ()


def _capabilities() -> Iterator[str]:
    told = ""
    for capability, tool in tools():
        if capability != told:
            yield f"## {code(capability)}"
            yield one_line(catalog.meaning(capability))
            told = capability
        yield f"### {code(f'{capability}: {{kind: {tool.kind_name()}}}')}"
        own = own_keys(capability, tool)
        page = f"[{tool.title}](../tools/{tool.kind_name()}.md)"
        yield f"{page}: {one_line(tool.__doc__).partition(': ')[2] or one_line(tool.__doc__)}"
        yield key_table(own, 1) if own else "It has no settings of its own."


def _profiles() -> str:
    rows = ((code(key.dotted), code(key.kinds[0]), default(key)) for key in differing())
    return table(("Key", "Tool", "Default"), rows)
