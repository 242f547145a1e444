from typing import Any

import numpy as np
import pytest

from {= cookiecutter.package_name =}.errors import ModelRefused
from {= cookiecutter.package_name =}.model.contract import ModelContract
from {= cookiecutter.package_name =}.serving.failures import RequestRefused
from {= cookiecutter.package_name =}.serving.servable import Servable


def test_a_score_at_the_threshold_is_positive(contract: ModelContract) -> None:
    model = Servable(1, contract, lambda matrix: np.full(len(matrix), 0.5), 10)
    assert [model.decide(score) for score in (0.49999, 0.5, 0.6)] == [0, 1, 1]


def test_a_model_that_cannot_score_its_own_example_is_refused(contract: ModelContract) -> None:
    with pytest.raises(ModelRefused, match="version 7 cannot score a row"):
        Servable(7, contract, lambda matrix: np.full(len(matrix), np.nan), 10)


def test_the_message_of_the_model_is_not_shown(contract: ModelContract) -> None:
    def scores(matrix: Any) -> Any:
        if matrix[0, 1] > 1000:
            raise ValueError(f"cannot take {matrix}")
        return np.full(len(matrix), 0.5)

    model = Servable(1, contract, scores, 10)
    with pytest.raises(RequestRefused, match=r"^a number is too large for the model$"):
        model.scores([(20.0, 4321.0, "a", 41.0)])


def test_a_model_that_fails_tells_nobody_the_values(
    contract: ModelContract, caplog: pytest.LogCaptureFixture
) -> None:
    def scores(matrix: Any) -> Any:
        if matrix[0, 1] > 1000:
            raise KeyError(float(matrix[0, 1]))
        return np.full(len(matrix), 0.5)

    model = Servable(1, contract, scores, 10)
    with pytest.raises(RequestRefused, match=r"^the model failed to score these rows$"):
        model.scores([(20.0, 4321.0, "a", 41.0)])
    assert caplog.messages == ["version 1 failed to score: KeyError"]
