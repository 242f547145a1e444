"""Flow style is YAML that reads back as the value it was made of."""

from __future__ import annotations

import pytest

from stackwright.blueprint.flow import flow
from stackwright.blueprint.reader import parse


@pytest.mark.parametrize(
    "value", ["a: b", "a:", "on", "1", 1, True, None, [], {"a": {"b c": ["x", 2]}}, "# no", "é\n"]
)
def test_flow_style_is_read_back_as_it_was(value: object) -> None:
    node = parse(f"value: {flow(value)}\n", "").root.child("value")
    assert node is not None
    assert node.plain() == value


def test_text_is_quoted_only_where_it_must_be() -> None:
    assert flow({"kind": "s3", "tags": ["a", "1"]}) == '{kind: s3, tags: [a, "1"]}'
