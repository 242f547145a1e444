"""What the variables of a GitLab pipeline say about a merge request.

Source: docs.gitlab.com, "Predefined CI/CD variables reference".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stackwright_cli.forge.shapes import is_commit


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What a pipeline is about."""

    project: str = ""
    """Number of the project that the merge request goes into; the pipeline may run in a fork."""
    merge_request: int = 0
    """0 where it is not about one."""
    commit: str = ""
    """Head of the merge request."""
    stand_ins: tuple[str, ...] = ()
    """The trial merge of a pipeline for merged results."""
    stamp: int = 0
    """Number of the job: one that is run again gets a higher one."""


def read(environment: Mapping[str, str]) -> Pipeline:
    """Return what this pipeline is about; an empty one outside of a pipeline."""
    get = environment.get
    project = get("CI_MERGE_REQUEST_PROJECT_ID") or get("CI_PROJECT_ID") or ""
    merge_request = _number(get("CI_MERGE_REQUEST_IID", ""))
    stamp = _number(get("CI_JOB_ID", ""))
    if not merge_request:
        return Pipeline(project, stamp=stamp)
    here = _commit(get("CI_COMMIT_SHA", ""))
    # It is set only where the pipeline runs on a trial merge, which is `here` then.
    head = _commit(get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", ""))
    return Pipeline(
        project=project,
        merge_request=merge_request,
        commit=head or here,
        stand_ins=(here,) if head and here and head != here else (),
        stamp=stamp,
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _commit(text: str) -> str:
    return text if is_commit(text) else ""
