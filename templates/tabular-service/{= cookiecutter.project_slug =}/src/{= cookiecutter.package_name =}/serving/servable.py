"""One model version, made ready to answer: what requests need is computed once, when it loads."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import ModelRefused
from ..model.contract import ModelContract, ModelFeature
from .failures import RequestRefused
from .requests import RequestModel, Value

if TYPE_CHECKING:
    from ..project import Project
    from ..registry.versions import Registry

LOGGER = logging.getLogger(__name__)

Scorer = Callable[[Any], Any]
"""Takes a float64 matrix (rows, features) and returns one score from 0 to 1 for each row."""


class Servable:
    """A verified model with its checks of requests."""

    def __init__(
        self, version: int, contract: ModelContract, scorer: Scorer, maximum_rows: int
    ) -> None:
        """Prepare the request model and score one row.

        Raises:
            ModelRefused: The model cannot score a row that its own contract allows.
        """
        self.version = version
        self.contract = contract
        self.threshold = contract.threshold
        self.requests = RequestModel(contract.features, maximum_rows)
        self._scorer = scorer
        try:
            self.scores([tuple(_example(feature) for feature in contract.features)])
        except RequestRefused:
            reason = f"version {version} cannot score a row that its own contract allows"
            raise ModelRefused(reason) from None
        self.loaded = time.time()

    def scores(self, rows: Sequence[Sequence[Value]]) -> list[float]:
        """Return one score from 0 to 1 for each row of checked values.

        Raises:
            RequestRefused: 422: the values are too large for the model's arithmetic. 500: the
                model itself failed.
        """
        import numpy as np

        matrix = np.array([self.requests.encode(row) for row in rows], dtype=np.float64)
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                scores: list[float] = self._scorer(matrix).tolist()
        except ValueError:
            # scikit-learn refuses what became infinite; its message may hold values of the row.
            scores = [math.nan]
        except Exception as error:
            # For the same reason only the kind of the error is kept.
            LOGGER.error("version %d failed to score: %s", self.version, type(error).__name__)
            raise RequestRefused(500, "the model failed to score these rows") from None
        if not all(math.isfinite(score) for score in scores):
            raise RequestRefused(422, "a number is too large for the model")
        return scores

    def decide(self, score: float) -> int:
        """Return 1 for a score of at least the model's threshold, else 0."""
        return int(score >= self.threshold)


class RegistrySource:
    """The champion of the project's registry."""

    def __init__(self, project: Project, maximum_rows: int) -> None:
        """Look at nothing yet: the registry is opened when first asked."""
        self._project = project
        self._maximum_rows = maximum_rows
        self._registry: Registry | None = None

    def champion(self) -> int | None:
        """Return the number of the version that has the alias `champion`."""
        return self._opened().champion_number()

    def load(self, number: int) -> Servable:
        """Download a version, compare its digests and load it.

        Raises:
            ModelRefused: The version is gone, broken or not what was registered.
        """
        version = self._opened().version(str(number))
        if version is None:
            raise ModelRefused(f"version {number} is not in the registry any more")
        bundle = self._opened().load(version)
        return Servable(number, bundle.contract, bundle.predict, self._maximum_rows)

    def _opened(self) -> Registry:
        # Opened late and in the polling thread: a registry that is down must not stop the start.
        if self._registry is None:
            from ..registry.versions import Registry

            self._registry = Registry(self._project)
        return self._registry


def _example(feature: ModelFeature) -> Value:
    if feature.values is not None:
        return feature.values[0]
    low, high = feature.minimum, feature.maximum
    if low is not None and high is not None:
        return (low + high) / 2
    return low if low is not None else high if high is not None else 0.0
