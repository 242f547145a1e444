"""Moves the alias of the version in use: forward after the gate, and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from ..errors import AnswerNo, InputError, ModelRefused
from .versions import CHALLENGER, CHAMPION, PREVIOUS, Registry, Version

if TYPE_CHECKING:
    from ..project import Project

ROLLED_BACK: Final = "rolled-back"
"""What the tag `gate` says of a version that was left: it must pass the gate again."""


@dataclass(frozen=True)
class Change:
    """Which version is in use now, and which one was before (None: there was none)."""

    champion: int
    before: int | None


def promote(project: Project, approved_by: str | None = None, version: str = CHALLENGER) -> Change:
    """Let a version be the champion. The service takes it up by itself.

    The old champion becomes `previous`. A version that is the champion already stays it.

    Args:
        project: Gives the registry, and whether the environment is production.
        approved_by: Who approved; needed in production, and noted on the version.
        version: Alias or number of the version.

    Raises:
        InputError: There is no such version.
        AnswerNo: The gate has not passed it as things are now, its files are not those that were
            registered, or in production nobody approved. All reasons at once.
        ProjectError: The registry does not answer.
    """
    registry = Registry(project)
    found = registry.require(version)
    champion = registry.champion_number()
    if found.number == champion:
        return Change(found.number, champion)
    problems = _gate_problems(project, found, champion) + _file_problems(registry, found)
    if project.environment.production and not approved_by:
        problems.append(
            f"environment {project.environment.name} is production, where a person must approve: "
            "promote --approve"
        )
    if problems:
        raise AnswerNo(f"version {found.number} is not promoted: " + "; ".join(problems))
    if champion is not None:
        registry.set_alias(PREVIOUS, champion)
    registry.tag(found.number, "promoted.time", _now())
    registry.tag(found.number, "promoted.by", approved_by or "nobody: not needed here")
    registry.set_alias(CHAMPION, found.number)
    return Change(found.number, champion)


def rollback(project: Project) -> Change:
    """Let the previous champion be the champion again, after loading it as the service does.

    The version that is left must pass the gate again before it can be promoted. There is one step
    back: after it there is no previous champion until the next promotion.

    Raises:
        AnswerNo: There is no previous champion.
        ModelRefused: The previous champion may not be loaded; nothing was changed.
        InputError: There is no registry.
        ProjectError: The registry does not answer.
    """
    registry = Registry(project)
    previous = registry.version(PREVIOUS)
    champion = registry.champion_number()
    if previous is None or previous.number == champion:
        raise AnswerNo("there is no previous champion to go back to")
    try:
        registry.load(previous)
    except ModelRefused as error:
        raise ModelRefused(
            f"version {previous.number} cannot be gone back to, nothing was changed: {error}"
        ) from error
    if champion is not None:
        # First, so that a rollback that is stopped here cannot leave a version that seems passed.
        registry.tag(champion, "gate", ROLLED_BACK)
        registry.tag(champion, "rolled-back.time", _now())
    registry.set_alias(CHAMPION, previous.number)
    registry.remove_alias(PREVIOUS)
    return Change(previous.number, champion)


def _gate_problems(project: Project, version: Version, champion: int | None) -> list[str]:
    """Why the gate's answer does not allow a promotion now; empty when it does."""
    from ..data.version import read_version
    from ..gate import evaluation as gate

    tags = version.tags
    answer = tags.get(gate.GATE_TAG)
    if answer != gate.PASSED:
        reasons = {
            None: "it was not evaluated",
            gate.FAILED: f"it failed the gate (see gate-{version.number}.json)",
            ROLLED_BACK: "it was rolled back",
        }
        return [f"{reasons.get(answer, 'its gate tag is odd')}; run `evaluate`"]
    data = read_version(project.storage("data"))
    if data is None:
        raise InputError(["no data are prepared, so the holdout is unknown; run `prepare`"])
    now = {
        "the data": (gate.DATA_TAG, data.version),
        "the champion": (gate.CHAMPION_TAG, gate.champion_text(champion)),
        "the gate's settings": (gate.SETTINGS_TAG, gate.settings_digest(project)),
    }
    changed = [name for name, (tag, value) in now.items() if tags.get(tag) != value]
    if not changed:
        return []
    return [f"since it passed the gate, {' and '.join(changed)} changed; run `evaluate`"]


def _file_problems(registry: Registry, version: Version) -> list[str]:
    try:
        registry.verify(version)
    except ModelRefused as error:
        return [str(error)]
    return []


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
