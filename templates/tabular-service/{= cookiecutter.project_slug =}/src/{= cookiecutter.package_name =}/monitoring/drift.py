"""Tells whether the input of the model has drifted away from what it was trained on.

A feature has drifted when two independent measures agree: the population stability index (how far
apart) and a significance test (how unlikely by chance). The input has drifted when the share of
drifted features is above a limit. One measure alone gives false alarms on small samples.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Numbers = NDArray[numpy.float64]
    Counts = NDArray[numpy.float64]

BINS = 10
"""Bins of a number: tenths of the reference sample."""

Kind = Literal["number", "category"]
Test = Literal["kolmogorov-smirnov", "chi-square"]


@dataclass(frozen=True)
class DriftRule:
    """When a feature, and the input as a whole, count as drifted.

    Args:
        psi_threshold: a feature's population stability index must be above this, and
        ks_p: the probability of its test must be below this.
        drifted_share: the input has drifted when more than this share (0 to 1) of features has.
    """

    psi_threshold: float
    ks_p: float
    drifted_share: float


@dataclass(frozen=True)
class FeatureDrift:
    """How far one feature of the window is from the reference sample.

    ``p_value`` is the probability of a difference at least this large without any drift.
    """

    psi: float
    p_value: float
    test: Test
    drifted: bool


@dataclass(frozen=True)
class Drift:
    """The answer for all features; ``share`` is the part of them that drifted (0 to 1)."""

    drifted: bool
    share: float
    features: Mapping[str, FeatureDrift]


def measure_drift(
    reference: Mapping[str, Sequence[float | None]],
    window: Mapping[str, Sequence[float | None]],
    kinds: Mapping[str, Kind],
    rule: DriftRule,
) -> Drift:
    """Compare each feature of the window with the same feature of the reference sample.

    A missing value is ``None`` or not a finite number; a feature that is missing more or less often
    than before can drift by that alone. Categories come as numbers (their position).

    Raises:
        ValueError: a feature of the reference is not in the window, or a sample is empty.
    """
    features = {
        name: _measure_feature(sample, _of_window(window, name), kinds[name], rule)
        for name, sample in reference.items()
    }
    drifted = sum(feature.drifted for feature in features.values())
    share = drifted / len(features) if features else 0.0
    return Drift(drifted=share > rule.drifted_share, share=share, features=features)


def stability_index(reference: Counts, window: Counts) -> float:
    """Population stability index of two rows of counts over the same bins.

    Bins that are empty in both are left out; each other gets half a count more, so that a bin which
    is empty by chance in a small sample does not make the index infinite.
    """
    import numpy

    used = (reference + window) > 0
    first, second = reference[used] + 0.5, window[used] + 0.5
    first, second = first / first.sum(), second / second.sum()
    return float(((second - first) * numpy.log(second / first)).sum())


def _of_window(window: Mapping[str, Sequence[float | None]], name: str) -> Sequence[float | None]:
    if name not in window:
        raise ValueError(f"feature {name} is not in the window")
    return window[name]


def _measure_feature(
    reference: Sequence[float | None],
    window: Sequence[float | None],
    kind: Kind,
    rule: DriftRule,
) -> FeatureDrift:
    if not len(reference) or not len(window):
        raise ValueError("drift needs at least one row on both sides")
    first, second = _numbers(reference), _numbers(window)
    first_counts, second_counts = _counts(first, second, kind)
    psi = stability_index(first_counts, second_counts)
    test: Test = "chi-square" if kind == "category" else "kolmogorov-smirnov"
    if kind == "category":
        p_value = _chi_square(first_counts, second_counts)
    else:
        p_value = _number_probability(first, second)
    drifted = psi > rule.psi_threshold and p_value < rule.ks_p
    return FeatureDrift(psi=psi, p_value=p_value, test=test, drifted=drifted)


def _numbers(sample: Sequence[float | None]) -> Numbers:
    import numpy

    values = numpy.array([numpy.nan if value is None else value for value in sample], dtype=float)
    values[~numpy.isfinite(values)] = numpy.nan
    return values


def _present(values: Numbers) -> Numbers:
    import numpy

    return values[~numpy.isnan(values)]


def _counts(first: Numbers, second: Numbers, kind: Kind) -> tuple[Counts, Counts]:
    import numpy

    one, two = _present(first), _present(second)
    if kind == "category":
        positions = numpy.unique(numpy.concatenate([one, two]))
        codes = [numpy.searchsorted(positions, values) for values in (one, two)]
        length = len(positions)
    else:
        codes, length = _bins(one, two)
    first_counts, second_counts = (
        numpy.append(numpy.bincount(code, minlength=length), numpy.isnan(sample).sum()).astype(
            float
        )
        for code, sample in zip(codes, (first, second), strict=True)
    )
    return first_counts, second_counts


def _bins(one: Numbers, two: Numbers) -> tuple[list[NDArray[numpy.intp]], int]:
    import numpy

    distinct = numpy.unique(one)
    if len(distinct) <= BINS:
        # Few distinct values: each is a bin, and so is each gap beside it, or a move away from a
        # constant would stay unseen.
        codes = [
            numpy.searchsorted(distinct, values, "left")
            + numpy.searchsorted(distinct, values, "right")
            for values in (one, two)
        ]
        return codes, 2 * len(distinct) + 1
    edges = numpy.unique(numpy.quantile(one, numpy.arange(1, BINS) / BINS))
    return [numpy.searchsorted(edges, values, "left") for values in (one, two)], len(edges) + 1


def _kolmogorov_smirnov(one: Numbers, two: Numbers) -> float:
    from scipy.stats import ks_2samp

    # The exact way is slow for large samples, the asymptotic one wrong for tiny ones.
    method: Literal["exact", "asymp"] = "exact" if len(one) * len(two) < 10_000 else "asymp"
    with warnings.catch_warnings():
        # Where the exact way fails, SciPy says so and takes the other one by itself.
        warnings.simplefilter("ignore", RuntimeWarning)
        return float(ks_2samp(one, two, method=method).pvalue)


def _number_probability(first: Numbers, second: Numbers) -> float:
    one, two = _present(first), _present(second)
    probabilities: list[float] = []
    if len(one) and len(two):
        probabilities.append(_kolmogorov_smirnov(one, two))
    if len(one) < len(first) or len(two) < len(second):
        import numpy

        present = [numpy.array([len(one), len(first) - len(one)], dtype=float)]
        present.append(numpy.array([len(two), len(second) - len(two)], dtype=float))
        probabilities.append(_chi_square(*present))
    # Two tests give chance two tries: Bonferroni's correction.
    return min(1.0, len(probabilities) * min(probabilities))


def _chi_square(first: Counts, second: Counts) -> float:
    import numpy
    from scipy.stats import chi2_contingency

    used = (first + second) > 0
    if used.sum() < 2:
        return 1.0
    table = numpy.vstack([first[used], second[used]])
    return float(chi2_contingency(table, correction=False).pvalue)
