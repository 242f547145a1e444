"""A project is made whole, the same everywhere, or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.projects.conftest import Write
from tests.templates.support import FIXTURES, small, tree

from stackwright.errors import InputError, StackwrightError
from stackwright_cli.projects.answers import Answering
from stackwright_cli.projects.creation import new_project, render_project
from stackwright_cli.projects.template import read_template

MAKE = """
import os, sys
from pathlib import Path
from stackwright_cli.projects.creation import new_project
from stackwright_cli.projects.template import read_template
os.umask(int(sys.argv[3], 8))
new_project(read_template(Path(sys.argv[1])), Path(sys.argv[2]), ["description=caf\\u00e9"])
"""


def make(folder: Path, umask: str = "022", **variables: str) -> None:
    """Make the fixture's project in an interpreter of its own, with these variables only."""
    command = [sys.executable, "-X", "utf8=0", "-c", MAKE]
    subprocess.run(
        [*command, str(FIXTURES / "small"), str(folder), umask],
        check=True,
        stdin=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], **variables},
    )


@pytest.mark.parametrize(
    ("umask", "variables"),
    [
        ("077", {}),
        ("000", {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}),
        ("022", {"PYTHONHASHSEED": "1", "TZ": "Asia/Kolkata", "LANG": "tr_TR.UTF-8"}),
    ],
)
def test_a_project_is_the_same_on_every_machine(
    umask: str, variables: dict[str, str], tmp_path: Path
) -> None:
    make(tmp_path / "first" / "churn", PYTHONHASHSEED="0", LC_ALL="C.UTF-8")
    make(tmp_path / "second" / "churn", umask, **variables)
    first, second = tmp_path / "first" / "churn", tmp_path / "second" / "churn"
    assert tree(first) == tree(second)
    paths = sorted(path.relative_to(first) for path in first.rglob("*"))
    assert [(first / path).stat().st_mode for path in paths] == [
        (second / path).stat().st_mode for path in paths
    ]
    assert len(tree(first)) == 16


def test_what_is_written_is_what_was_rendered(tmp_path: Path) -> None:
    project = new_project(small(), tmp_path / "churn", ["ci=none"])
    assert tree(tmp_path / "churn") == {
        path: (file.content, file.mode == "100755") for path, file in project.files.items()
    }
    assert project.answers["project_slug"] == "churn"
    assert not (tmp_path / "churn" / ".github").exists()


def test_a_wrong_answer_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        new_project(small(), tmp_path / "one" / "churn", ["workers=0"])
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_taken_is_told_before_any_question(tmp_path: Path) -> None:
    (tmp_path / "churn").write_text("mine\n", encoding="utf-8")
    with pytest.raises(InputError, match="this is no folder"):
        new_project(small(), tmp_path / "churn", ["workers=0"])


def test_a_template_that_renders_what_does_not_parse_writes_nothing(
    template_folder: Write, tmp_path: Path
) -> None:
    template = read_template(template_folder({"a.toml": "a = {= cookiecutter.note =}\n"}))
    with pytest.raises(StackwrightError, match=r"a\.toml does not parse"):
        new_project(template, tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("path", ["stackwright.lock", ".stackwright/base.json"])
def test_a_template_does_not_write_the_records(path: str, template_folder: Write) -> None:
    template = read_template(template_folder({path: "{}"}))
    with pytest.raises(StackwrightError, match="is not a template's to write"):
        render_project(template, Answering(template).answers([], None))
