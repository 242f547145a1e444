"""What the event of a GitHub workflow says about a pull request.

Source: docs.github.com, "Events that trigger workflows" and "Webhook events and payloads". The
file is GitHub's own; names of branches in it are chosen by strangers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stackwright.errors import InputError, Problem
from stackwright_cli.forge.protocol import Source
from stackwright_cli.forge.shapes import is_commit, number, text, value

_LARGEST = 25 * 1024 * 1024
"""Bytes; GitHub caps the payload of an event at 25 MB."""

_ATTEMPTS = 1000
"""More than a run can be attempted, so that the stamps of two runs never meet."""


@dataclass(frozen=True, slots=True)
class Event:
    """What started a workflow."""

    pull_request: int = 0
    """0 where it has to be found by its commit."""
    commit: str = ""
    """Head of the pull request; empty when the event is about none."""
    stand_ins: tuple[str, ...] = ()
    """Commits that GitHub made from that head, such as the merge that `pull_request` checks out."""
    source: Source | None = None
    stamp: int = 0


def read(environment: Mapping[str, str]) -> Event:
    """Return the event that this workflow was started by; an empty one outside of a workflow.

    For `workflow_run` everything is that of the run that made the diff.

    Raises:
        InputError: The file of the event cannot be read, or that run was not about a pull request.
    """
    path = environment.get("GITHUB_EVENT_PATH", "")
    payload = _payload(path) if path else {}
    stamp = _stamp(environment.get("GITHUB_RUN_ID", ""), environment.get("GITHUB_RUN_ATTEMPT", ""))
    if "workflow_run" in payload:
        return _after(payload)
    if "pull_request" in payload:
        merged = environment.get("GITHUB_SHA", "")
        is_trial = environment.get("GITHUB_EVENT_NAME") == "pull_request"
        pull_request = payload["pull_request"]
        return Event(
            pull_request=number(pull_request, "number"),
            commit=_commit(pull_request, "head", "sha"),
            stand_ins=(merged,) if is_trial and is_commit(merged) else (),
            stamp=stamp,
        )
    return Event(stamp=stamp)


def _after(payload: Mapping[str, Any]) -> Event:
    run = payload["workflow_run"]
    kind = text(run, "event")
    if kind not in ("pull_request", "pull_request_target"):
        message = f"the workflow that ran before was started by '{kind}', not by a pull request."
        hint = "Let this job run only if github.event.workflow_run.event is 'pull_request'."
        raise InputError([Problem(message, hint=hint)])
    commit = _commit(run, "head_sha")
    return Event(
        pull_request=_listed(run, number(payload, "repository", "id")),
        commit=commit,
        source=Source(text(run, "head_repository", "full_name"), text(run, "head_branch")),
        stamp=number(run, "id") * _ATTEMPTS + number(run, "run_attempt"),
    )


def _listed(run: Any, repository: int) -> int:
    """Return the pull request that the event lists; 0 where it lists none or several.

    The list is empty for a pull request from a fork. A commit alone tells nothing: anybody may
    push one of ours to a fork, and let a pull request of his own begin there.
    """
    found = value(run, "pull_requests")
    made_from = (text(run, "head_sha"), number(run, "head_repository", "id"), repository)
    numbers = [
        number(item, "number")
        for item in (found if isinstance(found, list) else [])
        if _ends(item) == made_from and all(made_from)
    ]
    return numbers[0] if len(numbers) == 1 else 0


def _ends(item: Any) -> tuple[str, int, int]:
    """Return a pull request's head, the repository that it comes from and that it goes into."""
    head = text(item, "head", "sha")
    return head, number(item, "head", "repo", "id"), number(item, "base", "repo", "id")


def _payload(path: str) -> Mapping[str, Any]:
    try:
        with Path(path).open("rb") as file:
            payload = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        payload = None
    if not isinstance(payload, Mapping):
        raise InputError([Problem("GITHUB_EVENT_PATH names no event that can be read.", file=path)])
    return payload


def _commit(item: Any, *keys: str) -> str:
    found = text(item, *keys)
    return found if is_commit(found) else ""


def _stamp(run: str, attempt: str) -> int:
    if not (run.isascii() and run.isdigit()):
        return 0
    return int(run) * _ATTEMPTS + (int(attempt) if attempt.isascii() and attempt.isdigit() else 0)
