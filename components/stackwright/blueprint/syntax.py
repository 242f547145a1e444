"""A syntax error of the YAML parser, told with its place and what to do about it."""

from __future__ import annotations

import re

import yaml

from stackwright.errors import Problem

_TOML_TABLE = re.compile(r"\s*\[{1,2}[\w.\"'-]+\]{1,2}\s*(?:#.*)?")
_TOML_ENTRY = re.compile(r"\s*[\w.\"-]+\s*=\s*[\"'\[{\w+-].*")

_EXPLAINED = (
    ("found a tab character", "a tab is used for indentation.", "Use spaces."),
    (
        "cannot start any token",
        "a value may not start with this character.",
        "Quote the value.",
    ),
    (
        "invalid Unicode character escape",
        "the escape names no character.",
        "Write the character itself.",
    ),
    (
        "unknown escape character",
        "the backslash starts no known escape.",
        "Use single quotes, or write the backslash twice.",
    ),
    (
        "mapping values are not allowed",
        "a second colon makes this line unclear.",
        "Quote the value, or check the indentation.",
    ),
    (
        "could not find expected ':'",
        "a key stands here without a colon and a value.",
        "Write `key: value`.",
    ),
    (
        "did not find expected key",
        "the line does not fit the lines above it.",
        "Check the indentation and the quotes.",
    ),
    ("<document start>", "text follows after the end of the blueprint.", "Check the indentation."),
    ("directive", "a directive is not allowed.", "Remove the % line."),
    ("alias", "aliases (`*name`) are not allowed.", "Write the value out."),
    ("anchor", "anchors (`&name`) are not allowed.", "Remove it."),
    ("tag", "tags (`!name`) are not allowed.", "Remove it."),
)


def looks_like_toml(text: str) -> bool:
    """Return whether the first line that is no comment is a table or an entry of TOML."""
    lines = (line for line in text.splitlines() if line.strip() and line.lstrip()[0] != "#")
    first = next(lines, "")
    if not (_TOML_TABLE.fullmatch(first) or _TOML_ENTRY.fullmatch(first)):
        return False
    return bool(_TOML_ENTRY.fullmatch(first)) or bool(_TOML_ENTRY.fullmatch(next(lines, "")))


def syntax_problem(error: Exception, text: str, file: str) -> Problem:
    """Return the problem that the parser's `error` stands for."""
    if looks_like_toml(text):
        message = "the file looks like TOML; a blueprint is YAML."
        return Problem(message, file, 1, 1, hint="Write `key: value`.")
    if not isinstance(error, yaml.MarkedYAMLError):
        return Problem("the file holds a character that YAML does not allow.", file)
    mark, message, hint = _explained(error, text)
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    return Problem(f"this is not valid YAML: {message}", file, line, column, hint=hint)


def _explained(error: yaml.MarkedYAMLError, text: str) -> tuple[yaml.Mark | None, str, str]:
    context, problem = error.context or "", error.problem or ""
    if "quoted scalar" in context and ("end of stream" in problem or "document" in problem):
        return error.context_mark, "the quote that opens here is never closed.", "Close the quote."
    if "flow" in context and ("',' or" in problem or "expected the node" in problem):
        message = "the bracket that opens here is not closed, or a comma is missing in it."
        return error.context_mark, message, "Close the bracket."
    if _is_tab(error.problem_mark, text):
        return error.problem_mark, "a tab is used for indentation.", "Use spaces."
    whole = f"{context} {problem}"
    for part, message, hint in _EXPLAINED:
        if part in whole:
            return error.problem_mark, message, hint
    return error.problem_mark, "the line cannot be read.", "Check indentation, quotes and brackets."


def _is_tab(mark: yaml.Mark | None, text: str) -> bool:
    if mark is None:
        return False
    lines = text.split("\n")
    line = lines[mark.line] if mark.line < len(lines) else ""
    return line[mark.column : mark.column + 1] == "\t" or line.startswith("\t")
