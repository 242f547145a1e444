"""The project that a command works in: the folder with `stackwright.lock`, and what it says."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from stackwright.blueprint.base import DnsLabel
from stackwright.blueprint.shown import dotted, shown
from stackwright.errors import InputError, Problem
from stackwright.wiring import CONTRACTS
from stackwright_cli.projects.manifest import SLUG_KEY, Needs
from stackwright_cli.projects.records import LOCK_FILE, Lock


def find_project(given: Path | None) -> Path:
    """Return the folder of the project.

    Args:
        given: Folder that the user named; None to look in the working directory and above it.

    Raises:
        InputError: There is no project there.
    """
    if given is not None:
        if not (given / LOCK_FILE).is_file():
            hint = "Name the folder that `stackwright new` made."
            raise InputError([Problem(f"this folder holds no {LOCK_FILE}.", str(given), hint=hint)])
        return given
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / LOCK_FILE).is_file():
            return folder
    message = f"neither this folder nor one above it holds a {LOCK_FILE}."
    raise InputError([Problem(message, hint="Go to the folder of a project, or give --project.")])


def project_name(lock: Lock, folder: Path) -> str:
    """Return the name of the project.

    Raises:
        InputError: The lock does not say it.
    """
    name = lock.answers.get(SLUG_KEY)
    try:
        return TypeAdapter[str](DnsLabel).validate_python(name, strict=True)
    except ValidationError:
        message = f"{shown(name)} is no name of a project."
        path = f"answers.{SLUG_KEY}"
        raise InputError([_in_lock(folder, message, path)]) from None


def project_needs(lock: Lock, folder: Path) -> Needs:
    """Return the keys of the platform's contracts that the project uses, by contract.

    Raises:
        InputError: The lock names a contract or key that this Stackwright does not know; every
            one is listed.
    """
    problems = []
    for contract, keys in lock.wiring.items():
        if contract not in CONTRACTS:
            path = dotted(("wiring", contract))
            problems.append(_in_lock(folder, "there is no such contract.", path))
            continue
        for key in sorted(set(keys) - CONTRACTS[contract].keys()):
            path = dotted(("wiring", contract, key))
            problems.append(_in_lock(folder, "there is no such key.", path))
    if problems:
        raise InputError(problems)
    return lock.wiring


def _in_lock(folder: Path, message: str, path: str) -> Problem:
    hint = "Take the file back from version control, or install the version that wrote it."
    return Problem(message, str(folder / LOCK_FILE), path=path, hint=hint)
