"""What is waited for is read from the annotation that the program writes."""

from __future__ import annotations

import pytest
from tests.engine.operators import expected

CONDITION = "jsonpath={.status.applied}=true"


def annotated(condition: str) -> dict[str, object]:
    return {"metadata": {"name": "a", "annotations": {"pulumi.com/waitFor": condition}}}


def test_only_annotated_objects_are_waited_for() -> None:
    waited, other = annotated(CONDITION), {"metadata": {"name": "b"}}
    assert [(item.object, item.status) for item in expected([waited, other])] == [
        (waited, {"applied": True})
    ]


def test_a_condition_that_nobody_answers_is_named() -> None:
    with pytest.raises(AssertionError, match="condition=Ready"):
        expected([annotated("condition=Ready")])
