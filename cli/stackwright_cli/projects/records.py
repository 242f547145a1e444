"""What a project remembers of its making: `stackwright.lock` and the base for later updates.

Both are sorted JSON and depend on nothing but the template and the answers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError

from stackwright.blueprint.base import BlueprintModel
from stackwright.blueprint.shown import dotted
from stackwright.errors import InputError, Problem, StackwrightError
from stackwright_cli.projects.manifest import Need
from stackwright_cli.projects.template import EXECUTABLE, PLAIN, is_text

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from stackwright_cli.projects.renderer import RenderedFile
    from stackwright_cli.projects.template import Template

LOCK_FILE = "stackwright.lock"
LOCK_SCHEMA = "stackwright.lock/v1"

BASE_FILE = ".stackwright/base.json"
BASE_SCHEMA = "stackwright.base/v1"

LARGEST_BASE = 256 * 1024
"""Bytes of a file above which the base keeps its hash only."""

Owner = Literal["managed", "yours"]

_Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class LockedTemplate(BlueprintModel):
    """The template that a project was made from."""

    name: str
    version: str
    digest: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
    """Digest over path, mode and content of the template's files."""


class LockedFile(BlueprintModel):
    """One file as the template rendered it."""

    sha256: _Sha256
    mode: Literal["100644", "100755"]
    """Mode in Git's words."""
    owner: Owner
    """`managed` by the template, or `yours` to edit."""


class Lock(BlueprintModel):
    """All that `stackwright.lock` says."""

    schema_: Literal["stackwright.lock/v1"] = Field(alias="schema")
    template: LockedTemplate
    answers: dict[str, str | int | bool]
    wiring: dict[str, dict[str, Need]]
    """Keys of the platform's contracts that the project uses, by contract."""
    files: dict[str, LockedFile]
    """Every file of the template by its path in the project."""


def lock_text(
    template: Template, answers: Mapping[str, Any], files: Mapping[str, RenderedFile]
) -> str:
    """Return the text of `stackwright.lock`."""
    manifest = template.manifest
    return _json(
        {
            "schema": LOCK_SCHEMA,
            "template": {
                "name": template.name,
                "version": manifest.version,
                "digest": template.digest,
            },
            "answers": dict(answers),
            "wiring": manifest.wiring,
            "files": {
                path: {
                    "sha256": sha256(file.content),
                    "mode": file.mode,
                    "owner": "yours" if _matches(path, manifest.yours) else "managed",
                }
                for path, file in files.items()
            },
        }
    )


def base_text(template: Template, files: Mapping[str, RenderedFile]) -> str:
    """Return the text of `.stackwright/base.json`: what was rendered, for three-way updates."""
    entries = {
        path: {"text": file.content.decode("utf-8")}
        if _keeps_text(template, path, file)
        else {"sha256": sha256(file.content)}
        for path, file in files.items()
    }
    return _json({"schema": BASE_SCHEMA, "files": entries})


def read_lock(project: Path) -> Lock:
    """Return the lock of the project in a folder.

    Raises:
        InputError: There is none, or it is not what `stackwright new` writes; all is listed.
        StackwrightError: The system refuses to read it.
    """
    path = project / LOCK_FILE
    try:
        return Lock.model_validate_json(path.read_bytes(), strict=True)
    except FileNotFoundError as error:
        hint = "Go to the folder of a project that `stackwright new` made."
        raise InputError([Problem("there is no such file.", str(path), hint=hint)]) from error
    except OSError as error:
        raise StackwrightError(f"{path}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise InputError([_problem(path, fault) for fault in error.errors()]) from error


def sha256(content: bytes) -> str:
    """Return the digest of a file in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def permissions(mode: str) -> int:
    """Return the permission bits of a mode in Git's words."""
    return {EXECUTABLE: 0o755, PLAIN: 0o644}[mode]


def _keeps_text(template: Template, path: str, file: RenderedFile) -> bool:
    is_small = len(file.content) <= LARGEST_BASE
    return is_small and is_text(file.content) and not _matches(path, template.manifest.locks)


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def _problem(path: Path, fault: ErrorDetails) -> Problem:
    message = f"this is not what `stackwright new` writes: {fault['msg']}."
    hint = "Take the file back from version control."
    return Problem(message, str(path), path=dotted(fault["loc"]), hint=hint)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
