"""What is deployed is what was reviewed: the digest that a diff shows, asked for again."""

from __future__ import annotations

import re
from pathlib import Path

from stackwright.diff.digest import SHORTEST, digest
from stackwright.engine.proposal import Refused
from stackwright.environment import Environment
from stackwright.errors import InputError, Problem
from stackwright.plan.make import make_plan


class NotReviewed(Refused):
    """The blueprint and its programs would deploy something else than what was reviewed."""

    exit_code = 3


def require_digest(text: str) -> str:
    """Return a digest as a person gave it, in lower case.

    Raises:
        InputError: It is none, or too short to name one.
    """
    if not re.fullmatch(rf"[0-9a-fA-F]{{{SHORTEST},64}}", text):
        message = f"{text!r} is no digest: {SHORTEST} to 64 hexadecimal characters are expected."
        hint = "The review shows it for each environment."
        raise InputError([Problem(message, path="--reviewed", hint=hint)])
    return text.lower()


def require_reviewed(environment: Environment, folder: Path, reviewed: str) -> None:
    """Refuse to go on unless an environment would be what was reviewed.

    Args:
        environment: The environment, as the blueprint says now.
        folder: Folder of the blueprint, which holds `stacks/`.
        reviewed: The digest, or its beginning.

    Raises:
        NotReviewed: It would be something else.
        PlanError: A program failed.
    """
    found = digest(make_plan(environment, folder))
    if not found.startswith(reviewed):
        name = environment.scope["environment"]
        raise NotReviewed(
            f"{name} would become {found[:SHORTEST]}, and {reviewed[:SHORTEST]} was reviewed. "
            f"See what differs: stackwright diff -e {name}"
        )
