"""The reader turns a file into a document, or says all that keeps it from being one."""

from __future__ import annotations

from pathlib import Path

from stackwright.blueprint.builder import build
from stackwright.blueprint.document import Document
from stackwright.blueprint.source import content, decoded
from stackwright.errors import BlueprintError


def read(path: Path) -> Document:
    """Read the file at `path`; what leaves a tree is no error, but stands in its `problems`.

    Raises:
        BlueprintError: It is no regular file, cannot be read, breaks a limit, is no YAML, or uses
            what a blueprint may not: anchors, aliases, merge keys, tags, directives.
    """
    return _document(content(path), str(path))


def parse(text: str | bytes, file: str) -> Document:
    """Return `text` as a document without problems; `file` is its name in messages.

    Raises:
        BlueprintError: It breaks a limit, is no YAML, or uses what a blueprint may not: anchors,
            aliases, merge keys, tags, directives, duplicate keys, keys that are no text. All
            problems that can be found in one pass are listed.
    """
    document = _document(text, file)
    if document.problems:
        raise BlueprintError(document.problems)
    return document


def _document(text: str | bytes, file: str) -> Document:
    root, problems = build(decoded(text, file), file)
    return Document(file, root, tuple(problems))
