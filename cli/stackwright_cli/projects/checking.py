"""Checks a project against what it was made from: its template, its platforms, its own files.

Nothing is planned and nothing is rendered, so the answer comes at once. A blueprint is compared
by its bytes: whether a change of it matters to the project is for `wire` to say.
"""

from __future__ import annotations

import hashlib
import shlex
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from stackwright.errors import InputError, Problem, StackwrightError
from stackwright_cli.projects.manifest import Needs
from stackwright_cli.projects.paths import segment_problem
from stackwright_cli.projects.records import LOCK_FILE, Lock, LockedFile, read_lock, sha256
from stackwright_cli.projects.template import EXECUTABLE, read_template, template_names
from stackwright_cli.projects.wiring import missing_keys, pending_keys
from stackwright_cli.projects.wiring_file import FOLDER, ProjectWiring, read_wiring
from stackwright_cli.projects.wiring_project import project_name, project_needs

SCHEMA = "stackwright.check/v1"

State = Literal["behind", "missing", "pending", "damaged", "changed", "mode"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was made, or not as it must be."""

    subject: Literal["template", "wiring", "file"]
    name: str
    """Name of the template, path of the wiring or of the file."""
    state: State
    message: str
    """What is wrong and what to do, in words."""
    key: str = ""
    """`Contract.key` of the wiring; empty when the whole is meant."""
    expected: bool = False
    """True for a file that is meant to be edited: it is told, and is no fault."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that a check found."""

    project: str
    template: str
    version: str
    """Version of the template that the project was made from."""
    environments: tuple[str, ...]
    """Environments that the project is wired to."""
    findings: tuple[Finding, ...]

    def faults(self) -> tuple[Finding, ...]:
        """Return what must be put right."""
        return tuple(finding for finding in self.findings if not finding.expected)

    def edited(self) -> tuple[Finding, ...]:
        """Return the files that were edited as they were meant to be."""
        return tuple(finding for finding in self.findings if finding.expected)

    def data(self) -> dict[str, Any]:
        """Return plain data of the schema `stackwright.check/v1`."""
        return {
            "schema": SCHEMA,
            "project": self.project,
            "template": {"name": self.template, "version": self.version},
            "environments": list(self.environments),
            "passed": not self.faults(),
            "findings": [asdict(finding) for finding in self.findings],
        }


def check_project(folder: Path, templates: Path) -> Report:
    """Return all that is not as it should be with the project in a folder.

    Args:
        folder: Folder of the project.
        templates: Folder of the templates that are installed.

    Raises:
        InputError: The lock is damaged; every problem is listed.
        StackwrightError: An installed template is damaged, or a file cannot be read.
    """
    lock = read_lock(folder)
    _require_inside(lock, folder)
    name, needs = project_name(lock, folder), project_needs(lock, folder)
    wired = sorted((folder / FOLDER).glob("*.json"))
    findings = [
        *_template(lock, templates),
        *(finding for file in wired for finding in _wiring(file, folder, name, needs)),
        *(finding for path in sorted(lock.files) for finding in _file(folder, path, lock)),
    ]
    environments = tuple(file.stem for file in wired)
    return Report(name, lock.template.name, lock.template.version, environments, tuple(findings))


def _require_inside(lock: Lock, folder: Path) -> None:
    """Refuse paths that a template cannot have made: they would lead out of the project.

    Raises:
        InputError: Every such path is listed.
    """
    hint = "Take the file back from version control."
    problems = [
        Problem(f"the path {path!r} {reason}.", str(folder / LOCK_FILE), path="files", hint=hint)
        for path in lock.files
        if (reason := next(filter(None, map(segment_problem, path.split("/"))), ""))
    ]
    if problems:
        raise InputError(problems)


def _template(lock: Lock, templates: Path) -> Iterator[Finding]:
    made = lock.template
    if made.name not in template_names(templates):
        message = "this Stackwright has no such template; install the version that has it."
        yield Finding("template", made.name, "missing", message)
        return
    installed = read_template(templates / made.name)
    if installed.digest == made.digest:
        return
    if installed.manifest.version == made.version:
        message = f"version {made.version} of this Stackwright differs from what it was made from."
    else:
        message = f"made from version {made.version}; installed is {installed.manifest.version}."
    yield Finding("template", made.name, "behind", message)


def _wiring(file: Path, folder: Path, project: str, needs: Needs) -> Iterator[Finding]:
    name = f"{FOLDER}/{file.name}"
    again = f"run: stackwright wire -e {file.stem} --from FILE"
    try:
        wiring = read_wiring(file)
    except InputError as error:
        for problem in error.problems:
            yield Finding("wiring", name, "damaged", f"{problem.message} {again}", problem.path)
        return
    if wiring.project != project or wiring.environment != file.stem:
        message = f"it is of {wiring.project} in {wiring.environment}; {again}"
        yield Finding("wiring", name, "damaged", message)
    for key in missing_keys(wiring, needs):
        message = f"the project needs this key and it is not there; {again}"
        yield Finding("wiring", name, "missing", message, key)
    for key, origin in sorted(pending_keys(wiring).items()):
        yield Finding("wiring", name, "pending", f"it comes from {origin}; then {again}", key)
    yield from _behind(wiring, name, folder)


def _behind(wiring: ProjectWiring, name: str, folder: Path) -> Iterator[Finding]:
    """Yield that a blueprint has changed; one that is not there, as in CI, says nothing."""
    path = wiring.source.path
    # The wiring is untrusted: a pipe would be waited for, and a device may have no end.
    if path is None or not (folder / path).is_file():
        return
    try:
        with (folder / path).open("rb") as blueprint:
            digest = hashlib.file_digest(blueprint, "sha256").hexdigest()
    except OSError:
        return
    if digest != wiring.source.sha256:
        message = (
            f"the blueprint {path} has changed since; run: stackwright wire"
            f" -e {wiring.environment} --from {shlex.quote(path)}"
        )
        yield Finding("wiring", name, "behind", message)


def _file(folder: Path, path: str, lock: Lock) -> Iterator[Finding]:
    locked = lock.files[path]
    edited = locked.owner == "yours"
    found = _state(folder, path, locked)
    if found is not None:
        state, message = found
        yield Finding("file", path, state, message, expected=edited)


def _state(folder: Path, path: str, locked: LockedFile) -> tuple[State, str] | None:
    file = folder / path
    above = [folder / parent for parent in Path(path).parents if parent.parts]
    try:
        if any(parent.is_symlink() for parent in above):
            return "changed", "a link stands where the template has a folder."
        mode = file.lstat().st_mode
        if not stat.S_ISREG(mode):
            return "changed", "this is no regular file any more."
        if sha256(file.read_bytes()) != locked.sha256:
            return "changed", "the file differs from what the template made."
    except (FileNotFoundError, NotADirectoryError):
        return "missing", "the template made this file, and it is gone."
    except OSError as error:
        raise StackwrightError(f"{file}: cannot be read: {error.strerror}") from error
    wanted = locked.mode == EXECUTABLE
    if bool(mode & stat.S_IXUSR) != wanted:
        return "mode", f"run: chmod {'+x' if wanted else '-x'} {path}"
    return None
