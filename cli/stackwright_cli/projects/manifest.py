"""A manifest says of a template what Cookiecutter's own file cannot: types, words and owners.

It is `template.yaml` beside `cookiecutter.json`. The order and the defaults of the questions stand
in `cookiecutter.json` alone, where the plain `cookiecutter` command reads them too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints

from stackwright.blueprint.base import BlueprintModel, Text, Wording
from stackwright.wiring import CONTRACTS

MANIFEST = "template.yaml"

SLUG_KEY = "project_slug"
"""The question that every template asks: Cookiecutter names the project's folder by it."""

LONGEST_PACKAGE = 40
"""Characters of a package's name: lines of code that hold it must fit 100."""

Need = Literal["required", "optional"]

Needs: TypeAlias = Mapping[str, Mapping[str, Need]]
"""Keys of the platform's contracts that a project uses, by contract."""


def required_keys(needs: Mapping[str, Need]) -> list[str]:
    """Return the keys of one contract that a project cannot do without, sorted."""
    return sorted(key for key, need in needs.items() if need == "required")


class AnyQuestion(BlueprintModel):
    """What every question has."""

    prompt: Text
    """What is asked, in a few words, without a question mark."""
    help: Text = ""
    """Why it is asked, and what the answer changes."""


class SlugQuestion(AnyQuestion):
    """A name that is a DNS label."""

    kind: Literal["slug"]


class PackageQuestion(AnyQuestion):
    """A name that Python can import."""

    kind: Literal["package"]


class TextQuestion(AnyQuestion):
    """One line of free text."""

    kind: Literal["text"]
    maximum: int = Field(default=200, ge=1, le=1000)
    """Most characters of the answer."""


class ChoiceQuestion(AnyQuestion):
    """One of a few words."""

    kind: Literal["choice"]
    choices: dict[str, Text] = Field(min_length=2)
    """What each choice means; the same choices as in `cookiecutter.json`."""


class BooleanQuestion(AnyQuestion):
    """True or false."""

    kind: Literal["boolean"]


class IntegerQuestion(AnyQuestion):
    """A whole number; a template gets its digits as text."""

    kind: Literal["integer"]
    minimum: int = 0
    """Least number that is allowed."""
    maximum: int = 1_000_000
    """Greatest number that is allowed."""


Question = Annotated[
    SlugQuestion
    | PackageQuestion
    | TextQuestion
    | ChoiceQuestion
    | BooleanQuestion
    | IntegerQuestion,
    Field(discriminator="kind"),
]


def _usable_key(key: str) -> str:
    if hasattr(dict, key) or hasattr(BlueprintModel, key):
        raise ValueError(f"{key} cannot be the key of a question; choose another word.")
    return key


QuestionKey = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=LONGEST_PACKAGE),
    AfterValidator(_usable_key),
    Wording("a key of lower-case words joined by underscores"),
]


def _asks_for_a_name(questions: dict[str, Question]) -> dict[str, Question]:
    if not isinstance(questions.get(SLUG_KEY), SlugQuestion):
        raise ValueError(f"a question {SLUG_KEY} of kind slug is expected.")
    return questions


def _known_wiring(wiring: dict[str, dict[str, Need]]) -> dict[str, dict[str, Need]]:
    for contract, needs in wiring.items():
        if contract not in CONTRACTS:
            raise ValueError(f"{contract} is no contract; there are: {', '.join(CONTRACTS)}.")
        unknown = sorted(set(needs) - CONTRACTS[contract].keys())
        if unknown:
            raise ValueError(f"{contract} promises no {', '.join(unknown)}.")
    return wiring


class TemplateManifest(BlueprintModel):
    """All that `template.yaml` says."""

    title: Text
    """Name of the template for people."""
    summary: Text
    """What the project is for, in one sentence."""
    version: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$"),
        Wording("a version of three numbers, such as 1.0.0"),
    ]
    """Version of the template; a project's lock file names it."""
    questions: Annotated[dict[QuestionKey, Question], AfterValidator(_asks_for_a_name)]
    """What is asked; the same keys as in `cookiecutter.json`, whose order counts."""
    wiring: Annotated[dict[str, dict[str, Need]], AfterValidator(_known_wiring)] = Field(
        default_factory=dict
    )
    """Keys of the platform's contracts that a project uses, by contract."""
    yours: tuple[str, ...] = ()
    """Patterns of files that are meant to be edited; all others are managed by the template.
    Patterns are those of `_copy_without_render`: `*` stands for slashes too."""
    locks: tuple[str, ...] = ()
    """Patterns of files that a tool writes; a project keeps no base text of them."""
    reserved_packages: tuple[str, ...] = ()
    """Names that neither the package nor, with hyphens, the project may take: what the project
    imports and installs. The standard library's are known and not listed."""
    next_steps: tuple[Text, ...] = ()
    """Commands that `new` shows when it is done, to be typed in the project's folder."""
