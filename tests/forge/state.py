"""What a forge keeps: users, pull requests, comments, labels and checks of one repository."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

HEAD = "a" * 40
BASE_REPOSITORY = "acme/platform"
BASE_PROJECT = 42


@dataclass
class User:
    """Whose token it is."""

    login: str
    id: int
    is_app: bool = False
    """An app's token may not read `/user`, and its comments carry `[bot]`."""
    permissions: frozenset[str] = frozenset({"pull-requests", "issues", "checks"})
    """What it may write."""


@dataclass
class Comment:
    id: int
    pull_request: int
    author: User
    body: str
    hidden_for: int = 0
    """How many more listings do not show it yet."""
    is_system: bool = False


@dataclass
class Pull:
    number: int
    head: str = HEAD
    branch: str = "feature"
    repository: str = BASE_REPOSITORY
    """Where its head lives; a fork perhaps."""
    is_open: bool = True
    is_locked: bool = False
    labels: set[str] = field(default_factory=set)
    base: str = "main"


@dataclass
class State:
    """One repository; every change is under its lock."""

    users: dict[str, User] = field(default_factory=dict)
    """By token."""
    pulls: dict[int, Pull] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    history: dict[str, set[str]] = field(default_factory=dict)
    """Commit -> those that it has in its history."""
    newest: dict[str, str] = field(default_factory=dict)
    """Path -> commit of main that changed it last."""
    known_labels: set[str] = field(default_factory=set)
    checks: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    late_by: int = 0
    """Listings that do not show a new comment yet."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    last_id: int = 1000

    def say(self, number: int, author: User, body: str, *, is_system: bool = False) -> Comment:
        """Add a comment, as a person or a token does."""
        with self.lock:
            self.last_id += 1
            comment = Comment(self.last_id, number, author, body, 0, is_system)
            self.comments.append(comment)
            return comment

    def contains(self, commit: str, ancestor: str) -> bool:
        """Tell whether a commit is another one or has it in its history."""
        return commit == ancestor or ancestor in self.history.get(commit, set())

    def listed(self, number: int) -> list[Comment]:
        """Return the comments of a pull request that a listing shows."""
        with self.lock:
            found = [one for one in self.comments if one.pull_request == number]
            shown = [one for one in found if not one.hidden_for]
            for one in found:
                one.hidden_for = max(0, one.hidden_for - 1)
            return shown

    def comment(self, number: int) -> Comment | None:
        """Return the comment with a number."""
        return next((one for one in self.comments if one.id == number), None)

    def bodies(self, number: int, author: User) -> list[str]:
        """Return what one author says on a pull request, the oldest first."""
        return [
            one.body for one in self.comments if one.pull_request == number and one.author is author
        ]
