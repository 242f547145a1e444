"""Judges one version: on the frozen holdout, by slices, and on recent labelled rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from ..errors import ModelRefused
from ..model.baseline import fit_baseline
from ..model.card import SMALLEST_GROUP
from ..model.contract import model_features
from ..model.metrics import Metrics, area, measure
from ..model.slices import slice_metrics
from ..registry.versions import CHAMPION, Registry, Version
from .checks import (
    Areas,
    Check,
    drop_from_champion,
    gain_over_baseline,
    minimum_auc,
    other_holdout,
    recent_window,
    slice_gaps,
)

if TYPE_CHECKING:
    import pandas as pd

    from ..data.prepared import Prepared
    from ..model.bundle import Bundle
    from ..project import Project

REPORT_SCHEMA: Final = "gate-report/v1"
GATE_TAG: Final = "gate"
PASSED: Final = "passed"
FAILED: Final = "failed"
DATA_TAG: Final = "gate.data_version"
TIME_TAG: Final = "gate.time"
CHAMPION_TAG: Final = "gate.champion"
"""The version that the candidate was compared with; `none` where there was no champion."""
SETTINGS_TAG: Final = "gate.settings"
"""What the demands were: see `settings_digest`."""


@dataclass(frozen=True)
class GateResult:
    """What the gate found of one version."""

    version: int
    champion: int | None
    data_version: str
    time: str
    threshold: float
    checks: list[Check]
    holdout: Metrics
    slices: Mapping[str, Metrics]
    recent: Areas

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    @property
    def failing(self) -> list[Check]:
        """The checks that did not pass."""
        return [check for check in self.checks if not check.passed]

    def report(self) -> dict[str, Any]:
        """The result for a JSON file, with its schema; without the figures of very small groups."""
        document = dict(asdict(self), schema=REPORT_SCHEMA, passed=self.passed)
        slices = document["slices"].items()
        document["slices"] = {
            name: figures for name, figures in slices if figures["rows"] >= SMALLEST_GROUP
        }
        return document


@dataclass(frozen=True)
class _Champion:
    """The version to compare with: its number and model, or why there is none."""

    number: int | None
    bundle: Bundle | None
    without: str


def evaluate(project: Project, version: Version, recent: pd.DataFrame | None = None) -> GateResult:
    """Judge a version, tag it with the answer, and write the report `gate-<version>.json`.

    Args:
        project: Gives the holdout, the demands and the registry.
        version: The candidate.
        recent: Recent labelled rows, as `data.labelled` returns them, which the candidate was not
            trained on: features and the label (0 or 1) in the target's column.

    Raises:
        InputError: No data are prepared.
        ModelRefused: The candidate may not be loaded.
        ProjectError: The registry does not answer.
    """
    from ..data.prepared import load

    registry = Registry(project)
    prepared = load(project)
    candidate = registry.load(version)
    champion = _champion(registry, version)
    result = judge(project, prepared, candidate, champion, version.number, recent)
    report = json.dumps(result.report(), indent=1, allow_nan=False).encode() + b"\n"
    project.storage("reports").write(f"gate-{version.number}.json", report)
    _tag(registry, project, result)
    return result


def judge(
    project: Project,
    prepared: Prepared,
    candidate: Bundle,
    champion: _Champion,
    number: int,
    recent: pd.DataFrame | None,
) -> GateResult:
    """Compare a candidate with the demands, without writing anything."""
    settings, contract = project.settings.gate, project.contract
    baseline = fit_baseline(
        model_features(contract),
        contract.encode(prepared.train),
        contract.labels(prepared.train),
        project.settings.training.seed,
    )
    matrix, labels = contract.encode(prepared.holdout), contract.labels(prepared.holdout)
    scores, threshold = candidate.predict(matrix), candidate.contract.threshold
    slices = slice_metrics(contract, prepared.holdout, labels, scores, threshold)
    other = champion.bundle
    holdout = Areas(
        rows=len(labels),
        candidate=area(labels, scores),
        champion=None if other is None else area(labels, other.predict(matrix)),
        baseline=area(labels, baseline.predict(matrix)),
    )
    window = _recent_areas(project, candidate, other, recent)
    return GateResult(
        version=number,
        champion=champion.number,
        data_version=prepared.version,
        time=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        threshold=threshold,
        checks=[
            *other_holdout(candidate.contract.holdout, prepared.holdout_digest),
            minimum_auc(holdout, settings),
            gain_over_baseline(holdout, settings, baseline.feature, len(contract.features())),
            drop_from_champion(holdout, settings, champion.without),
            *slice_gaps(holdout, slices, settings),
            recent_window(window, settings, champion.without),
        ],
        holdout=measure(labels, scores, threshold),
        slices=slices,
        recent=window,
    )


def settings_digest(project: Project) -> str:
    """SHA-256, in hexadecimal, over the demands of configuration/project.yaml."""
    text = json.dumps(project.settings.gate.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def champion_text(number: int | None) -> str:
    """The champion's number as a tag holds it."""
    return "none" if number is None else str(number)


def _champion(registry: Registry, candidate: Version) -> _Champion:
    version = registry.version(CHAMPION)
    if version is None:
        return _Champion(None, None, "there is no champion")
    if version.number == candidate.number:
        return _Champion(version.number, None, "this version is the champion")
    try:
        return _Champion(version.number, registry.load(version), "")
    except ModelRefused as error:
        # Such a champion cannot serve either, so it must not keep a sound candidate out.
        return _Champion(version.number, None, f"the champion is refused: {error}")


def _recent_areas(
    project: Project, candidate: Bundle, champion: Bundle | None, recent: pd.DataFrame | None
) -> Areas:
    if recent is None or recent.empty:
        return Areas(rows=0, candidate=None)
    matrix, labels = project.contract.encode(recent), project.contract.labels(recent)
    return Areas(
        rows=len(labels),
        candidate=area(labels, candidate.predict(matrix)),
        champion=None if champion is None else area(labels, champion.predict(matrix)),
    )


def _tag(registry: Registry, project: Project, result: GateResult) -> None:
    """Tag the version; the answer comes last, so that a stopped run leaves no false pass."""
    registry.tag(result.version, GATE_TAG, FAILED)
    registry.tag(result.version, DATA_TAG, result.data_version)
    registry.tag(result.version, TIME_TAG, result.time)
    registry.tag(result.version, CHAMPION_TAG, champion_text(result.champion))
    registry.tag(result.version, SETTINGS_TAG, settings_digest(project))
    registry.tag(result.version, GATE_TAG, PASSED if result.passed else FAILED)
