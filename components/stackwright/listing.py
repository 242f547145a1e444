"""A listing of the catalog: every capability, its tools, and the facts of one tool."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from stackwright import catalog
from stackwright.blueprint.keys import Key, keys
from stackwright.blueprint.meanings import one_line
from stackwright.blueprint.shown import nearest, shown_source
from stackwright.claims import Claim
from stackwright.errors import Problem, UnknownName
from stackwright.tool import ReleaseSettings, ToolSettings
from stackwright.wiring import CONTRACTS

SCHEMA = "stackwright.catalog/v1"


def look_up(name: str | None) -> dict[str, Any]:
    """Return what the catalog has under a name, as plain data of `stackwright.catalog/v1`.

    Args:
        name: A capability such as `serving`, a tool such as `serving/kserve`, or None for all.

    Raises:
        UnknownName: There is no such capability or tool; the nearest is named.
    """
    capability, _, kind = (name or "").partition("/")
    known = catalog.capabilities()
    if not name:
        return {"schema": SCHEMA, "capabilities": [_capability(one) for one in known]}
    if capability not in known:
        raise _unknown("capability", capability, known)
    if not kind:
        return {"schema": SCHEMA, "capabilities": [_capability(capability)]}
    if kind not in known[capability]:
        raise _unknown(f"tool for {capability}", kind, known[capability])
    return {"schema": SCHEMA, "tool": _whole_tool(capability, known[capability][kind])}


def text(answer: Mapping[str, Any]) -> str:
    """Return what `look_up` gave, for a person."""
    if "tool" in answer:
        return "\n".join(_tool_lines(answer["tool"]))
    blocks = ["\n".join(_capability_lines(one)) for one in answer["capabilities"]]
    return "\n\n".join(blocks)


def _capability(name: str) -> dict[str, Any]:
    tools = catalog.capabilities()[name].values()
    meaning = one_line(catalog.meaning(name))
    return {"name": name, "meaning": meaning, "tools": [_tool(name, tool) for tool in tools]}


def _tool(capability: str, tool: type[ToolSettings]) -> dict[str, Any]:
    return {
        "capability": capability,
        "kind": tool.kind_name(),
        "title": tool.title,
        "meaning": one_line(tool.__doc__),
        "targets": sorted(tool.targets),
        "default_for": sorted(tool.default_for),
        "layers": sorted(tool.parts),
    }


def _whole_tool(capability: str, tool: type[ToolSettings]) -> dict[str, Any]:
    wiring = CONTRACTS.get(tool.contract)
    return {
        **_tool(capability, tool),
        "settings": [_setting(key) for key in _settings(capability, tool)],
        "needs": _needs(capability, tool),
        "gives": tool.contract,
        "wiring": sorted(wiring.keys()) if wiring else [],
        "versions": list(tool.verified_versions) if issubclass(tool, ReleaseSettings) else [],
    }


def _settings(capability: str, tool: type[ToolSettings]) -> list[Key]:
    kind = tool.kind_name()
    return [key for key in keys() if key.path[0] == capability and key.kinds[:1] == (kind,)]


def _setting(key: Key) -> dict[str, Any]:
    profiles = dict(key.profiles)
    return {
        "key": ".".join(key.path[1:]),
        "with": list(key.kinds[1:]),
        "meaning": key.meaning,
        "type": key.type,
        "required": key.required,
        "default": key.default,
        "profiles": profiles,
    }


def _needs(capability: str, tool: type[ToolSettings]) -> list[dict[str, str]]:
    values = {
        key.path[1]: key.example
        for key in _settings(capability, tool)
        if key.required and len(key.path) == 2
    }
    settings = tool.model_validate_json(json.dumps({**values, "kind": tool.kind_name()}))
    claims: dict[str, Claim] = {}
    for layer in sorted(tool.parts):
        claims.update(settings.claims(layer))
    return [
        {"name": name, "capability": claim.capability, "need": claim.need.value}
        for name, claim in sorted(claims.items())
        if claim.capability
    ]


def _unknown(what: str, name: str, known: Iterable[str]) -> UnknownName:
    names = list(known)
    message = f"no {what} is called {shown_source(name) or '``'}; there are: {', '.join(names)}."
    return UnknownName([Problem(message, hint=nearest(name, names))])


def _capability_lines(capability: Mapping[str, Any]) -> Iterator[str]:
    yield f"{capability['name']}: {capability['meaning']}"
    width = max(len(tool["kind"]) for tool in capability["tools"])
    for tool in capability["tools"]:
        default = f"; default for {_joined(tool['default_for'])}" if tool["default_for"] else ""
        yield f"  {tool['kind']:<{width}}  {tool['title']} ({_joined(tool['targets'])}{default})"


def _tool_lines(tool: Mapping[str, Any]) -> Iterator[str]:
    yield f"{tool['capability']}/{tool['kind']}: {tool['meaning']}"
    yield f"  Targets:  {_joined(tool['targets'])}"
    yield f"  Layers:   {_joined(tool['layers'])}"
    if tool["default_for"]:
        yield f"  Default:  for {_joined(tool['default_for'])}, where another tool needs it"
    if tool["versions"]:
        yield f"  Versions: {_joined(tool['versions'])} of the chart are verified"
    needs = [_need(need) for need in tool["needs"]]
    yield f"  Needs:    {_joined(needs) or 'nothing'}"
    yield f"  Gives:    {tool['gives'] or 'nothing to other tools'}"
    if tool["wiring"]:
        yield f"  Wiring:   {_joined(tool['wiring'])}"
    yield "  Settings:"
    width = max(len(_setting_name(setting)) for setting in tool["settings"])
    for setting in tool["settings"]:
        required = " (required)" if setting["required"] and setting["key"] != "kind" else ""
        yield f"    {_setting_name(setting):<{width}}  {setting['meaning']}{required}"
    yield f"`stackwright explain {tool['capability']}.{tool['kind']}.KEY` says more of one setting."


def _setting_name(setting: Mapping[str, Any]) -> str:
    """Return a key, and what the mapping around it must be where that may be several things."""
    kinds = " and ".join(setting["with"])
    return f"{setting['key']} (with {kinds})" if kinds else str(setting["key"])


def _need(need: Mapping[str, str]) -> str:
    word = {"required": "", "implied": " where there is one", "optional": " where there is one"}
    name = "" if need["name"] == need["capability"] else f" for {need['name']}"
    return f"{need['capability']}{name}{word[need['need']]}"


def _joined(words: Iterable[str]) -> str:
    return ", ".join(words)
