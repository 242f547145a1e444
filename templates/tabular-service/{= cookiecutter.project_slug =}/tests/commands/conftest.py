"""Runs a command as a person does, in this process."""

from collections.abc import Callable

import pytest

from {= cookiecutter.package_name =}.command import main
from {= cookiecutter.package_name =}.project import Project

Answer = tuple[int, str, str]
Runner = Callable[..., Answer]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runner:
    """`run(project, "train", ...)` gives the exit code, standard output and standard error."""

    def runner(project: Project, *arguments: str) -> Answer:
        monkeypatch.setenv("PROJECT_ROOT", str(project.root))
        code = main(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return runner
