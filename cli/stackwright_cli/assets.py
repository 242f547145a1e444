"""Assets are the folders that the command copies from: `stacks` and `templates`.

In a checkout they are the folders at its root. A wheel carries a copy inside this package. The
checkout is preferred: an editable installation may hold an old copy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from stackwright.errors import StackwrightError

_PACKAGE = Path(__file__).resolve().parent


def asset_folder(name: Literal["stacks", "templates"], package: Path = _PACKAGE) -> Path:
    """Return the folder `name` of the checkout or of the wheel that holds `package`.

    Raises StackwrightError when neither has it: the installation is damaged.
    """
    checkout = package.parent.parent
    in_checkout = package.parent.name == "cli" and (checkout / "pyproject.toml").is_file()
    folder = checkout / name if in_checkout else package / name
    if not folder.is_dir():
        raise StackwrightError(
            f"{folder}: this folder of Stackwright is missing. Install Stackwright again."
        )
    return folder
