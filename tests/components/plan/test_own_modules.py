"""Modules of a program, which the next run must import anew."""

from __future__ import annotations

import importlib
import runpy
import sys
from pathlib import Path

import pytest

from stackwright.plan.own_modules import own_modules


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_a_module_of_the_folder_is_forgotten(folder: Path) -> None:
    (folder / "own_helper.py").write_text("VALUE = 1\n")
    with own_modules(folder):
        assert importlib.import_module("own_helper").VALUE == 1
    assert "own_helper" not in sys.modules
    (folder / "own_helper.py").write_text("VALUE = 22\n")
    with own_modules(folder):
        assert importlib.import_module("own_helper").VALUE == 22


def test_a_package_and_one_without_an_init_are_forgotten(folder: Path) -> None:
    for name in ("own_package/__init__.py", "own_package/inner.py", "own_space/inner.py"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    with own_modules(folder):
        importlib.import_module("own_package.inner")
        importlib.import_module("own_space.inner")
    assert not [name for name in sys.modules if name.startswith("own_")]


def test_no_bytecode_is_written(folder: Path) -> None:
    (folder / "own_written.py").write_text("")
    with own_modules(folder):
        importlib.import_module("own_written")
    assert [path.name for path in folder.iterdir()] == ["own_written.py"]


def test_what_was_there_before_stays(folder: Path) -> None:
    (folder / "own_known.py").write_text("")
    known = importlib.import_module("own_known")
    with own_modules(folder):
        pass
    assert sys.modules.pop("own_known") is known


def test_an_installed_package_in_the_folder_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = folder / ".venv/lib/site-packages"
    installed.mkdir(parents=True)
    (installed / "own_installed.py").write_text("")
    monkeypatch.syspath_prepend(installed)
    with own_modules(folder):
        importlib.import_module("own_installed")
    assert sys.modules.pop("own_installed")


def test_a_script_of_the_folder_runs_under_its_own_path(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "own_script.py").write_text("PLACE = (lambda: 0).__code__.co_filename\n")
    monkeypatch.chdir(folder)
    with own_modules(folder):
        assert runpy.run_path("own_script.py")["PLACE"] == "own_script.py"


def test_a_failure_forgets_too(folder: Path) -> None:
    (folder / "own_failing.py").write_text("import own_first\n1 / 0\n")
    (folder / "own_first.py").write_text("")
    with pytest.raises(ZeroDivisionError), own_modules(folder):
        importlib.import_module("own_failing")
    assert "own_first" not in sys.modules
