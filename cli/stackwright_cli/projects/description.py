"""What a template asks, needs and makes, for people and for scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stackwright_cli.projects.manifest import ChoiceQuestion
from stackwright_cli.projects.questions import allowed
from stackwright_cli.projects.renderer import Renderer
from stackwright_cli.projects.template import Template


def described(template: Template) -> dict[str, Any]:
    """Return the questions, the wiring and the files, with the answers that are the defaults."""
    renderer = Renderer(template)
    defaults: dict[str, Any] = {}
    questions = []
    for key, question in template.manifest.questions.items():
        defaults[key] = renderer.default(key, defaults)
        choices = question.choices if isinstance(question, ChoiceQuestion) else None
        questions.append(
            {
                "key": key,
                "kind": question.kind,
                "prompt": question.prompt,
                "help": question.help or None,
                "default": defaults[key],
                "allowed": allowed(question),
                "choices": choices,
            }
        )
    files = renderer.files(defaults)
    return {"questions": questions, "wiring": template.manifest.wiring, "files": list(files)}


def text(template: Template, answer: Mapping[str, Any]) -> str:
    """Return the description for people."""
    return "\n".join(_lines(template, answer))


def _lines(template: Template, answer: Mapping[str, Any]) -> Iterator[str]:
    manifest = template.manifest
    yield f"{template.name} {manifest.version}: {manifest.title}"
    yield manifest.summary
    yield ""
    yield "Questions"
    for question in answer["questions"]:
        yield f"  {question['key']}: {question['prompt']}"
        if question["help"]:
            yield f"      {question['help']}"
        yield f"      Allowed: {question['allowed']}. Default: {_shown(question['default'])}"
        for choice, meaning in (question["choices"] or {}).items():
            yield f"      {choice}: {meaning}"
    yield ""
    yield "Wiring" if manifest.wiring else "Wiring: none"
    for contract, needs in manifest.wiring.items():
        for key, need in needs.items():
            yield f"  {contract}.{key} ({need})"
    yield ""
    yield f"Files ({len(answer['files'])}, with the defaults)"
    yield from (f"  {path}" for path in answer["files"])


def _shown(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
