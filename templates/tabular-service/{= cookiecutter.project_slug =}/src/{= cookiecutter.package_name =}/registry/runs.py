"""Training runs in the tracker."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import PROJECT
from ..errors import InputError
from .artifacts import LOCAL_LOCATION

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient


@dataclass(frozen=True)
class Run:
    """What a training leaves in the tracker beside its files. No personal values.

    `digests` are of the bundle's files, by name.
    """

    name: str
    parameters: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    digests: Mapping[str, str]


def experiment(client: MlflowClient, *, local: bool) -> str:
    """The number of the project's experiment, which is made when there is none.

    Raises:
        InputError: It was deleted.
    """
    found = client.get_experiment_by_name(PROJECT)
    if found is None:
        unless_there(client.create_experiment, PROJECT, LOCAL_LOCATION if local else None)
        found = client.get_experiment_by_name(PROJECT)
    if found is None or found.lifecycle_stage != "active":
        raise InputError([f"experiment {PROJECT} was deleted in MLflow; restore it there"])
    identifier: str = found.experiment_id
    return identifier


def log_figures(client: MlflowClient, run_id: str, run: Run) -> None:
    """Keep a run's parameters and metrics."""
    from mlflow.entities import Metric, Param

    now = time.time_ns() // 1_000_000
    client.log_batch(
        run_id,
        metrics=[Metric(name, value, now, 0) for name, value in run.metrics.items()],
        params=[Param(name, value) for name, value in run.parameters.items()],
    )


def unless_there(create: Callable[..., Any], *arguments: Any) -> None:
    """Create something that another process may be creating at the same time."""
    from mlflow.exceptions import MlflowException

    try:
        create(*arguments)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
