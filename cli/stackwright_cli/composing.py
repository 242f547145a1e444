"""Composing a blueprint from a preset and from what the user gave on the command line."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from stackwright.blueprint.commented import commented
from stackwright.blueprint.explain import find
from stackwright.blueprint.flow import flow
from stackwright.blueprint.keys import NAME, Key, keys
from stackwright.blueprint.names import PlatformName
from stackwright.blueprint.reader import parse
from stackwright.environment import Environment, check
from stackwright.errors import BlueprintError, InputError, Problem
from stackwright.naming import BLUEPRINT_FILE, PLATFORM_LIMIT
from stackwright_cli.presets import preset

NAMELESS = "acme-ml"
"""Name of a platform whose folder's name cannot be one."""

Ask = Callable[[str, str], str]
"""Takes a question and the default, and returns the answer."""


def compose(
    name: str, target: str, platform: str, requires: str, given: Mapping[str, str], ask: Ask
) -> tuple[str, Mapping[str, Environment]]:
    """Return the text of a new blueprint, and its environments.

    Args:
        name: The preset.
        target: Where the platform is made.
        platform: Name of the platform.
        requires: Versions of Stackwright that the blueprint is for.
        given: Key path -> value as it was typed.
        ask: Asks for a value that only the user can know and did not give.

    Raises:
        UnknownName: A key in `given` does not exist; the nearest is named.
        InputError: A value is wrong; all problems are listed.
    """
    data = copy.deepcopy(preset(name, target, platform, requires))
    problems: list[Problem] = []
    # A kind decides which other keys there are.
    for path in sorted(given, key=lambda path: not path.endswith(".kind")):
        try:
            _put(data, path, _value(path, given[path]))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    _complete(data, given, ask)
    title = (
        f"The platform {data['name']}: preset {name}, target {target}. "
        "`stackwright explain KEY` says what a key means and what is allowed."
    )
    text = commented(data, title)
    return text, _checked(text)


def platform_name(folder: str) -> str:
    """Return the name of a platform in a folder: the folder's own words, as far as they may be."""
    words = re.findall(r"[a-z0-9]+", folder.lower())
    while len("-".join(words)) > PLATFORM_LIMIT:
        words.pop()
    while words and not _is_name("-".join(words)):
        words.pop(0)
    return "-".join(words) or NAMELESS


def _is_name(text: str) -> bool:
    try:
        TypeAdapter(PlatformName).validate_python(text)
    except ValidationError:
        return False
    return True


def _checked(text: str) -> Mapping[str, Environment]:
    try:
        return check(parse(text, BLUEPRINT_FILE))
    except BlueprintError as error:
        # Nobody can look into a file that is not written.
        found = [replace(problem, file="", line=0, column=0) for problem in error.problems]
        raise InputError(found) from None


def _value(path: str, text: str) -> Any:
    """Return a value as the file would hold it; a text may be given without quotes.

    Raises:
        InputError: There is no such key, or the value is no YAML.
    """
    key = find(path)[0]
    try:
        node = parse(f"value: {text}\n", "").root.child("value")
    except BlueprintError as error:
        message = error.problems[0].message
        raise InputError([Problem(message, path=path)]) from None
    if node is None:
        return text
    return node.source if isinstance(key.example, str) and node.source else node.plain()


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    place = data
    for step in above:
        inside = place.get(step)
        place[step] = place = dict(inside) if isinstance(inside, Mapping) else {}
    if last == "kind" and place.get("kind") != value:
        place.clear()
    place[last] = value


def _complete(data: dict[str, Any], given: Mapping[str, str], ask: Ask) -> None:
    """Add every key that must be written and is not there, with its example."""
    for name, value in list(data.items()):
        if not isinstance(value, Mapping) or name == "environments":
            continue
        if "kind" in value:
            data[name] = _completed(name, name, value, given, ask)
        else:
            data[name] = {
                instance: _completed(name, f"{name}.{instance}", tool, given, ask)
                if isinstance(tool, Mapping)
                else tool
                for instance, tool in value.items()
            }


def _completed(
    name: str, place: str, tool: Mapping[str, Any], given: Mapping[str, str], ask: Ask
) -> dict[str, Any]:
    completed = dict(tool)
    for key in keys():
        if not _belongs(key, name, tool) or key.path[1] in tool:
            continue
        if key.required:
            path = f"{place}.{key.path[1]}"
            completed[key.path[1]] = _answer(key, path, ask) if key.example_only else key.example
    return completed


def _answer(key: Key, path: str, ask: Ask) -> Any:
    answer = ask(f"{path}: {key.meaning}", flow(key.example))
    return _value(path, answer) if answer != flow(key.example) else key.example


def _belongs(key: Key, name: str, tool: Mapping[str, Any]) -> bool:
    direct = len(key.path) == 2 and key.path[0] == name and NAME not in key.path
    return direct and key.kinds[:1] == (tool.get("kind"),)
