"""The mark of a comment that is outdated."""

from __future__ import annotations

import pytest

from stackwright_cli.forge.outdated import BASE_MOVED, FAILED, LONGEST, OVERTAKEN, marked


@pytest.mark.parametrize("sentence", [FAILED, OVERTAKEN, BASE_MOVED])
@pytest.mark.parametrize("alerts", [False, True])
def test_the_parts_leave_room_for_every_mark(sentence: str, alerts: bool) -> None:
    assert len(marked("", "a" * 64, sentence, alerts=alerts)) <= LONGEST
