"""What a deployment is made from: the blueprint and its programs, which each run reads anew."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from stackwright.engine.proposal import Refused
from stackwright.engine.workspace import PROJECT_FILE
from stackwright.naming import BLUEPRINT_FILE

_PATTERNS = (BLUEPRINT_FILE, "stacks/*/*.py", f"stacks/*/{PROJECT_FILE}")
"""The settings of a stack are left out: the engine writes them when it makes one."""


def sources(folder: Path) -> Mapping[str, str]:
    """Return a checksum of each file that decides what is deployed, by its path in a folder.

    Args:
        folder: Folder of the blueprint, which holds `stacks/`.
    """
    found = (path for pattern in _PATTERNS for path in folder.glob(pattern))
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in found}


def require_unchanged(before: Mapping[str, str], folder: Path) -> None:
    """Refuse to deploy a blueprint or a program that nobody was shown.

    Args:
        before: The `sources` of what was shown.
        folder: Folder of the blueprint.

    Raises:
        Refused: Files were changed, added or removed; all of them are named.
    """
    if changed := sorted({path for path, _ in before.items() ^ sources(folder).items()}):
        files = ", ".join(changed)
        raise Refused(f"{files} changed since the preview. Run it again to see what is new.")
