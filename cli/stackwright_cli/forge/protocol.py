"""What any forge must be able to do, and the few nouns that all of them share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from stackwright.report.diff.annotations import Annotation


@dataclass(frozen=True, slots=True)
class Message:
    """A comment on a pull request; GitLab calls it a note."""

    id: int
    """Given by the forge; a later message has a higher one."""
    author: str
    """Who wrote it, as `Forge.me` names the token's owner."""
    body: str
    url: str = ""
    """Where a person reads it; empty where the forge does not tell."""


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request; GitLab calls it a merge request."""

    number: int
    head: str
    """Full commit that it would merge now."""
    is_open: bool
    url: str = ""
    base: str = ""
    """Branch that it goes into; empty where the forge does not tell."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a pull request comes from, as the event of a trusted job tells it."""

    repository: str
    """Full name of the repository, a fork perhaps."""
    branch: str


class Conclusion(StrEnum):
    """How a check ends."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    """There is something to see; nothing is refused."""
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Check:
    """A result that is shown at a commit."""

    name: str
    identity: str
    """The same for the same run, so that a check whose answer was lost is found again."""
    title: str
    summary: str
    """Markdown."""
    conclusion: Conclusion
    annotations: Sequence[Annotation] = ()
    """Remarks on lines; no more than one request takes."""


class Forge(Protocol):
    """One repository of a forge, as one token sees it. Every method may raise `ForgeFault`."""

    @property
    def title(self) -> str:
        """Name of the forge, for people."""

    @property
    def limit(self) -> int:
        """How many UTF-8 bytes a message of ours may have; a little less than the forge takes."""

    @property
    def shows_alerts(self) -> bool:
        """Whether every version of it shows `> [!WARNING]` as a coloured box."""

    @property
    def shows_annotations(self) -> bool:
        """Whether the annotations of a check are shown on their lines."""

    def me(self) -> str:
        """Return who the token belongs to, as authors of messages are named."""

    def pull_request(self, number: int) -> PullRequest:
        """Return a pull request as it is now."""

    def find(self, commit: str, source: Source | None) -> tuple[PullRequest, ...]:
        """Return the open pull requests whose head is a commit.

        Args:
            commit: Full commit.
            source: Where it comes from, if that is known; others are left out then.
        """

    def opened(self, branch: str) -> Iterator[PullRequest]:
        """Yield the open pull requests, those that changed last first.

        Args:
            branch: It goes into; empty for any.
        """

    def contains(self, commit: str, ancestor: str) -> bool:
        """Tell whether a commit is another one, or has it in its history."""

    def messages(self, number: int) -> Iterator[Message]:
        """Yield every message of a pull request, of all pages and all authors."""

    def create(self, number: int, body: str) -> Message:
        """Write a new message.

        Raises:
            ForgeFault: With `Fault.UNCERTAIN`, it may be there all the same: look first.
        """

    def update(self, number: int, message: int, body: str) -> Message:
        """Replace the text of a message."""

    def delete(self, number: int, message: int) -> None:
        """Remove a message; one that is gone already is no fault."""

    def labels(self, number: int) -> frozenset[str]:
        """Return the labels of a pull request."""

    def change_labels(self, number: int, add: Sequence[str], remove: Sequence[str]) -> None:
        """Add and remove labels; all others stay."""

    def check(self, commit: str, check: Check) -> str:
        """Show a check at a commit; return its URL, empty where there is none."""
