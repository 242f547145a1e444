"""What an answer may be, by the kind of its question, as one Pydantic model of all answers."""

from __future__ import annotations

import keyword
import sys
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, create_model

from stackwright.blueprint.base import BlueprintModel, Wording, require_readable
from stackwright.blueprint.names import RESERVED_BEGIN, WINDOWS_DEVICE
from stackwright.blueprint.restrictions import Refused
from stackwright.blueprint.shown import shown
from stackwright.naming import PROJECT_LIMIT
from stackwright_cli.projects.manifest import (
    LONGEST_PACKAGE,
    AnyQuestion,
    BooleanQuestion,
    ChoiceQuestion,
    IntegerQuestion,
    PackageQuestion,
    SlugQuestion,
    TemplateManifest,
    TextQuestion,
)
from stackwright_cli.projects.template import DELIMITERS

SLUG_WORDS = (
    f"a name of at most {PROJECT_LIMIT} lower-case letters, digits and single hyphens, which"
    " starts with a letter and does not end with a hyphen,"
)

PACKAGE_WORDS = (
    f"a name of at most {LONGEST_PACKAGE} lower-case letters, digits and single underscores, which"
    " starts with a letter and does not end with an underscore,"
)

_RESERVED_NAME = Refused(
    r"^(default|localhost|local)$|-s3alias$",
    "is kept by Kubernetes, AWS or Stackwright for itself; choose another name.",
)
"""Kubernetes' first namespace, the machine itself, the environment without a platform, and the
end of S3's access point aliases (Amazon S3 user guide, bucket naming rules)."""


_WORD_OF_YAML = Refused(
    r"^(y|n|yes|no|on|off|true|false|null)$",
    "is no text to some readers of YAML; choose another name.",
)
"""Names stand without quotes in YAML files, where these are other values (YAML 1.1)."""

_ALSO_TAKEN = frozenset({"annotationlib", "compression", "test", "tests", "type"})
"""A word and modules of later versions of Python, Python's own tests, and those of a project."""


class AnswersModel(BlueprintModel):
    """The answers to one template's questions; each may be missing, none may be null."""


def answers_model(manifest: TemplateManifest) -> type[AnswersModel]:
    """Return the model that holds an answer to each question of a template."""
    fields: dict[str, Any] = {
        key: (_annotation(question, manifest), Field(default=None))
        for key, question in manifest.questions.items()
    }
    return create_model("Answers", __base__=AnswersModel, **fields)


def allowed(question: AnyQuestion) -> str:
    """Return in words what the answer to a question may be."""
    if isinstance(question, SlugQuestion):
        return SLUG_WORDS.rstrip(",")
    if isinstance(question, PackageQuestion):
        return f"{PACKAGE_WORDS} and that no module of Python or of the project has"
    if isinstance(question, TextQuestion):
        return _text_words(question)
    if isinstance(question, ChoiceQuestion):
        return f"one of {', '.join(question.choices)}"
    if isinstance(question, IntegerQuestion):
        return f"a whole number from {question.minimum} to {question.maximum}"
    return "true or false"


def _annotation(question: AnyQuestion, manifest: TemplateManifest) -> Any:
    if isinstance(question, SlugQuestion):
        return _slug(manifest.reserved_packages)
    if isinstance(question, PackageQuestion):
        return _package(manifest.reserved_packages)
    if isinstance(question, TextQuestion):
        return _text(question)
    if isinstance(question, ChoiceQuestion):
        return Literal.__getitem__(tuple(question.choices))
    if isinstance(question, BooleanQuestion):
        return bool
    assert isinstance(question, IntegerQuestion)
    return Annotated[int, Field(ge=question.minimum, le=question.maximum)]


def _slug(reserved: tuple[str, ...]) -> Any:
    return Annotated[
        str,
        StringConstraints(pattern=r"^[a-z](-?[a-z0-9])*$", max_length=PROJECT_LIMIT),
        WINDOWS_DEVICE,
        RESERVED_BEGIN,
        _RESERVED_NAME,
        _WORD_OF_YAML,
        AfterValidator(_not_reserved(reserved)),
        Wording(SLUG_WORDS),
    ]


def _package(reserved: tuple[str, ...]) -> Any:
    return Annotated[
        str,
        StringConstraints(pattern=r"^[a-z](_?[a-z0-9])*$", max_length=LONGEST_PACKAGE),
        WINDOWS_DEVICE,
        _WORD_OF_YAML,
        AfterValidator(_importable),
        AfterValidator(_not_reserved(reserved)),
        Wording(PACKAGE_WORDS),
    ]


def _text(question: TextQuestion) -> Any:
    return Annotated[
        str,
        StringConstraints(min_length=1, max_length=question.maximum),
        AfterValidator(require_readable),
        AfterValidator(_encodable),
        Wording(_text_words(question)),
    ]


def _text_words(question: TextQuestion) -> str:
    return f"one line of text of 1 to {question.maximum} characters"


def _importable(name: str) -> str:
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise ValueError(f"{shown(name)} is a word of Python; choose another name.")
    if name in sys.stdlib_module_names or name in _ALSO_TAKEN:
        raise ValueError(f"{shown(name)} is a module of Python itself; choose another name.")
    return name


def _not_reserved(reserved: tuple[str, ...]) -> Callable[[str], str]:
    known = frozenset(reserved)

    def refuse(name: str) -> str:
        if name.replace("-", "_") in known:
            raise ValueError(
                f"{shown(name)} is the name of a package that the project uses;"
                " choose another name."
            )
        return name

    return refuse


def _encodable(text: str) -> str:
    """Refuse what some target format cannot hold, or what a template would take for its own."""
    high = next((character for character in text if ord(character) > 0xFFFF), "")
    if high:
        # Jinja's JSON writes these as two halves, which TOML and YAML refuse.
        raise ValueError(
            f"the text holds U+{ord(high):04X}, which not every file of a project can hold;"
            " leave out emoji and other characters above U+FFFF."
        )
    found = next((mark for mark in DELIMITERS.values() if mark in text), "")
    if found:
        raise ValueError(f"the text holds {found}, a mark of templates; leave it out.")
    if text != text.strip():
        raise ValueError("the text begins or ends with a space; leave it out.")
    return text
