"""The jobs of GitLab: one runs the merge request's code, one comments from a protected branch."""

from __future__ import annotations

from collections.abc import Mapping

from stackwright_cli.pipelines.place import Place
from stackwright_cli.pipelines.rendering import filled

DIFF_FILE = "stackwright-diff.json"
"""The artifact of the job that compares."""

PAGES_FOLDER = "stackwright-pages"
"""The artifact of the job that comments: a page for each merge request."""

ROOT_FILE = ".gitlab-ci.yml"


def jobs(place: Place, python: str) -> Mapping[str, str]:
    """Return the files by their paths below the root of the repository.

    Args:
        place: The blueprint.
        python: Version of Python, such as `3.13`.
    """
    own = f".gitlab/{place.named('stackwright')}.yml"
    values = {
        "BLUEPRINT": place.blueprint,
        "COMMENT_JOB": place.named("stackwright-comment"),
        "DIFF_FILE": DIFF_FILE,
        "DIFF_JOB": place.named("stackwright-diff"),
        "PAGES": PAGES_FOLDER,
        "PYTHON": python,
        "REQUIREMENTS": place.requirements,
    }
    files = {own: filled("gitlab", values)}
    if not (place.root / ROOT_FILE).exists():
        files[ROOT_FILE] = include(own)
    return files


def include(file: str) -> str:
    """Return the lines of `.gitlab-ci.yml` that include a file of the repository."""
    return f"include:\n  - local: {file}\n"
