"""The renderer turns a template and answers into files, in memory and without a side effect.

It renders Cookiecutter's format to the bytes that the plain `cookiecutter` command makes, and runs
nothing: Jinja's sandbox, no extensions, no hooks, no includes. Answers are values, never templates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from stackwright_cli.projects.paths import clashes, segment_problem
from stackwright_cli.projects.template import (
    DELIMITERS,
    JINJA_SETTINGS,
    Template,
    damaged,
    default_of,
    mode_of,
)

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

_OPENING = re.compile("|".join(re.escape(DELIMITERS[key]) for key in DELIMITERS if "start" in key))

DELIMITER = re.compile("|".join(re.escape(text) for text in DELIMITERS.values()))
"""Any delimiter of a template: in a rendered file it is a mistake of the template."""


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """One file of a project."""

    content: bytes
    mode: str
    """`100644` or `100755`, as Git records it."""
    copied: bool = False
    """Whether the template's file was copied without rendering."""


@dataclass(frozen=True)
class Renderer:
    """Renders one template."""

    template: Template

    def default(self, key: str, answers: Mapping[str, Any]) -> Any:
        """Return the default of a question, given the answers to those before it."""
        value = default_of(self.template, key)
        return self._expression(key, value, answers) if isinstance(value, str) else value

    def files(self, answers: Mapping[str, Any]) -> dict[str, RenderedFile]:
        """Return every file by its path, sorted.

        Args:
            answers: A valid answer to every question.

        Raises:
            StackwrightError: The template uses what it may not, or makes a path that is none.
        """
        context = self.context(answers)
        rendered: dict[str, RenderedFile] = {}
        # Many files stand below few folders, and to compile an expression is dear.
        segment = cache(lambda text: self._expression(text, text, context))
        for source, content in self.template.files.items():
            path = self._path(source, segment)
            if path in rendered:
                raise damaged(self.template.name, f"two files are rendered to {path}")
            if path:
                rendered[path] = self._file(source, content, context)
        for problem in clashes(rendered):
            raise damaged(self.template.name, problem)
        return dict(sorted(rendered.items()))

    def context(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a template sees as `cookiecutter`: settings, answers, derived values."""
        context: dict[str, Any] = {}
        for key, value in self.template.settings.items():
            if key.startswith("__"):
                context[key] = self._expression(key, value, context)
            elif key.startswith("_"):
                context[key] = value
            else:
                answer = answers[key]
                # Cookiecutter's command line knows texts and truth values only.
                context[key] = answer if isinstance(answer, bool) else str(answer)
        return context

    @cached_property
    def _environment(self) -> ImmutableSandboxedEnvironment:
        from jinja2 import StrictUndefined
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        # What is rendered is no HTML, so nothing is escaped for HTML.
        return ImmutableSandboxedEnvironment(
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            autoescape=False,
            **JINJA_SETTINGS,
        )

    def _expression(self, place: str, source: str, context: Mapping[str, Any]) -> str:
        """Render one text; one that holds no expression is not even compiled."""
        if not _OPENING.search(source):
            return source
        from jinja2 import TemplateError

        try:
            return self._environment.from_string(source).render(cookiecutter=context)
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            reason = f"{place} cannot be rendered: {type(error).__name__}: {error}"
            raise damaged(self.template.name, reason) from error

    def _path(self, source: str, rendered: Callable[[str], str]) -> str:
        """Return the rendered path; empty when the file is to be left out."""
        segments = [rendered(part) for part in source.split("/")]
        if not segments[-1]:
            return ""
        for segment in segments:
            problem = segment_problem(segment)
            if problem:
                raise damaged(self.template.name, f"{source}: {segment!r} {problem}")
        return "/".join(segments)

    def _file(self, source: str, content: bytes, context: Mapping[str, Any]) -> RenderedFile:
        if self.template.is_copied(source):
            return RenderedFile(content, mode_of(content), copied=True)
        rendered = self._expression(source, content.decode("utf-8"), context).encode("utf-8")
        return RenderedFile(rendered, mode_of(rendered))
