"""The builder makes nodes from the events of the YAML parser and lists every problem it meets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import yaml

from stackwright.blueprint.document import Location, Mark, Node
from stackwright.blueprint.scalars import resolve
from stackwright.blueprint.shown import dotted, shown_key, shown_source
from stackwright.blueprint.source import FORBIDDEN
from stackwright.blueprint.syntax import looks_like_toml, syntax_problem
from stackwright.errors import BlueprintError, Problem

MAX_DEPTH = 64
"""Mappings and lists that may stand inside each other."""

MAX_NODES = 20_000
"""Values in one file: the largest blueprints that we know of have under 1,000."""

MAX_PROBLEMS = 100
"""Problems that are listed before reading stops: nobody reads more at once."""

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def build(text: str, file: str) -> tuple[Node, list[Problem]]:
    """Return the root node of `text`, and the problems that leave a whole tree.

    Raises:
        BlueprintError: With every problem found, in the order of the file.
    """
    builder = _Builder(text, file)
    try:
        root = builder.document()
    except _StopReadingError:
        root = None
    problems = sorted(builder.problems, key=lambda item: (item.line, item.column))
    if builder.torn or root is None:
        raise BlueprintError(problems)
    return root, problems


class _StopReadingError(Exception):
    """Nothing more can be read; the problems are in the builder."""


class _Builder:
    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.problems: list[Problem] = []
        self.torn = False
        """True when the tree is not what the file says, so that nothing more can be told of it."""
        self.nodes = 0
        self.events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)

    def document(self) -> Node:
        self.next()
        start = self.next()
        if isinstance(start, yaml.StreamEndEvent):
            self.stop("the blueprint is empty.", Mark(1, 1))
        if start.version or start.tags:
            self.report("a directive is not allowed.", _mark(start), hint="Remove the % line.")
        first = self.next()
        if isinstance(first, yaml.ScalarEvent) and not first.value and first.implicit[0]:
            self.stop("the blueprint is empty.", _mark(first))
        root = self.node(first, ())
        self.require_mapping(root)
        self.require_end()
        return root

    def require_mapping(self, root: Node) -> None:
        if isinstance(root.value, dict):
            return
        if looks_like_toml(self.text):
            self.stop("the file looks like TOML; a blueprint is YAML.", Mark(1, 1), hint=_TOML)
        found = "a list" if isinstance(root.value, list) else "a single value"
        self.stop(f"the blueprint is {found}; a mapping (`key: value`) is expected.", root.mark)

    def require_end(self) -> None:
        self.next()
        more = self.next()
        if not isinstance(more, yaml.StreamEndEvent):
            self.stop("a second document starts here; one document is expected.", _mark(more))

    def next(self) -> Any:
        try:
            return next(self.events)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            self.problems.append(syntax_problem(error, self.text, self.file))
            raise _StopReadingError from None

    def node(self, event: Any, path: Location) -> Node:
        self.nodes += 1
        mark = _mark(event)
        if self.nodes > MAX_NODES:
            self.stop(f"the file holds over {MAX_NODES:,} values, which is the limit.", mark)
        if len(path) > MAX_DEPTH:
            self.stop(f"the nesting is deeper than {MAX_DEPTH}, which is the limit.", mark)
        self.refuse_sharing(event, mark, path)
        if isinstance(event, yaml.MappingStartEvent):
            return Node(mark, self.mapping(path))
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(mark, self.sequence(path))
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, mark, path)
        return Node(mark, None)

    def refuse_sharing(self, event: Any, mark: Mark, path: Location) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.report("aliases (`*name`) are not allowed; write the value out.", mark, path)
        elif event.anchor:
            self.report("anchors (`&name`) are not allowed; remove it.", mark, path)
        if getattr(event, "tag", None):
            tag = shown_source(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self.report(f"the tag {tag} is not allowed; remove it.", mark, path)

    def sequence(self, path: Location) -> list[Node]:
        items: list[Node] = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            items.append(self.node(event, (*path, len(items))))
        return items

    def mapping(self, path: Location) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            key = self.key(event, path)
            node = self.node(self.next(), (*path, key))
            node.key = mark = _mark(event)
            if key in entries:
                first = entries[key].key or mark
                places = f"in line {first.line} and in line {mark.line}"
                where = places if first.line != mark.line else f"in line {mark.line}"
                self.note(
                    f"the key {shown_key(key)} stands twice, {where}; keep one.",
                    mark,
                    (*path, key),
                )
            entries.setdefault(key, node)
        return entries

    def key(self, event: Any, path: Location) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self.report("a key must be text.", _mark(event), path)
            self.node(event, (*path, "?"))
            return "?"
        mark = _mark(event)
        self.refuse_sharing(event, mark, path)
        text: str = event.value
        self.refuse_characters(text, mark, path)
        if event.implicit[0]:
            self.refuse_plain_key(text, mark, path)
        return text

    def refuse_plain_key(self, text: str, mark: Mark, path: Location) -> None:
        scalar = resolve(text)
        if text == "<<":
            self.report("merge keys (`<<`) are not allowed; write the keys out.", mark, path)
        elif not text:
            self.report("a key is missing before the colon.", mark, path)
        elif text.lower() in {"y", "n"}:
            # Coordinates are called so, and the parsers in use read them as text.
            return
        elif scalar.value != text or scalar.ambiguous or scalar.refused:
            key = shown_key(text)
            self.note(f'the key {key} is not surely text; quote it: "{key}".', mark, (*path, text))

    def scalar(self, event: Any, mark: Mark, path: Location) -> Node:
        text: str = event.value
        self.refuse_characters(text, mark, path)
        if not event.implicit[0]:
            return Node(mark, text)
        scalar = resolve(text)
        if scalar.refused:
            seen = shown_source(text, path)
            self.note(f"{seen} is refused: {scalar.refused}", mark, path)
            # As null it would remove a key where an environment has it.
            return Node(mark, text)
        return Node(mark, scalar.value, None, text, scalar.ambiguous)

    def refuse_characters(self, text: str, mark: Mark, path: Location) -> None:
        found = FORBIDDEN.search(text)
        if found:
            code = f"U+{ord(found[0]):04X}"
            self.report(f"the text holds the character {code}, which is not allowed.", mark, path)

    def report(self, message: str, mark: Mark, path: Location = (), hint: str = "") -> None:
        self.torn = True
        self.note(message, mark, path, hint)

    def note(self, message: str, mark: Mark, path: Location = (), hint: str = "") -> None:
        self.problems.append(Problem(message, self.file, *mark, path=dotted(path), hint=hint))
        if len(self.problems) == MAX_PROBLEMS:
            message = f"reading stopped here after {MAX_PROBLEMS} problems."
            self.problems.append(Problem(message, self.file, *mark))
            raise _StopReadingError

    def stop(self, message: str, mark: Mark, hint: str = "") -> NoReturn:
        self.problems.append(Problem(message, self.file, *mark, hint=hint))
        raise _StopReadingError


_TOML = "Write `key: value`, with two spaces of indentation for what belongs to a key."


def _mark(event: Any) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)
