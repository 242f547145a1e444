"""One retraining: from labelled traffic to a new champion, or a reason why not."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ..errors import AnswerNo
from .runs import Runs

if TYPE_CHECKING:
    from ..data.labelled import Labelled
    from ..gate.checks import Check
    from ..project import Project

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Retrained:
    """What a retraining led to.

    ``promoted`` is false where the new version passed the gate and waits for a person's approval.
    """

    version: int
    champion_before: int | None
    promoted: bool
    training_rows: int
    recent_rows: int
    rejected_rows: int
    rejected: tuple[str, ...]


def retrain(project: Project, now: datetime, *, force: bool = False) -> Retrained:
    """Train on labelled rows beside the prepared ones, judge the candidate, and promote it.

    Labelled rows are those whose prediction is still in the log. A part of them is never trained
    on: the gate compares candidate and champion on it. In production nothing is promoted.

    Args:
        project: gives settings, storages and registry.
        now: the time, aware of its zone.
        force: ignore the cool-down; another retraining that runs is respected all the same.

    Raises:
        AnswerNo: there are too few rows, another one runs or ran too recently, or the candidate
            did not pass the gate. The champion is as before.
        InputError: no data are prepared.
        ProjectError: the registry or a storage could not be reached.
    """
    from ..data.labelled import labelled_rows

    settings = project.settings
    since = now - timedelta(days=settings.serving.retention_days)
    labelled = labelled_rows(project, since)
    _refuse_too_few(labelled, settings.retraining.minimum_rows)
    pause = timedelta(hours=settings.retraining.cool_down_hours)
    if force:
        logger.warning("the cool-down is ignored, as --force was given")
        pause = timedelta()
    runs = Runs(project.storage("retraining"))
    key, run = runs.begin(now, pause)
    outcome = "failed"
    try:
        answer = _train_and_promote(project, labelled)
        outcome = f"version {answer.version} " + ("promoted" if answer.promoted else "waits")
    except AnswerNo as error:
        outcome = f"refused: {error}"
        raise
    finally:
        runs.end(key, run, datetime.now(UTC), outcome)
    return answer


def _refuse_too_few(labelled: Labelled, needed: int) -> None:
    rows = len(labelled.frame)
    if rows >= needed:
        return
    message = f"{rows} labelled valid rows, {needed - rows} more are needed (of {needed})"
    if labelled.rejected_rows:
        message += f"; {labelled.rejected_rows} were rejected: " + "; ".join(labelled.rejected[:5])
    raise AnswerNo(message)


def _train_and_promote(project: Project, labelled: Labelled) -> Retrained:
    from ..data.prepared import load
    from ..data.splits import without_holdout
    from ..gate.evaluation import evaluate
    from ..model.training import train
    from ..registry.promotion import promote
    from ..registry.versions import Registry

    given, recent = labelled.training, labelled.recent
    training = without_holdout(project.contract, given, load(project).holdout)
    if len(training) < len(given):
        copies = len(given) - len(training)
        logger.warning("%d copies of holdout rows are not trained on", copies)
    before = Registry(project).champion_number()
    logger.info("training on %d labelled rows beside the prepared ones", len(training))
    version = train(project, extra=training)
    result = evaluate(project, version, recent)
    if not result.passed:
        failing = "; ".join(_words(check) for check in result.failing)
        raise AnswerNo(
            f"version {version.number} did not pass the gate, the champion stays: {failing}"
        )
    promoted = not project.environment.production
    if promoted:
        promote(project, version=str(version.number))
    return Retrained(
        version=version.number,
        champion_before=before,
        promoted=promoted,
        training_rows=len(training),
        recent_rows=len(recent),
        rejected_rows=labelled.rejected_rows,
        rejected=labelled.rejected,
    )


def _words(check: Check) -> str:
    if check.value is None or check.limit is None:
        return f"{check.name}: {check.detail}"
    return f"{check.name}: {check.value:.3f} is below {check.limit:.3f} ({check.detail})"
