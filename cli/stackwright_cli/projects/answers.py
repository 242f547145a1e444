"""Answers come from the command line, a file, a person or the defaults, and are checked alike.

Whatever is wrong is listed at once, before anything is rendered or written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from stackwright.blueprint.document import Mark, Node
from stackwright.blueprint.reader import read
from stackwright.blueprint.shown import shown
from stackwright.blueprint.validation import check
from stackwright.errors import BlueprintError, InputError, Problem
from stackwright_cli import console
from stackwright_cli.projects.manifest import (
    SLUG_KEY,
    AnyQuestion,
    BooleanQuestion,
    ChoiceQuestion,
    IntegerQuestion,
)
from stackwright_cli.projects.questions import AnswersModel, answers_model
from stackwright_cli.projects.renderer import Renderer
from stackwright_cli.projects.template import Template

_NOWHERE = Mark(0, 0)


@dataclass(frozen=True)
class Answering:
    """Collects the answers to one template's questions."""

    template: Template
    folder_name: str = ""
    """Name of the project's folder: the default of its slug, where it is one."""

    def answers(self, values: Sequence[str], file: Path | None) -> dict[str, Any]:
        """Return a valid answer to every question, in the order of the questions.

        Args:
            values: `KEY=VALUE` each; these win over the file.
            file: YAML with a mapping of question to answer.

        Raises:
            InputError: Answers are wrong or unknown; all are listed.
        """
        given, problems = self._given(values, file)
        if problems:
            raise InputError(problems)
        answers: dict[str, Any] = {}
        for key, question in self.template.manifest.questions.items():
            if key in given:
                answers[key] = given[key]
                continue
            answer, found = self._asked(key, question, answers)
            answers[key] = answer
            problems += found
        if problems:
            raise InputError(problems)
        return answers

    @cached_property
    def model(self) -> type[AnswersModel]:
        """The model of all answers; each key may be missing."""
        return answers_model(self.template.manifest)

    def _given(
        self, values: Sequence[str], file: Path | None
    ) -> tuple[dict[str, Any], list[Problem]]:
        from_file, problems = self._from_file(file) if file is not None else ({}, [])
        pairs, found = _pairs(values)
        problems += found
        typed = {key: self._typed(key, text) for key, text in pairs.items()}
        from_line, found = self._checked(_node(typed), "")
        return {**from_file, **from_line}, problems + found

    def _from_file(self, file: Path) -> tuple[dict[str, Any], list[Problem]]:
        try:
            document = read(file)
        except BlueprintError as error:
            return {}, [_about_answers(problem) for problem in error.problems]
        answers, problems = self._checked(document.root, str(file))
        return answers, [*map(_about_answers, document.problems), *problems]

    def _checked(self, node: Node, file: str) -> tuple[dict[str, Any], list[Problem]]:
        answers, problems = check(self.model, node, file)
        return (answers.model_dump(exclude_unset=True) if answers else {}), problems

    def _asked(
        self, key: str, question: AnyQuestion, before: Mapping[str, Any]
    ) -> tuple[Any, list[Problem]]:
        """Return a person's answer or the default, and what is wrong with it."""
        default = self._default(key, before)
        if not console.is_interactive():
            answer, problems = self._checked(_node({key: default}), "")
            hint = f"This is the default; give another with --set {key}=..."
            problems = [
                Problem(problem.message, path=key, hint=f"{problem.hint} {hint}".strip())
                for problem in problems
            ]
            return answer.get(key, default), problems
        if question.help:
            console.err(question.help)
        while True:
            text = console.ask(_prompt(question), _shown_default(default))
            answer, problems = self._one(key, text)
            if not problems:
                return answer[key], []
            for problem in problems:
                console.error(f"{problem.message} {problem.hint}".rstrip())

    def _one(self, key: str, text: str) -> tuple[dict[str, Any], list[Problem]]:
        pairs, problems = _pairs([f"{key}={text}"])
        if problems:
            return {}, problems
        return self._checked(_node({key: self._typed(key, pairs[key])}), "")

    def _default(self, key: str, before: Mapping[str, Any]) -> Any:
        if key == SLUG_KEY and self.folder_name:
            slug = _node({key: self.folder_name})
            if not self._checked(slug, "")[1]:
                return self.folder_name
        return Renderer(self.template).default(key, before)

    def _typed(self, key: str, text: str) -> str | int | bool:
        """Return a text as the type that its question expects, where it is one."""
        question = self.template.manifest.questions.get(key)
        if isinstance(question, BooleanQuestion) and text in ("true", "false"):
            return text == "true"
        if isinstance(question, IntegerQuestion) and re.fullmatch(r"-?(0|[1-9][0-9]{0,17})", text):
            return int(text)
        return text


def _pairs(values: Sequence[str]) -> tuple[dict[str, str], list[Problem]]:
    pairs: dict[str, str] = {}
    problems: list[Problem] = []
    for text in values:
        key, separator, value = text.partition("=")
        if not separator or not key:
            problems.append(Problem(f"--set {shown(text)}: KEY=VALUE is expected."))
        elif key in pairs:
            problems.append(Problem(f"--set {shown(key)} is given twice."))
        elif re.search("[\ud800-\udfff]", text):
            problems.append(Problem(f"--set {shown(key)}: the value is not valid UTF-8."))
        else:
            pairs[key] = value
    return pairs, problems


def _about_answers(problem: Problem) -> Problem:
    """Return a problem of the blueprint's reader in words that fit a file of answers."""
    said = problem.message.replace("a blueprint is YAML", "YAML is expected")
    return replace(problem, message=said.replace("the blueprint", "the file"))


def _node(values: Mapping[str, Any]) -> Node:
    """Return values that stand in no file as a tree."""
    return Node(_NOWHERE, {key: Node(_NOWHERE, value) for key, value in values.items()})


def _prompt(question: AnyQuestion) -> str:
    if isinstance(question, ChoiceQuestion):
        return f"{question.prompt} ({', '.join(question.choices)})"
    return (
        f"{question.prompt} (true, false)"
        if isinstance(question, BooleanQuestion)
        else question.prompt
    )


def _shown_default(default: str | int | bool) -> str:
    return str(default).lower() if isinstance(default, bool) else str(default)
