"""An explanation of a key: found by its path, told in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from stackwright.blueprint.flow import flow
from stackwright.blueprint.keys import NAME, Key, differing, keys
from stackwright.blueprint.shown import nearest, shown_source
from stackwright.errors import Problem, UnknownName

SCHEMA = "stackwright.keys/v1"

PROFILE = ("profile",)
"""Path of the key that chooses defaults: it is explained with all of them."""


def top_keys() -> tuple[Key, ...]:
    """Return the keys that stand at the left margin of a blueprint."""
    return tuple(key for key in keys() if len(key.path) == 1)


def find(text: str) -> tuple[Key, ...]:
    """Return every key that a path may mean.

    Args:
        text: A dotted path such as `tracking.replicas`. A kind may stand after its key
            (`tracking.mlflow.replicas`), an instance too (`serving.online.replicas`), and what an
            environment overrides is found below it (`environments.prod.tracking.replicas`).

    Raises:
        UnknownName: No key is called so; the nearest is named.
    """
    steps = _steps(text)
    found = tuple(key for key in keys() if _matches(steps, key.path, key.kinds))
    if not found:
        found = tuple(key for key in keys() if _matches_instance(steps, key))
    if found:
        return found
    problem = Problem(
        f"no key is called {shown_source(text) or '``'}.", hint=_hint(".".join(steps))
    )
    raise UnknownName([problem])


def below(key: Key) -> tuple[Key, ...]:
    """Return the keys that stand directly in the mapping that a key holds."""
    depth = len(key.path)
    return tuple(
        other
        for other in keys()
        if other.path[:depth] == key.path
        and len([step for step in other.path[depth:] if step != NAME]) == 1
        and other.kinds[: len(key.kinds)] == key.kinds
    )


def text(found: Iterable[Key]) -> str:
    """Return explanations for a person, one block for each key."""
    return "\n\n".join("\n".join(_lines(key)) for key in found)


def data(found: Iterable[Key]) -> dict[str, Any]:
    """Return explanations as plain data of the schema `stackwright.keys/v1`."""
    return {"schema": SCHEMA, "keys": [_plain(key) for key in found]}


def overview() -> str:
    """Return the top keys, a line each."""
    found = top_keys()
    width = max(len(key.dotted) for key in found)
    lines = [f"{key.dotted:<{width}}  {key.meaning}" for key in found]
    return "\n".join([*lines, "", "`stackwright explain KEY` says more of one."])


def _steps(text: str) -> tuple[str, ...]:
    steps = [step for step in text.replace("[", ".[").split(".") if step]
    steps = [step for step in steps if not (step.startswith("[") and step.endswith("]"))]
    if steps[:1] != ["environments"]:
        return tuple(steps)
    return tuple(steps[2:]) or ("environments",)


def _matches(steps: tuple[str, ...], path: tuple[str, ...], kinds: tuple[str, ...]) -> bool:
    """Tell whether steps lead to a path; kinds may stand between, chosen names may be left out."""
    if not path:
        return not steps or steps in {(kind,) for kind in kinds}
    if path[0] == NAME and _matches(steps, path[1:], kinds):
        return True
    if not steps:
        return False
    if path[0] in (NAME, steps[0]) and _matches(steps[1:], path[1:], kinds):
        return True
    return bool(kinds) and steps[0] in kinds and _matches(steps[1:], path, kinds)


def _matches_instance(steps: tuple[str, ...], key: Key) -> bool:
    """Tell whether the second step is the name of an instance of a capability."""
    without = (*steps[:1], *steps[2:])
    return len(steps) > 2 and bool(key.kinds) and _matches(without, key.path, key.kinds)


def _hint(steps: str) -> str:
    if any(".".join((key.path[0], *key.kinds[:1])) == steps for key in keys()):
        return f"`stackwright catalog {steps.replace('.', '/')}` lists its settings."
    known = {key.dotted for key in keys()}
    known |= {".".join((key.path[0], *key.kinds[:1], *key.path[1:])) for key in keys()}
    return nearest(steps, sorted(known)) or "`stackwright explain` lists the keys."


def _lines(key: Key) -> Iterator[str]:
    where = f"  (with {' and '.join(key.kinds)})" if key.kinds else ""
    yield f"{key.dotted}{where}"
    yield f"  {key.meaning}"
    yield f"  Type:     {key.type}{f', in {key.unit}' if key.unit else ''}"
    if key.pattern:
        yield f"  Pattern:  {key.pattern}"
    yield f"  Default:  {_default(key)}"
    yield from (f"            {name}: {flow(value)}" for name, value in key.profiles.items())
    yield from _allowed(key)
    note = ", which must be replaced before anything is deployed" if key.example_only else ""
    yield f"  Example:  {key.path[-1]}: {flow(key.example)}{note}"
    inside = dict.fromkeys(other.path[-1] for other in below(key))
    if inside:
        yield f"  Keys:     {', '.join(inside)}"
    if key.path == PROFILE:
        yield "  Defaults that differ by profile:"
        yield from _differing()


def _differing() -> Iterator[str]:
    for key in differing():
        yield f"    {key.dotted}  (with {' and '.join(key.kinds)})"
        yield from (f"      {name}: {flow(value)}" for name, value in key.profiles.items())


def _default(key: Key) -> str:
    if key.required:
        return "none, it must be written"
    if key.profiles:
        return "by profile"
    return "none" if key.default in (None, "", [], {}) else flow(key.default)


def _allowed(key: Key) -> Iterator[str]:
    title = "Allowed:"
    width = max((len(value) for value in key.choices), default=0)
    for value, meaning in key.choices.items():
        yield f"  {title:<9} {value:<{width}}  {meaning}".rstrip()
        title = ""


def _plain(key: Key) -> dict[str, Any]:
    return {
        "path": key.dotted,
        "kinds": list(key.kinds),
        "meaning": key.meaning,
        "type": key.type,
        "unit": key.unit,
        "pattern": key.pattern,
        "required": key.required,
        "default": key.default,
        "profiles": dict(key.profiles),
        "allowed": [{"value": value, "meaning": meaning} for value, meaning in key.choices.items()],
        "example": key.example,
        "example_only": key.example_only,
        "sets": _differing_data() if key.path == PROFILE else [],
    }


def _differing_data() -> list[dict[str, Any]]:
    return [
        {"path": key.dotted, "kinds": list(key.kinds), "profiles": dict(key.profiles)}
        for key in differing()
    ]
