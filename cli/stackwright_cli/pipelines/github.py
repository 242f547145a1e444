"""The workflows of GitHub: one runs the pull request's code and may do nothing, one comments."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stackwright.blueprint.shown import shown
from stackwright.errors import InputError, Problem
from stackwright_cli.pipelines.actions import used
from stackwright_cli.pipelines.place import Place
from stackwright_cli.pipelines.rendering import filled

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+")


@dataclass(frozen=True, slots=True)
class Preview:
    """An environment that the real engine is asked about."""

    environment: str
    role: str
    """ARN of the role that its job takes."""
    region: str


def preview(environment: str, role: str, region: str) -> Preview:
    """Return a preview, whose role must be one.

    Raises:
        InputError: The role is no ARN of a role of AWS.
    """
    if not _ROLE.fullmatch(role):
        message = f"{shown(role)} is no ARN of a role, such as arn:aws:iam::123456789012:role/read."
        raise InputError([Problem(message, path="--preview")])
    return Preview(environment, role, region)


def workflows(place: Place, python: str, previews: Sequence[Preview] = ()) -> Mapping[str, str]:
    """Return the files by their paths below the root of the repository.

    Args:
        place: The blueprint.
        python: Version of Python, such as `3.13`.
        previews: What the engine is asked, for branches of the repository itself.
    """
    values = _values(place, python)
    diff = filled("github-diff", values)
    for one in previews:
        own = {"ENVIRONMENT": one.environment, "ROLE": one.role, "REGION": one.region}
        diff += filled("github-preview", {**values, **own})
    kind = "previewed" if previews else "plain"
    steps = filled(f"github-comment-{kind}", values)
    comment = filled("github-comment", {**values, "COMMENT_STEPS": steps})
    folder = ".github/workflows"
    return {
        f"{folder}/{values['DIFF_GROUP']}.yml": diff,
        f"{folder}/{values['COMMENT_GROUP']}.yml": comment,
    }


def _values(place: Place, python: str) -> dict[str, str]:
    suffix = f" {place.suffix}" if place.suffix else ""
    return {
        **used(),
        "BLUEPRINT": place.blueprint,
        "BRANCH": place.branch,
        "COMMENT_GROUP": place.named("stackwright-comment"),
        "COMMENT_NAME": f"Stackwright comment{suffix}",
        "DIFF_GROUP": place.named("stackwright-diff"),
        "DIFF_NAME": f"Stackwright diff{suffix}",
        "PYTHON": python,
        "REQUIREMENTS": place.requirements,
        "WATCHED": "".join(f"      - {_pattern(path)}\n" for path in place.watched),
    }


def _pattern(path: str) -> str:
    return f"{path}**" if path.endswith("/") else path
