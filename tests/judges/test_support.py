"""A judge that is not here is named: the test is skipped, or fails where none may be missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.judges.support import REQUIRED, judge


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Run in an environment that has no judge."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.delenv(REQUIRED, raising=False)
    return tmp_path


def test_a_missing_judge_skips_the_test_by_name() -> None:
    with pytest.raises(pytest.skip.Exception, match=r"bandit of requirements/judges\.txt"):
        judge("bandit")


def test_a_missing_judge_fails_the_test_where_none_may_be_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match=r"bandit of requirements/judges\.txt"):
        judge("bandit")


def test_a_judge_is_found_in_its_environment(bare: Path) -> None:
    program = bare / "secrets" / "bin" / "detect-secrets"
    program.parent.mkdir(parents=True)
    program.touch()
    assert judge("detect-secrets", "secrets") == str(program)
