"""The command `stackwright` with its checks of the world outside answered: there is no account.

Everything else of the command is what a user runs.
"""

from __future__ import annotations

from typing import Any

import stackwright_cli
from stackwright.engine import lifecycle


def nothing_found(*_: Any, **__: Any) -> tuple[()]:
    """Answer in place of `verify`: nothing was looked at."""
    return ()


if __name__ == "__main__":
    vars(lifecycle)["verify"] = nothing_found
    stackwright_cli.command_line()
