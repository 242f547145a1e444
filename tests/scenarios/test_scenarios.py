"""What is said of a change holds: pairs of blueprints, each with the verdict written by hand.

Each pair is a file in `pairs`; its name says what happens.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.scenarios.comparing import NAMES, diff_of, scenario
from tests.scenarios.judging import mismatches, require


@pytest.mark.parametrize("name", NAMES)
def test_the_verdict_is_the_expected_one(name: str, tmp_path: Path) -> None:
    pair = scenario(name)
    found = mismatches(pair.expect, diff_of(pair, tmp_path))
    require(name, pair.about, found, pair.open)


def test_there_are_scenarios_enough() -> None:
    """The corpus is not lost unseen."""
    assert len(NAMES) >= 100
