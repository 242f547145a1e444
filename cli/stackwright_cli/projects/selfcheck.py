"""A project is checked before it is written: what other programs parse must parse."""

from __future__ import annotations

import ast
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from stackwright_cli.projects.renderer import DELIMITER, RenderedFile
from stackwright_cli.projects.template import Template, damaged


def require_sound(template: Template, files: Mapping[str, RenderedFile]) -> None:
    """Refuse a project with a file that does not parse, or that was rendered in part only.

    Raises:
        StackwrightError: The template is wrong; every file is listed.
    """
    problems = [
        f"{path} {problem}"
        for path, file in files.items()
        for problem in _problems(template, path, file)
    ]
    if problems:
        raise damaged(template.name, "; ".join(problems))


def _problems(template: Template, path: str, file: RenderedFile) -> Iterator[str]:
    if file.copied:
        return
    text = file.content.decode("utf-8")
    found = DELIMITER.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        yield f"still holds {found[0]!r} in line {line}"
    if any(fnmatchcase(path, pattern) for pattern in template.manifest.locks):
        # A lock is large and made by its tool; a test of the template reads it.
        return
    parse = _PARSERS.get(PurePosixPath(path).suffix)
    try:
        if parse is not None:
            parse(text)
    except (ValueError, SyntaxError, RecursionError) as error:
        yield f"does not parse: {' '.join(str(error).split())}"


def _python(text: str) -> None:
    compile(text, "<rendered>", "exec", flags=ast.PyCF_ONLY_AST, dont_inherit=True)


def _yaml(text: str) -> None:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for _ in yaml.load_all(text, Loader=loader):
            pass
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


_PARSERS: Mapping[str, Callable[[str], object]] = {
    ".json": json.loads,
    ".py": _python,
    ".toml": tomllib.loads,
    ".yaml": _yaml,
    ".yml": _yaml,
}
