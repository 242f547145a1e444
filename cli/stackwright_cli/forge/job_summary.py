"""The summary of a job: a page of its own, which GitHub shows beside the job's log."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from stackwright.errors import StackwrightError

VARIABLE = "GITHUB_STEP_SUMMARY"
"""Names the file that a step appends Markdown to (docs.github.com, "Workflow commands")."""


def append(text: str, environment: Mapping[str, str]) -> bool:
    """Append to the summary of this job; return False where there is none.

    Raises:
        StackwrightError: It cannot be written.
    """
    path = environment.get(VARIABLE, "")
    if not path:
        return False
    try:
        with Path(path).open("a", encoding="utf-8", newline="\n") as file:
            file.write(text if text.endswith("\n") else f"{text}\n")
    except OSError as error:
        raise StackwrightError(f"{path}: cannot be written: {error.strerror}") from None
    return True
