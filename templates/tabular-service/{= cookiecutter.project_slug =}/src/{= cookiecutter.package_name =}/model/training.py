"""Trains a candidate: fit, choose the threshold, keep the run, register the version."""

from __future__ import annotations

import math
import platform
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .. import PROJECT
from ..errors import InputError
from ..registry.runs import Run
from ..registry.versions import CHALLENGER, Registry, Version
from .baseline import fit_baseline
from .bundle import Bundle, write_bundle
from .candidate import Candidate
from .card import model_card
from .contract import REFERENCE_ROWS, ModelContract, ModelFeature, model_features
from .metrics import area, measure
from .pipeline import build_pipeline
from .revision import Revision, read_revision
from .slices import slice_metrics
from .threshold import choose_threshold

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from ..data.prepared import Prepared
    from ..project import Project
    from ..settings import TrainingSettings


def train(project: Project, extra: pd.DataFrame | None = None) -> Version:
    """Train a candidate on the prepared data, register it and let `challenger` name it.

    Args:
        project: Gives data, settings and registry.
        extra: Labelled rows beside the prepared ones, as `data.labelled` returns them: features and
            the label (0 or 1) in the target's column. A part of them, as large as the validation's
            part of the prepared rows, goes to the validation rows.

    The same data, settings and rows give the same model.

    Raises:
        InputError: No data are prepared, all training rows have the same label, or none of them has
            a value of some feature.
        ProjectError: The registry does not answer.
    """
    from ..data.prepared import load

    prepared = load(project)
    revision = read_revision(project.root)
    candidate = fit_candidate(project, prepared, revision, extra)
    registry = Registry(project)
    with tempfile.TemporaryDirectory(prefix="training-") as folder:
        model = Path(folder) / "model"
        model.mkdir()
        digests = write_bundle(model, candidate.bundle)
        card = model_card(candidate, project.environment.name)
        (Path(folder) / "card.md").write_text(card, encoding="utf-8")
        version = registry.record(_run(project, candidate, revision, digests), Path(folder))
    registry.set_alias(CHALLENGER, version.number)
    return version


def fit_candidate(
    project: Project,
    prepared: Prepared,
    revision: Revision,
    extra: pd.DataFrame | None = None,
) -> Candidate:
    """Fit a model and measure it, without keeping anything.

    Raises:
        InputError: All training rows have the same label, or none of them has a value of some
            feature.
    """
    settings = project.settings.training
    contract, features = project.contract, model_features(project.contract)
    train_rows, validation_rows = _with_extra(prepared, extra, settings)
    matrix, labels = contract.encode(train_rows), contract.labels(train_rows)
    _require_information(project, matrix, labels)
    pipeline = build_pipeline(settings.model, features, settings.seed).fit(matrix, labels)
    baseline = fit_baseline(features, matrix, labels, settings.seed)

    unseen, truth = contract.encode(validation_rows), contract.labels(validation_rows)
    scores = pipeline.predict_proba(unseen)[:, 1]
    threshold = choose_threshold(
        truth,
        scores,
        false_negative_cost=settings.false_negative_cost,
        false_positive_cost=settings.false_positive_cost,
    )
    metrics = measure(truth, scores, threshold.value)
    own = ModelContract(
        project=PROJECT,
        model=settings.model,
        features=features,
        label=contract.target.meaning,
        threshold=threshold.value,
        threshold_rule=threshold.rule,
        reference=_reference(features, matrix, settings.seed),
        metrics=metrics.values(),
        commit=revision.commit,
        data_version=prepared.version,
        holdout=prepared.holdout_digest,
        seed=settings.seed,
        scikit_learn=_scikit_learn(),
        created=datetime.now(UTC).replace(microsecond=0),
    )
    return Candidate(
        bundle=Bundle(pipeline, own),
        metrics=metrics,
        slices=slice_metrics(contract, validation_rows, truth, scores, threshold.value),
        baseline_feature=baseline.feature,
        baseline_auc=area(truth, baseline.predict(unseen)),
        rows={
            "training": len(train_rows),
            "validation": len(validation_rows),
            "recent": 0 if extra is None else len(extra),
        },
    )


def _require_information(
    project: Project, matrix: NDArray[np.float64], labels: NDArray[np.int64]
) -> None:
    import numpy as np

    contract = project.contract
    empty = [bool(np.isnan(values).all()) for values in matrix.T]
    problems = [
        f"{column.name}: no training row has a value of it; give it the role `ignored`"
        for column, nothing in zip(contract.features(), empty, strict=True)
        if nothing
    ]
    if len(np.unique(labels)) < 2:
        problems.append(
            f"{contract.target.column}: all {len(labels)} training rows have the same label"
        )
    if problems:
        raise InputError([f"{project.contract_file}: {problem}" for problem in problems])


def _with_extra(
    prepared: Prepared, extra: pd.DataFrame | None, settings: TrainingSettings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Training and validation rows; extra ones are shared between them in the same way."""
    import numpy as np
    import pandas as pd

    if extra is None or extra.empty:
        return prepared.train, prepared.validation
    share = len(prepared.validation) / (len(prepared.train) + len(prepared.validation))
    order = np.random.default_rng(settings.seed).permutation(len(extra))
    kept = round(len(extra) * share)
    return (
        pd.concat([prepared.train, extra.iloc[order[kept:]]], ignore_index=True),
        pd.concat([prepared.validation, extra.iloc[order[:kept]]], ignore_index=True),
    )


def _reference(
    features: tuple[ModelFeature, ...], matrix: NDArray[np.float64], seed: int
) -> dict[str, tuple[float | str | None, ...]]:
    """A sorted sample of each feature that is not personal."""
    import numpy as np

    generator = np.random.default_rng(seed)
    size = min(len(matrix), REFERENCE_ROWS)
    chosen = np.sort(matrix[generator.choice(len(matrix), size, replace=False)], axis=0)
    return {
        feature.name: tuple(_plain(feature, value) for value in chosen[:, place])
        for place, feature in enumerate(features)
        if not feature.personal
    }


def _plain(feature: ModelFeature, value: float) -> float | str | None:
    if math.isnan(value):
        return None
    return float(value) if feature.values is None else feature.values[int(value)]


def _run(
    project: Project, candidate: Candidate, revision: Revision, digests: Mapping[str, str]
) -> Run:
    settings, own = project.settings.training, candidate.bundle.contract
    validation = {f"validation.{name}": value for name, value in candidate.metrics.values().items()}
    if candidate.baseline_auc is not None:
        validation["baseline.auc"] = candidate.baseline_auc
    rows = {f"rows.{name}": str(count) for name, count in candidate.rows.items()}
    return Run(
        name=f"{own.model} {own.created:%Y-%m-%d %H:%M}",
        parameters=dict(
            rows,
            model=own.model,
            seed=str(settings.seed),
            features=str(len(own.features)),
            threshold_rule=own.threshold_rule,
            baseline_feature=candidate.baseline_feature,
        ),
        metrics=dict(validation, threshold=own.threshold),
        tags={
            "commit": revision.commit,
            "commit.dirty": "unknown" if revision.dirty is None else str(revision.dirty).lower(),
            "data.version": own.data_version,
            "environment": project.environment.name,
            "seed": str(settings.seed),
            "model": own.model,
            "python": platform.python_version(),
            "scikit-learn": own.scikit_learn,
        },
        digests=digests,
    )


def _scikit_learn() -> str:
    import sklearn

    version: str = sklearn.__version__
    return version
