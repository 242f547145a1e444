"""Marks a comment as outdated, and leaves what it says below the mark."""

from __future__ import annotations

from collections.abc import Sequence

from stackwright_cli.forge.marker import Run, signed
from stackwright_cli.forge.steps import Found, Update

LONGEST = 400
"""Characters of the mark at most; parts leave room for it."""

FAILED = (
    "The job that compares the infrastructure did not finish for the latest state of this pull"
    " request. What follows may not be what would be deployed."
)
OVERTAKEN = (
    "A newer commit was pushed while this was written. What follows is about the older one; run"
    " the job of the newer one again."
)
BASE_MOVED = (
    "The platform on the base branch has changed since this branch left it. What follows stays true"
    " of this change alone, but the merged result may differ: update the branch to compare again."
)


def marked(text: str, head: str, sentence: str, *, alerts: bool) -> str:
    """Return a text below the mark.

    Args:
        text: Of the first part.
        head: Commit that it is about; empty where that is not known.
        sentence: Why it is outdated, as Markdown.
        alerts: Whether the forge shows `> [!WARNING]` as a box.
    """
    about = f" (it is about commit {head[:12]})" if head else ""
    box = "> [!WARNING]\n" if alerts else ""
    return f"{box}> **Outdated**{about}. {sentence}\n\n{text}"


def mark(found: Sequence[Found], sentence: str, *, alerts: bool) -> tuple[Update, ...]:
    """Return the change that marks the first part; nothing where it is marked already.

    Args:
        found: Our comments, the oldest first.
        sentence: Why it is outdated, as Markdown.
        alerts: Whether the forge shows `> [!WARNING]` as a box.
    """
    first = next((one for one in found if one.marker.part == 1), None)
    if first is None or first.marker.outdated:
        return ()
    marker = first.marker
    text = marked(first.text, marker.head, sentence, alerts=alerts)
    run = Run(marker.key, marker.head, marker.stamp, outdated=True)
    return (Update(1, first.message.id, signed(run, 1, text)),)
