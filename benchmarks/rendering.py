"""Prepares the comparison of `new` with cookiecutter and copier: one template, one result.

Both peers must make the files that `new` makes, byte for byte, before anything is timed.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.cases import FRESH, TEMPLATE, Case, peers_folder, rendering_cases
from benchmarks.processes import ROOT, Usage, run

OURS = ("stackwright.lock", ".stackwright/base.json")
"""What `new` writes beside the template's files, and no peer does."""

_MARKS = re.compile(r"\{=.*?=\}|\{%.*?%\}", re.DOTALL)
_VARIABLE = re.compile(r"\bcookiecutter\.(_*)(\w+)")


@contextmanager
def workplace() -> Iterator[Path]:
    """Yield a folder with all that the cases need; it is removed at the end.

    Raises:
        RuntimeError: A command failed, or a peer makes another project than `new`.
    """
    with TemporaryDirectory(prefix="stackwright-benchmark-") as folder:
        work = Path(folder).resolve()
        (work / "home").mkdir()
        if (ROOT / TEMPLATE).is_dir():
            convert(ROOT / TEMPLATE, work / "copier")
            _require_the_same(work)
        yield work


def run_case(case: Case, work: Path) -> Usage:
    """Run a case once, in a fresh folder if it makes one, which is removed."""
    with TemporaryDirectory(dir=work) as folder:
        return _run_into(case, Path(folder) / "project")


def missing(case: Case) -> list[str]:
    """Return what a case needs and is not there."""
    return [name for name in case.needs if not (ROOT / name).exists()]


def project_files(folder: Path) -> dict[str, bytes]:
    """Return the files of the template in a project, or of the one project in a folder."""
    entries = list(folder.iterdir())
    top = entries[0] if len(entries) == 1 and entries[0].is_dir() else folder
    return {
        path: file.read_bytes()
        for file in sorted(top.rglob("*"))
        if file.is_file() and (path := file.relative_to(top).as_posix()) not in OURS
    }


def convert(template: Path, folder: Path) -> None:
    """Write a Cookiecutter template in Copier's format: the same files, its own questions.

    Args:
        template: Folder with `cookiecutter.json`.
        folder: Where to write; it must not exist.
    """
    settings = json.loads((template / "cookiecutter.json").read_text(encoding="utf-8"))
    (top,) = (entry for entry in template.iterdir() if entry.is_dir())
    for file in (file for file in top.rglob("*") if file.is_file()):
        if "__pycache__" in file.parts:
            continue
        target = folder / "project" / _native(file.relative_to(top).as_posix())
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_native(file.read_text(encoding="utf-8")), encoding="utf-8")
        shutil.copymode(file, target)
    # JSON is YAML.
    (folder / "copier.yml").write_text(json.dumps(_questions(settings)), encoding="utf-8")


def _questions(settings: Mapping[str, Any]) -> dict[str, Any]:
    if settings.get("_copy_without_render"):
        raise RuntimeError("_copy_without_render has no counterpart in Copier's format")
    questions: dict[str, Any] = {
        "_subdirectory": "project",
        "_templates_suffix": "",
        "_envops": settings["_jinja2_env_vars"],
    }
    for key, value in settings.items():
        if key.startswith("__"):
            questions[_name("__", key[2:])] = _question(value) | {"when": False}
        elif not key.startswith("_"):
            questions[key] = _question(value)
    return questions


def _question(value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        return {"type": "str", "default": value[0], "choices": value}
    if isinstance(value, bool):
        return {"type": "bool", "default": value}
    return {"type": "str", "default": _native(str(value))}


def _native(text: str) -> str:
    """Return a text with the variables named as Copier does: without a dictionary before them."""
    return _MARKS.sub(
        lambda mark: _VARIABLE.sub(lambda found: _name(found[1], found[2]), mark[0]), text
    )


def _name(prefix: str, name: str) -> str:
    # In copier.yml a key that begins with an underscore is a setting.
    return f"derived_{name}" if prefix else name


def _require_the_same(work: Path) -> None:
    """Render with each renderer that is there, and keep ours as the project to check."""
    ours, *peers = rendering_cases(work)
    _run_into(ours, work / "project")
    expected = project_files(work / "project")
    for case in (case for case in peers if not missing(case)):
        with TemporaryDirectory(dir=work) as folder:
            _run_into(case, Path(folder) / "project")
            found = project_files(Path(folder) / "project")
        differing = sorted(
            path for path in {*expected, *found} if expected.get(path) != found.get(path)
        )
        if differing:
            raise RuntimeError(
                f"{case.name} makes other files than `new`, {len(differing)} of {len(expected)}: "
                + ", ".join(differing[:5])
            )


def _run_into(case: Case, folder: Path) -> Usage:
    program, *arguments = (str(folder) if part == FRESH else part for part in case.command)
    return run((str(ROOT / program), *arguments), case.environment)


def compared(work: Path) -> str:
    """Return what was compared, in a sentence: how many files, and which versions."""
    if not (work / "project").is_dir():
        return ""
    packages = (ROOT / peers_folder()).glob("lib/python*/site-packages/c*.dist-info")
    names = sorted(folder.name.removesuffix(".dist-info").replace("-", " ") for folder in packages)
    peers = [name for name in names if name.split(" ")[0] in ("cookiecutter", "copier")]
    files = len(project_files(work / "project"))
    return f"The template makes {files} files. Compared with: {', '.join(peers) or 'nothing'}."
