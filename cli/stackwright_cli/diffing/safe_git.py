"""Git, run so that nothing which a repository or a shell says makes it run another program."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_KEPT = (
    "GIT_CEILING_DIRECTORIES",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_KEY_",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_VALUE_",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
)
"""Variables that say which configuration holds and how far to look for a repository; every other
one of git's could name another repository, or a program to run."""

_SAFE = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
"""Objects that are not here are not fetched, nothing is written, and nobody is asked."""

_CONFIG = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "protocol.allow=never",
    "submodule.recurse=false",
)


def run(
    folder: Path,
    words: Sequence[str],
    config: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run git and wait for its end.

    Args:
        folder: Where to run it.
        words: The command and its arguments.
        config: Further settings; their names may hold any character.
    """
    return subprocess.run(  # noqa: S603 - git itself, without a shell
        command(*words),
        cwd=folder,
        env=variables(config or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


def command(*words: str) -> list[str]:
    """Return the command line of git, with settings that nothing in a repository overrides."""
    fixed = [word for setting in _CONFIG for word in ("-c", setting)]
    return ["git", "--no-pager", "--literal-pathspecs", *fixed, *words]


def variables(config: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that git runs with.

    Args:
        config: Further settings; their names may hold any character.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith(_KEPT)
    }
    count = kept.get("GIT_CONFIG_COUNT", "")
    first = int(count) if count.isdigit() else 0
    for number, (name, value) in enumerate(config.items(), first):
        kept[f"GIT_CONFIG_KEY_{number}"] = name
        kept[f"GIT_CONFIG_VALUE_{number}"] = value
    if config:
        kept["GIT_CONFIG_COUNT"] = str(first + len(config))
    return kept | _SAFE
