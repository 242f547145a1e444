from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import StringConstraints, TypeAdapter, ValidationError

from stackwright.blueprint.restrictions import Known, Refused

COLOUR: TypeAdapter[str] = TypeAdapter(
    Annotated[
        str,
        StringConstraints(pattern="^[a-z]+$"),
        Refused("^black$", "is no colour."),
        Refused("white", "is too bright."),
    ]
)
PLANET: TypeAdapter[str] = TypeAdapter(Annotated[str, Known(("mars", "venus"), "a planet")])


def test_other_texts_are_accepted() -> None:
    assert (COLOUR.validate_python("blue"), PLANET.validate_python("mars")) == ("blue", "mars")


@pytest.mark.parametrize(
    ("adapter", "text", "said"),
    [
        (COLOUR, "black", '"black" is no colour.'),
        (COLOUR, "offwhite", '"offwhite" is too bright.'),
        (PLANET, "marz", '"marz" is not a planet. Did you mean mars?'),
        (PLANET, "pluto", '"pluto" is not a planet.'),
        (PLANET, "m\u0430rs", "It holds U+0430 (CYRILLIC SMALL LETTER A)."),
    ],
)
def test_a_refusal_names_the_text_and_the_reason(
    adapter: TypeAdapter[str], text: str, said: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(text)
    (error,) = caught.value.errors()
    assert said in error["msg"]


def test_json_schema_says_the_same() -> None:
    assert COLOUR.json_schema() == {
        "type": "string",
        "pattern": "^[a-z]+$",
        "allOf": [{"not": {"pattern": "^black$"}}, {"not": {"pattern": "white"}}],
    }
    assert PLANET.json_schema() == {"type": "string", "enum": ["mars", "venus"]}
