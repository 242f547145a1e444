"""An occasion is why a run comments: where, on which pull request and about which commit.

All of it comes from the CI system's own variables and its event file, or from who typed the
command; nothing of it comes from the diff, which a stranger may have written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from stackwright.errors import InputError, Problem
from stackwright_cli.forge import github_event, gitlab_variables
from stackwright_cli.forge.protocol import Source
from stackwright_cli.forge.shapes import is_commit

FORGES = ("github", "gitlab")


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a run comments."""

    forge: str
    """One of `FORGES`."""
    api: str = ""
    """Base URL of the API; empty for the public one."""
    repository: str = ""
    """Name or number, as the forge's API takes it."""
    pull_request: int = 0
    """0 where it has to be found by its commit."""
    commit: str = ""
    """Head of the pull request that the run is about; empty where the forge has to say it."""
    stand_ins: tuple[str, ...] = ()
    """Commits that the forge itself made from that head to test it, such as a trial merge."""
    source: Source | None = None
    """Where the pull request comes from; None where that is not known."""
    stamp: int = 0
    """Grows from run to run; 0 outside of a pipeline."""
    authority: str = ""
    """File of a certificate authority that the CI system names; empty for none."""


def occasion(
    environment: Mapping[str, str],
    *,
    forge: str = "",
    repository: str = "",
    pull_request: int = 0,
    commit: str = "",
    required: bool = True,
) -> Occasion:
    """Return why this run comments; what is given wins over what the CI system says.

    Args:
        environment: Of the process.
        forge: One of `FORGES`; found by the CI system when empty.
        repository: Where it comments; another one than the event's makes the event meaningless.
        pull_request: Its number; 0 to find it.
        commit: Full commit; the pull request whose head it is is found by it.
        required: Whether it is wrong that something is not known; a dry run needs nothing.

    Raises:
        InputError: The forge, repository or pull request is not known, or the event is no good.
    """
    _refuse_no_commit(commit)
    name = forge or _forge(environment) or ("" if required else FORGES[0])
    if not name:
        message = "this runs neither in GitHub Actions nor in GitLab CI."
        hint = "Say where the pull request is: --forge, --repository and --pull-request."
        raise InputError([Problem(message, hint=hint)])
    found = _from_github(environment) if name == "github" else _from_gitlab(environment)
    if repository and repository.lower() != found.repository.lower():
        found = Occasion(name, found.api, repository, authority=found.authority)
    if pull_request and pull_request != found.pull_request:
        found = replace(found, pull_request=pull_request, commit="", stand_ins=(), source=None)
    if commit and commit != found.commit:
        number = pull_request if pull_request else 0
        found = replace(found, commit=commit, pull_request=number, stand_ins=(), source=None)
    if required:
        _require(found)
    return found


def _forge(environment: Mapping[str, str]) -> str:
    if environment.get("GITHUB_ACTIONS") == "true":
        return "github"
    if environment.get("GITLAB_CI") == "true":
        return "gitlab"
    return ""


def _refuse_no_commit(commit: str) -> None:
    if commit and not is_commit(commit):
        message = f"'{commit}' is no full commit of 40 or 64 hexadecimal digits."
        raise InputError([Problem(message, path="--commit", hint="See: git rev-parse HEAD.")])


def _from_github(environment: Mapping[str, str]) -> Occasion:
    event = github_event.read(environment)
    return Occasion(
        forge="github",
        api=environment.get("GITHUB_API_URL", ""),
        repository=environment.get("GITHUB_REPOSITORY", ""),
        pull_request=event.pull_request,
        commit=event.commit,
        stand_ins=event.stand_ins,
        source=event.source,
        stamp=event.stamp,
    )


def _from_gitlab(environment: Mapping[str, str]) -> Occasion:
    event = gitlab_variables.read(environment)
    return Occasion(
        forge="gitlab",
        api=environment.get("CI_API_V4_URL", ""),
        repository=event.project,
        pull_request=event.merge_request,
        commit=event.commit,
        stand_ins=event.stand_ins,
        stamp=event.stamp,
        authority=environment.get("CI_SERVER_TLS_CA_FILE", ""),
    )


def _require(found: Occasion) -> None:
    problems = []
    if not found.repository:
        hint = "Give --repository, such as acme/platform."
        problems.append(Problem("the repository is not known.", hint=hint))
    if not found.pull_request and not found.commit:
        hint = "Give --pull-request or --commit, or run it on an event of a pull request."
        problems.append(Problem("the pull request is not known.", hint=hint))
    if problems:
        raise InputError(problems)
