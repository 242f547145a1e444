"""What `stackwright comment` answers: what was done, for people and as versioned JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from stackwright.report.words import plural
from stackwright_cli.forge.reconcile import Outcome, State

SCHEMA = "stackwright.comment/v1"

_SENTENCES = {
    State.CREATED: "Wrote a comment",
    State.UPDATED: "Updated the comment",
    State.UNCHANGED: "The comment is as it should be",
    State.SILENT: "Nothing changes, so nothing was written",
    State.SUPERSEDED: "Nothing was written: there is a newer commit or a newer run",
    State.OUTDATED: "Marked the comment as outdated",
    State.NO_COMMENT: "There is no comment that could be outdated",
    State.NO_PULL_REQUEST: "Nothing was written: no open pull request has this commit as its head",
    State.DRY_RUN: "Nothing was written: this is what would be",
}


@dataclass(frozen=True, slots=True)
class Result:
    """What was done."""

    forge: str
    repository: str
    pull_request: int
    """0 when there is none."""
    commit: str
    state: State
    url: str = ""
    parts: int = 0
    created: tuple[int, ...] = ()
    updated: tuple[int, ...] = ()
    deleted: tuple[int, ...] = ()
    labels_added: tuple[str, ...] = ()
    labels_removed: tuple[str, ...] = ()
    check: str = ""
    """URL of the check; `shown` where the forge gives none, empty when none was asked for."""
    summary: bool = False
    """Whether the summary of the job was written."""
    notes: tuple[str, ...] = ()
    """What was asked for and is not to be had here."""
    problems: tuple[str, ...] = ()
    """What failed after the comment was written."""
    messages: tuple[str, ...] = ()
    """What would be written; of a dry run only."""

    def data(self) -> dict[str, Any]:
        """Return the versioned JSON."""
        return {"schema": SCHEMA, **asdict(self)}

    def lines(self) -> Iterator[str]:
        """Yield the answer for people."""
        yield from (f"{message.rstrip()}\n" for message in self.messages)
        where = f" on pull request {self.pull_request} of {self.repository}"
        size = f", in {plural('part', self.parts)}" if self.parts > 1 else ""
        sentence = f"{_SENTENCES[self.state]}{where if self.pull_request else ''}{size}."
        yield f"{sentence} {self.url}".rstrip()
        for verb, names in (("Added", self.labels_added), ("Removed", self.labels_removed)):
            if names:
                yield f"{verb} {', '.join(names)}."
        if self.check:
            yield f"Check: {self.check}"
        if self.summary:
            yield "Wrote the summary of the job."
        yield from self.notes


def of_outcome(outcome: Outcome) -> dict[str, Any]:
    """Return what an outcome says, as fields of a result."""
    return {
        "state": outcome.state,
        "url": outcome.url,
        "parts": outcome.parts,
        "created": tuple(outcome.created),
        "updated": tuple(outcome.updated),
        "deleted": tuple(outcome.deleted),
    }
