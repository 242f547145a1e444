from __future__ import annotations

from pathlib import Path

import pytest

from stackwright.checks import ClockAgrees, ProgramFound
from stackwright.engine.preflight.result import State
from stackwright.engine.preflight.verify import verify_checks

CHECK = ProgramFound(program="give-token", purpose="sign in", source="https://example.com")


def test_a_program_on_the_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (missing,) = verify_checks([CHECK])
    assert (missing.state, missing.mend) == (
        State.FAILED,
        "install give-token: https://example.com",
    )
    (tmp_path / "give-token").write_text("")
    (tmp_path / "give-token").chmod(0o700)
    (found,) = verify_checks([CHECK])
    assert (found.state, found.found) == (State.OK, f"it is {tmp_path}/give-token.")


def test_a_clock_that_nobody_compares_is_not_called_right() -> None:
    (result,) = verify_checks([ClockAgrees()])
    assert (result.state, result.found) == (State.SKIPPED, "no server told its time.")
