from __future__ import annotations

from pathlib import Path

import pytest
from tests.servers import programs

NEEDS = "Node 20 or newer with npm"


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of gitlab-ci-local, empty, in a gate that may lack no program."""
    monkeypatch.setattr(programs, "RUNNER", tmp_path)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv(programs.REQUIRED, "1")
    return tmp_path


def test_no_gate_fails_for_a_machine_that_gitlab_ci_local_does_not_run_on(runner: Path) -> None:
    (runner / "lacking").write_text(f"{NEEDS}\n", encoding="utf-8")

    with pytest.raises(pytest.skip.Exception, match=f"gitlab-ci-local needs {NEEDS}"):
        programs.gitlab_ci_local()


@pytest.mark.usefixtures("runner")
def test_a_gate_that_fetched_no_gitlab_ci_local_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="gitlab-ci-local is not here"):
        programs.gitlab_ci_local()


@pytest.mark.usefixtures("runner")
def test_a_developer_without_gitlab_ci_local_sees_a_skip_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(programs.REQUIRED)

    with pytest.raises(pytest.skip.Exception, match="gitlab-ci-local is not here"):
        programs.gitlab_ci_local()


def test_the_installed_gitlab_ci_local_is_found(runner: Path) -> None:
    program = runner / "node_modules" / ".bin" / "gitlab-ci-local"
    program.parent.mkdir(parents=True)
    program.touch()

    assert programs.gitlab_ci_local() == program
