"""What encrypts the secrets in a state, and whether what it needs is there.

Pulumi forgets the secrets provider that a settings file names when it makes a stack without being
told one. So a new stack is told.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import yaml

from stackwright.engine.backend import Kind, backend_of
from stackwright.engine.workspace import LayerFolder
from stackwright.errors import InputError, Problem

PASSPHRASE = "passphrase"  # noqa: S105  # the kind, no secret

_VARIABLE = "PULUMI_CONFIG_PASSPHRASE"
_FILE_VARIABLE = "PULUMI_CONFIG_PASSPHRASE_FILE"


def provider_of_new_stack(folder: LayerFolder) -> str | None:
    """Return what encrypts the secrets of a stack that is made now.

    The stack's own settings file says so; else all others of the project, when they agree; else
    it is a passphrase. None for a Pulumi Cloud, which has keys of its own.
    """
    if own := _written(folder.settings_file):
        return own
    others = {_written(path) for path in sorted(folder.folder.glob("Pulumi.*.yaml"))} - {""}
    if len(others) == 1:
        return others.pop()
    return None if backend_of(folder).kind in (Kind.CLOUD, Kind.NONE) else PASSPHRASE


def require_passphrase(folders: Iterable[LayerFolder]) -> None:
    """Refuse to begin without a passphrase that will be needed.

    Raises:
        InputError: It is not given.
    """
    found = dict.fromkeys(filter(None, map(passphrase_problem, folders)))
    if found:
        raise InputError(list(found))


def passphrase_problem(folder: LayerFolder) -> Problem | None:
    """Return what is wrong with the passphrase of a layer; None when it is there or not needed.

    Whether it is the right one only the engine finds out.
    """
    if provider_of_new_stack(folder) != PASSPHRASE:
        return None
    variables = folder.process_variables
    if _VARIABLE in variables:
        return None
    file = variables.get(_FILE_VARIABLE, "")
    if not file:
        return Problem(
            f"a passphrase encrypts the secrets of {folder.environment}, and it is not given.",
            hint=f"Set {_FILE_VARIABLE} to a file that holds it, or {_VARIABLE} to itself.",
        )
    # The engine is started in the layer's folder, and takes the path from there.
    if not os.access(folder.folder / file, os.R_OK):
        return Problem(f"{_FILE_VARIABLE} names this file, which cannot be read.", file=file)
    return None


def _written(path: Path) -> str:
    """Return what a settings file says; empty when it says nothing.

    Raises:
        InputError: It cannot be read as YAML of a mapping.
    """
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except FileNotFoundError:
        return ""
    except OSError as error:
        problem = Problem(f"it cannot be read: {error.strerror}.", file=str(path))
        raise InputError([problem]) from None
    except (ValueError, yaml.YAMLError):
        raise InputError([Problem("this is no valid YAML.", file=str(path))]) from None
    if not isinstance(found, dict):
        raise InputError([Problem("a mapping is expected.", file=str(path))])
    provider = found.get("secretsprovider")
    if isinstance(provider, str) and provider not in ("", "default"):
        return provider
    return PASSPHRASE if found.get("encryptionsalt") else ""
