"""The rendered projects that are judged."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.judges.support import SETS, TEMPLATE, stackwright


@pytest.fixture(scope="session")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a fresh project for each set of answers, by its name; tests do not change them."""
    folder = tmp_path_factory.mktemp("projects")
    for answers in SETS:
        new = ["new", TEMPLATE, str(folder / answers.stem), "--answers", str(answers)]
        stackwright(folder, *new)
    return {answers.stem: folder / answers.stem for answers in SETS}


@pytest.fixture(params=[answers.stem for answers in SETS])
def project(request: pytest.FixtureRequest, projects: dict[str, Path]) -> Path:
    """Return one project after the other."""
    return projects[request.param]
