"""The score from which a row is decided as positive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Threshold:
    """A threshold between 0 and 1, and the rule that chose it, in words."""

    value: float
    rule: str


def choose_threshold(
    labels: NDArray[np.int64],
    scores: NDArray[np.float64],
    *,
    false_negative_cost: float,
    false_positive_cost: float,
) -> Threshold:
    """Choose the threshold whose decisions cost least, on rows the model was not fitted on.

    The candidates are the middles between neighbouring scores, so that rounding moves no row. Of
    equally cheap ones the one nearest to 0.5 is taken. Rows with one label only say nothing about
    a threshold: then it is 0.5. The costs are of one missed positive and of one false alarm.
    """
    import numpy as np

    if len(np.unique(labels)) < 2:
        return Threshold(0.5, "0.5, as the validation rows hold one label only")
    values = np.unique(scores)
    middles = (values[:-1] + values[1:]) / 2
    # Between two neighbouring floats there is no middle: it would be the lower one.
    middles = np.where(middles > values[:-1], middles, values[1:])
    candidates = np.concatenate((values[:1] / 2, middles))
    positive, negative = np.sort(scores[labels == 1]), np.sort(scores[labels == 0])
    missed = np.searchsorted(positive, candidates)
    alarms = len(negative) - np.searchsorted(negative, candidates)
    costs = false_negative_cost * missed + false_positive_cost * alarms
    cheapest = candidates[costs <= costs.min() + 1e-9]
    chosen = float(cheapest[np.abs(cheapest - 0.5).argmin()])
    rule = (
        f"least cost on {len(labels)} validation rows, where a missed positive costs "
        f"{false_negative_cost:g} and a false alarm {false_positive_cost:g}"
    )
    return Threshold(chosen, rule)
