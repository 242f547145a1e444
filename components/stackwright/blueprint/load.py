"""One environment of a blueprint: overrides merged, profile applied, validated.

Each value of the merged tree keeps the position it was written at; a value that a profile gave
has no position.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from stackwright import catalog
from stackwright.blueprint.clashes import clash_problems
from stackwright.blueprint.document import Document, Location, Mark, Node, merge
from stackwright.blueprint.model import BlueprintHeader, Profile, blueprint_model
from stackwright.blueprint.shown import dotted, listed, nearest, shown
from stackwright.blueprint.validation import check, problems_of
from stackwright.errors import Problem, UnknownName

ONLY_ENVIRONMENT = "default"
"""Name of the environment of a blueprint that declares none."""

SHARED_KEYS = ("apiVersion", "requires", "name", "environments", "projects")
"""Keys that hold for the whole file, so that no environment may override them."""

NOT_WRITTEN = Mark(0, 0)
"""Position of a value that a profile gave."""


@dataclass(frozen=True, slots=True)
class EnvironmentDocument:
    """What a blueprint says about one environment."""

    name: str
    root: Node
    """Merged tree, with the profile's defaults in it."""
    blueprint: BlueprintHeader
    broken: frozenset[str] = frozenset()
    """Capabilities left out because something is wrong in them."""


def environment_names(document: Document) -> tuple[str, ...]:
    """Return the environments of a blueprint in the order of the file."""
    node = document.root.child("environments")
    names = tuple(node.value) if node is not None and isinstance(node.value, dict) else ()
    return names or (ONLY_ENVIRONMENT,)


def require_environment(document: Document, name: str | None) -> str:
    """Return `name`, or the only environment when it is None.

    Raises:
        UnknownName: The blueprint has no such environment, or several and none was named.
    """
    names = environment_names(document)
    if name is None and len(names) == 1:
        return names[0]
    if name in names:
        return str(name)
    said = "no environment was named" if name is None else f"no environment is called {shown(name)}"
    problem = Problem(
        f"{said}; there are: {', '.join(names)}.",
        file=document.file,
        hint=nearest(name, names) if name is not None else "Name one with -e.",
    )
    raise UnknownName([problem])


def load(document: Document, name: str) -> tuple[EnvironmentDocument | None, list[Problem]]:
    """Return one environment and all that is wrong in it.

    The environment is None when not even its header is right.
    """
    root, problems = _merged(document, name)
    model = blueprint_model()
    blueprint, found = check(model, root, document.file)
    problems += placed(document, name, found)
    if blueprint is not None and not problems:
        return EnvironmentDocument(name, root, blueprint), []
    broken = frozenset(problem.path.split(".")[0] for problem in problems)
    rest = replace(root, value={k: v for k, v in _entries(root).items() if k not in broken})
    blueprint, found = check(model, rest, document.file)
    if blueprint is None or found:
        return None, problems
    capabilities = broken & set(catalog.capabilities())
    return EnvironmentDocument(name, rest, blueprint, capabilities), problems


def overridden_everywhere(document: Document) -> list[Problem]:
    """Return what is wrong in values that every environment overrides, and so none is made of.

    Such a value is put back into each environment; it is wrong when it is wrong in all of them.
    Keys that are missing beside it, and keys that contradict it, may differ in each environment
    and are no problem.
    """
    model = blueprint_model()
    trees = [_merged(document, name)[0] for name in environment_names(document)]
    base = {k: node for k, node in _entries(document.root).items() if k not in SHARED_KEYS}
    root = replace(document.root, value=base)
    unused = _unused(root, trees)
    found: list[dict[tuple[str, Mark], Problem]] = []
    for tree in trees if unused else []:
        whole = _put_back(tree, root)
        clashes = set(clash_problems(model, whole, document.file, ()))
        problems = problems_of(model, whole, document.file)
        places = {(item.path, Mark(item.line, item.column)): item for item in problems}
        found.append({at: item for at, item in places.items() if item not in clashes})
    first = found[0] if found else {}
    return [item for at, item in first.items() if at in unused and all(at in it for it in found)]


def _unused(base: Node, trees: Sequence[Node]) -> set[tuple[str, Mark | None]]:
    used = {node.mark for tree in trees for _, node in tree.walk()}
    return {
        (dotted(at), mark)
        for at, node in base.walk()
        if node.mark not in used
        for mark in _marks(node)
    }


def _put_back(tree: Node, base: Node) -> Node:
    """Return an environment's tree with the values of the base wherever both have one."""
    if not isinstance(tree.value, dict) or not isinstance(base.value, dict):
        return base
    kind, other = base.child("kind"), tree.child("kind")
    if kind is not None and other is not None and kind.value != other.value:
        return base
    both = {k: _put_back(tree.value.get(k, node), node) for k, node in base.value.items()}
    return replace(tree, value={**tree.value, **both})


def _merged(document: Document, name: str) -> tuple[Node, list[Problem]]:
    base = _entries(document.root)
    shared = {key: node for key, node in base.items() if key != "environments"}
    environments = base.get("environments")
    override = environments.child(name) if environments is not None else None
    root = replace(document.root, value=shared)
    problems: list[Problem] = []
    if override is not None and isinstance(override.value, dict):
        problems = [_not_here(document, name, key, node) for key, node in _shared_keys(override)]
        allowed = {k: v for k, v in override.value.items() if k not in SHARED_KEYS}
        root = merge(root, replace(override, value=allowed))
    entries = _entries(root)
    if environments is not None:
        # Only the names are validated here: the values are validated where they are merged.
        entries = {**entries, "environments": _names_only(environments)}
    return _with_profile(replace(root, value=entries)), problems


def _shared_keys(override: Node) -> Iterator[tuple[str, Node]]:
    yield from ((key, node) for key, node in _entries(override).items() if key in SHARED_KEYS)


def _not_here(document: Document, name: str, key: str, node: Node) -> Problem:
    mark = node.key or node.mark
    return Problem(
        f"{key} holds for every environment and cannot be overridden in one.",
        file=document.file,
        line=mark.line,
        column=mark.column,
        path=f"environments.{name}.{key}",
        hint=f"Overridable is everything but {listed(SHARED_KEYS, 'and')}.",
    )


def _names_only(environments: Node) -> Node:
    if not isinstance(environments.value, dict):
        return environments
    names = {
        name: replace(node, value={}) if isinstance(node.value, dict) else node
        for name, node in environments.value.items()
    }
    return replace(environments, value=names)


def _with_profile(root: Node) -> Node:
    entries = dict(_entries(root))
    node = entries.get("profile")
    profile = node.value if node is not None else Profile.PRODUCTION.value
    for capability, tools in catalog.capabilities().items():
        if capability in entries and isinstance(profile, str):
            entries[capability] = _capability_with_profile(entries[capability], tools, profile)
    return replace(root, value=entries)


def _capability_with_profile(node: Node, tools: Mapping[str, Any], profile: str) -> Node:
    if "kind" in _entries(node):
        return _tool_with_profile(node, tools, profile)
    if not isinstance(node.value, dict):
        return node
    instances = {
        name: _tool_with_profile(instance, tools, profile) for name, instance in node.value.items()
    }
    return replace(node, value=instances)


def _tool_with_profile(node: Node, tools: Mapping[str, Any], profile: str) -> Node:
    kind = _entries(node).get("kind")
    tool = tools.get(kind.value) if kind is not None and isinstance(kind.value, str) else None
    if tool is None:
        return node
    return _filled(node, not_written(tool.profiles.get(profile, {})))


def _filled(node: Node, defaults: Node) -> Node:
    """Return a node with the defaults of every key that it does not have.

    A null is no absence: only an environment removes a key by it.
    """
    if not isinstance(node.value, dict):
        return node
    missing = {key: item for key, item in _entries(defaults).items() if key not in node.value}
    given = {key: _filled(item, defaults.child(key) or item) for key, item in node.value.items()}
    return replace(node, value={**missing, **given})


def not_written(value: Any) -> Node:
    """Return plain data as a tree that stands nowhere in the file."""
    if isinstance(value, Mapping):
        return Node(NOT_WRITTEN, {key: not_written(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return Node(NOT_WRITTEN, [not_written(item) for item in value])
    return Node(NOT_WRITTEN, value)


def _entries(node: Node) -> dict[str, Node]:
    return node.value if isinstance(node.value, dict) else {}


def placed(document: Document, name: str, problems: Sequence[Problem]) -> list[Problem]:
    """Return problems of an environment with the key path under which their value is written."""
    override = document.root.find(("environments", name))
    own = _entries(override) if override is not None else {}
    marks = {mark for node in own.values() for _, item in node.walk() for mark in _marks(item)}
    return [
        replace(problem, path=f"environments.{name}.{problem.path}")
        if Mark(problem.line, problem.column) in marks and problem.path.split(".")[0] in own
        else problem
        for problem in problems
    ]


def _marks(node: Node) -> tuple[Mark | None, ...]:
    return node.mark, node.key


def problem_at(document: Document, root: Node, location: Location, message: str) -> Problem:
    """Return a problem at a location of an environment's merged tree."""
    mark = root.position(location, key=True)
    return Problem(
        message,
        file=document.file,
        line=mark.line,
        column=mark.column,
        path=dotted(location),
    )
