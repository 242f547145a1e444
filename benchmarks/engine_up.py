"""The command `stackwright` with its checks of the world outside answered: there is no account.

State is saved once, at the end, as in the runs that it is compared with. Everything else of the
command is what a user runs.
"""

from __future__ import annotations

from typing import Any

import stackwright_cli
from stackwright.engine import lifecycle, workspace
from stackwright.engine.workspace import engine_variables


def nothing_found(*_: Any, **__: Any) -> tuple[()]:
    """Answer in place of `verify`: nothing was looked at."""
    return ()


def saved_once() -> dict[str, str]:
    """Answer in place of `engine_variables`: state is saved as the caller's variables say."""
    variables = engine_variables()
    del variables["PULUMI_SKIP_CHECKPOINTS"]
    return variables


if __name__ == "__main__":
    vars(lifecycle)["verify"] = nothing_found
    vars(workspace)["engine_variables"] = saved_once
    stackwright_cli.command_line()
