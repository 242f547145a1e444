"""What `stackwright diff` says in a repository: the real command on real histories."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.scenarios.history import HISTORIES, History, quiet
from tests.scenarios.judging import mismatches, require

from stackwright.diff.codec import from_json

NAMES = sorted(path.stem for path in HISTORIES.glob("*.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_the_verdict_is_the_expected_one(name: str, tmp_path: Path) -> None:
    history = History.of(name)
    history.replay(tmp_path)
    program = str(Path(sys.executable).with_name("stackwright"))
    done = subprocess.run(
        [program, "diff", "--format", "json", *history.arguments],
        cwd=tmp_path,
        env=quiet(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == history.expect.exit, done.stderr.decode()
    found = mismatches(history.expect, from_json(done.stdout, "diff.json"))
    require(name, history.about, found, history.open)
