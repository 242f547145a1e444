"""The forges that we know, and how to sign in to each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from stackwright_cli.forge.budget import Budget
from stackwright_cli.forge.github import HOW_TO_SIGN_IN as GITHUB_HINT
from stackwright_cli.forge.github import GitHub
from stackwright_cli.forge.gitlab import HOW_TO_SIGN_IN as GITLAB_HINT
from stackwright_cli.forge.gitlab import GitLab
from stackwright_cli.forge.occasion import Occasion
from stackwright_cli.forge.protocol import Forge
from stackwright_cli.forge.token import read_token


@dataclass(frozen=True, slots=True)
class Known:
    """One kind of forge."""

    client: type[GitHub] | type[GitLab]
    variable: str
    """Environment variable that holds the token."""
    hint: str
    """How to get one."""


KNOWN = {
    "github": Known(GitHub, "GITHUB_TOKEN", GITHUB_HINT),
    "gitlab": Known(GitLab, "GITLAB_TOKEN", GITLAB_HINT),
}


@contextmanager
def signed_in(where: Occasion, environment: Mapping[str, str], budget: Budget) -> Iterator[Forge]:
    """Yield the forge of an occasion; its connections end with the block.

    Raises:
        InputError: There is no token, or the repository or the address of the API is wrong.
    """
    known = KNOWN[where.forge]
    token = read_token(environment, known.variable, known.hint)
    client = known.client(where.repository, token, budget, api=where.api, authority=where.authority)
    try:
        yield client
    finally:
        client.close()
