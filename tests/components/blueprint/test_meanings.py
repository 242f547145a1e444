"""Meanings are read from the source, below the field or choice."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, Field

from stackwright.blueprint.meanings import described, first_sentence, member_meanings


class Colour(StrEnum):
    RED = "red"
    """The colour of
    stop."""
    GREEN = "green"


class Base(BaseModel):
    size: int = 1
    """How large."""


class Box(Base):
    colour: str = Field(default="red", description="Said in the field.")
    """Not read: the field says it."""
    lid: bool = False


def test_the_sentence_under_a_field_is_its_description() -> None:
    fields = described(Box)
    assert {name: info.description for name, info in fields.items()} == {
        "size": "How large.",
        "colour": "Said in the field.",
        "lid": None,
    }


def test_the_sentence_under_a_choice_is_its_meaning() -> None:
    assert member_meanings(Colour) == {"red": "The colour of stop."}


def test_a_class_without_source_has_no_meanings() -> None:
    made = StrEnum("made", ["A"])
    assert member_meanings(made) == {}


def test_the_first_sentence_ends_before_a_semicolon() -> None:
    assert first_sentence("Days; quote it. More.") == "Days."
    assert first_sentence("One. Two.") == "One."
    assert first_sentence("") == ""
