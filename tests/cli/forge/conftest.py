"""A fake forge of each kind, and our client for it, which does not really wait."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest
from tests.forge.server import TOKEN, FakeForge, fake_forge
from tests.forge.state import BASE_PROJECT, BASE_REPOSITORY

from stackwright_cli.forge.budget import Budget
from stackwright_cli.forge.github import GitHub
from stackwright_cli.forge.gitlab import GitLab
from stackwright_cli.forge.token import Token


class Patience(Budget):
    """A budget whose waits are noted, and whose clock moves on by them."""

    def __init__(self, seconds: float = 300.0) -> None:
        self.waits: list[float] = []
        super().__init__(seconds, clock=self._now, sleep=self._note)

    def _now(self) -> float:
        return time.monotonic() + sum(self.waits)

    def _note(self, seconds: float) -> None:
        self.waits.append(seconds)


Client = GitHub | GitLab


class Connect(Protocol):
    def __call__(self, fake: FakeForge, token: str = TOKEN, budget: Budget = ...) -> Client: ...


def client_of(fake: FakeForge, budget: Budget, token: str = TOKEN) -> Client:
    """Return our client for a fake forge."""
    if fake.kind == "github":
        return GitHub(BASE_REPOSITORY, Token(token), budget, api=fake.url)
    return GitLab(str(BASE_PROJECT), Token(token), budget, api=fake.url)


@pytest.fixture
def patience() -> Patience:
    return Patience()


@pytest.fixture(params=["github", "gitlab"])
def fake(request: pytest.FixtureRequest) -> Iterator[FakeForge]:
    """Run a fake forge; a test that takes it runs once for each kind."""
    with fake_forge(request.param) as forge:
        yield forge


@pytest.fixture
def github() -> Iterator[FakeForge]:
    """Run a fake GitHub."""
    with fake_forge("github") as forge:
        yield forge


@pytest.fixture
def gitlab() -> Iterator[FakeForge]:
    """Run a fake GitLab."""
    with fake_forge("gitlab") as forge:
        yield forge


@pytest.fixture
def connect(patience: Patience) -> Iterator[Connect]:
    """Return a function that gives our client for a fake forge; all are closed in the end."""
    with ExitStack() as stack:

        def client(fake: FakeForge, token: str = TOKEN, budget: Budget = patience) -> Client:
            found = client_of(fake, budget, token)
            stack.callback(found.close)
            return found

        yield client


@pytest.fixture
def client(fake: FakeForge, connect: Connect) -> Client:
    """Return our client for the fake forge."""
    return connect(fake)
