"""Settings are what configuration/project.yaml says; each has a default that works."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(gt=0, lt=1)]
"""A part of a whole, above 0 and below 1."""

MEBIBYTE = 1024 * 1024


class Section(BaseModel):
    """A part of a file that people edit: strict, and without keys that nothing reads."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )


class TrainingSettings(Section):
    """How a model is made."""

    seed: int = Field(default=42, ge=0, lt=2**32)
    """Seed of the splits and of the training; the same seed and data give the same model."""
    model: Literal["logistic", "gradient-boosting"] = "logistic"
    """Kind of model. `logistic` is enough for a few hundred rows."""
    validation_share: Share = 0.2
    """Part of all rows that the threshold is chosen on."""
    holdout_share: Share = 0.2
    """Part of all rows that only the gate sees. Read when a holdout is made, and never after."""
    false_negative_cost: float = Field(default=2.0, gt=0)
    """What a missed positive costs; the threshold makes the cost on the validation rows least."""
    false_positive_cost: float = Field(default=1.0, gt=0)
    """What a false alarm costs, in the same unit."""


class GateSettings(Section):
    """What a candidate must show before it may be promoted."""

    minimum_auc: float = Field(default=0.70, ge=0.5, le=1)
    """Least area under the ROC curve on the holdout."""
    minimum_gain_over_baseline: float = Field(default=0.01, ge=0, le=1)
    """Least gain in area over the baseline that was trained on the same rows."""
    maximum_drop_from_champion: float = Field(default=0.03, ge=0, le=1)
    """Most area that a candidate may lose against the champion, on the same rows."""
    maximum_slice_gap: float = Field(default=0.2, ge=0, le=1)
    """Most area that the worst slice may lie below all rows."""
    minimum_slice_rows: int = Field(default=30, ge=2)
    """Rows that a slice must have to be judged; a smaller one is only reported."""


class ServingSettings(Section):
    """How the service answers."""

    poll_seconds: float = Field(default=5.0, gt=0, le=3600)
    """Seconds between looks at the champion's alias."""
    maximum_rows: int = Field(default=1000, ge=1, le=100_000)
    """Most rows in one request."""
    maximum_body_bytes: int = Field(default=MEBIBYTE, ge=1024, le=64 * MEBIBYTE)
    """Most bytes in the body of one request."""
    batch_rows: int = Field(default=500, ge=1, le=100_000)
    """Predictions that are kept back at most before they are written to the log."""
    batch_seconds: float = Field(default=5.0, gt=0, le=3600)
    """Seconds that a prediction is kept back at most."""
    retention_days: int = Field(default=30, ge=1, le=3650)
    """Days after which logged predictions are deleted."""
    request_seconds: float = Field(default=10.0, gt=0, le=300)
    """Seconds after which a request that is not complete is ended."""


class MonitoringSettings(Section):
    """When the data count as drifted: PSI and the KS test must both say so."""

    window_hours: float = Field(default=168.0, gt=0)
    """Hours of predictions that are compared with the training data."""
    psi_threshold: float = Field(default=0.2, gt=0)
    """Population stability index above which a feature may have drifted."""
    ks_p: Share = 0.01
    """p-value of the Kolmogorov-Smirnov test below which a feature may have drifted."""
    drifted_share: Share = 0.3
    """Part of the features above which the data have drifted."""
    minimum_rows: int = Field(default=100, ge=10)
    """Rows below which nothing is said about drift."""


class RetrainingSettings(Section):
    """When a new model is trained."""

    minimum_rows: int = Field(default=100, ge=10)
    """Labelled valid rows that a retraining needs."""
    cool_down_hours: float = Field(default=24.0, ge=0)
    """Hours after one retraining in which no other starts."""


class Settings(Section):
    """All settings of the project."""

    training: TrainingSettings = TrainingSettings()
    gate: GateSettings = GateSettings()
    serving: ServingSettings = ServingSettings()
    monitoring: MonitoringSettings = MonitoringSettings()
    retraining: RetrainingSettings = RetrainingSettings()
