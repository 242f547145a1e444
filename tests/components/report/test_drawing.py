from __future__ import annotations

import pytest

from stackwright.report.drawing import (
    Box,
    Node,
    Picture,
    cut,
    group_names,
    number,
    rectangle,
    words_at,
)


def test_boxes_overlap_when_they_share_an_area_not_an_edge() -> None:
    box = Box(0, 0, 10, 10)
    assert box.overlaps(Box(9, 9, 5, 5))
    assert not box.overlaps(Box(10, 0, 5, 5))
    assert not box.overlaps(Box(0, 10, 5, 5))


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (1.25, "1.2"), (-3.46, "-3.5"), (0.0, "0")]
)
def test_coordinates_have_at_most_one_decimal(value: float, text: str) -> None:
    assert number(value) == text


def test_long_words_end_in_an_ellipsis() -> None:
    assert cut("serving", 7) == "serving"
    assert cut("serving", 6) == "servi\u2026"


def test_elements_escape_their_words() -> None:
    assert (
        words_at(1, 2.5, "name", "<b>&") == '<text class="name" x="1" y="2.5">&lt;b&gt;&amp;</text>'
    )
    assert rectangle(Box(1, 2, 3, 4), "box", 5) == (
        '<rect class="box" x="1" y="2" width="3" height="4" rx="5"/>'
    )


def test_a_tool_is_grouped_by_layer_and_capability() -> None:
    nodes = (
        Node("storage", "storage", "S3 buckets", "foundation", "s3", "tool"),
        Node("tracking", "tracking", "MLflow", "platform", "mlflow", "tool"),
    )
    assert group_names(Picture("", ("foundation", "platform"), nodes, ())) == {
        "storage": "foundation/storage",
        "tracking": "platform/tracking",
    }
