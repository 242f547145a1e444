"""The base of every model in a blueprint, and the kinds of text that its fields hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from stackwright.blueprint.shown import HIDDEN_CATEGORIES

Rule = TypeVar("Rule", bound=Callable[[Any], str | None])

CLASH = "stackwright_clash"
"""Type of the Pydantic error that a broken rule raises."""

SECRET_LITERAL = "secret_literal"  # noqa: S105
"""Type of the Pydantic error for a value that stands where a secret must be named."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Metadata of a field type: what is allowed, in words that follow "... is expected"."""

    text: str


@dataclass(frozen=True, slots=True)
class ClashRule:
    """One rule about several keys of a model."""

    method: str
    keys: tuple[str, ...]
    """Field names; the rule runs when each of them is valid by itself."""


def clash(*keys: str) -> Callable[[Rule], Rule]:
    """Mark a method of a `BlueprintModel` as a rule about the named fields.

    The method returns what is wrong, in one sentence, or None. It may read only the fields that
    it names: others may be missing, since the rule runs even when other keys are wrong.
    """

    def mark(rule: Rule) -> Rule:
        rule.__dict__["clash_keys"] = keys
        return rule

    return mark


class BlueprintModel(BaseModel):
    """A part of the blueprint: strict, frozen, and without unknown keys."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        # Only the whole blueprint's validator is used, and it holds those of its parts.
        defer_build=True,
    )

    clash_rules: ClassVar[tuple[ClashRule, ...]] = ()
    """Rules of this class and the classes above it."""

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        """Collect the rules.

        Raises:
            TypeError: A rule names a field that the model does not have.
        """
        super().__pydantic_init_subclass__(**options)
        methods = {name: item for base in cls.__mro__[::-1] for name, item in vars(base).items()}
        cls.clash_rules = tuple(
            ClashRule(name, method.clash_keys)
            for name, method in methods.items()
            if isinstance(method, FunctionType) and hasattr(method, "clash_keys")
        )
        for rule in cls.clash_rules:
            unknown = set(rule.keys) - set(cls.model_fields)
            if unknown:
                raise TypeError(f"{cls.__name__}.{rule.method} names no field: {sorted(unknown)}")

    def clashes(self) -> list[tuple[ClashRule, str]]:
        """Return each broken rule with what is wrong."""
        found = ((rule, getattr(self, rule.method)()) for rule in self.clash_rules)
        return [(rule, message) for rule, message in found if message]

    @model_validator(mode="after")
    def _keys_fit_together(self) -> Self:
        for rule, message in self.clashes():
            raise PydanticCustomError(
                CLASH, "{message}", {"message": clash_message(rule.keys, message)}
            )
        return self


def clash_message(keys: tuple[str, ...], message: str) -> str:
    """Return a rule's message, with the keys before it when it names none of several."""
    if len(keys) == 1 or any(key in message for key in keys):
        return message
    return f"{' and '.join(keys)}: {message}"


def require_readable(text: str) -> str:
    """Return `text` if every character of it can be seen and it is in normal form NFC.

    Raises:
        ValueError: Naming the code point, never the text.
    """
    for character in text:
        if unicodedata.category(character) in HIDDEN_CATEGORIES:
            name = unicodedata.name(character, "a control character")
            raise ValueError(
                f"the text holds U+{ord(character):04X} ({name}), which cannot be seen;"
                " one line of visible characters is expected."
            )
    if not unicodedata.is_normalized("NFC", text):
        raise ValueError(
            "the text is not in Unicode normal form NFC; type the accented letters anew."
        )
    if not text.strip():
        raise ValueError("the text is blank; write something that a reader can see.")
    return text


Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1000),
    AfterValidator(require_readable),
    Wording("one line of text of 1 to 1000 characters"),
]
"""Free text for people: one line, every character visible."""

DnsLabel = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]([a-z0-9-]*[a-z0-9])?$", max_length=63),
    Wording(
        "a name of at most 63 lower-case letters, digits and hyphens, which starts with a letter"
        " and does not end with a hyphen,"
    ),
]
"""A name that is a DNS label which starts with a letter (RFC 1035, section 2.3.1)."""

DnsSubdomain = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$",
        max_length=253,
    ),
    Wording(
        "a name of at most 253 lower-case letters, digits, hyphens and dots, which starts and"
        " ends with a letter or digit,"
    ),
]
"""A name of most Kubernetes objects: DNS labels joined by dots (RFC 1123, section 2.1)."""
