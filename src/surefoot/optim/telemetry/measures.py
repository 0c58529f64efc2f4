"""What is measured in one step, of each tensor and of each parameter group, from samples taken before and after it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Which quantiles of the effective learning rate are kept.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
RATES = tuple(f"effective_lr_q{round(100 * q):02d}" for q in QUANTILES)
#: The columns, in order.
COLUMNS = (*RATES, "update_ratio", "sparsity", "second_moment", "trust_ratio")


@dataclass(frozen=True)
class Seen:
    """Samples of some tensors, (tensors, sample) each, and what goes with them, (tensors,) each.

    Attributes:
        before, after, gradient, rate: parameters before and after the step, gradients, effective learning rates.
        valid: which places are taken; tensors may be smaller than the sample.
        elements: how many there are. weights: how many of them a place stands for. shares: the part of them that the
            sample is drawn from, below 1 for a sparse gradient's rows; the gradient is zero elsewhere.
        zeros: shares of zeros that are known, NaN where the sample has to say. trust: ratios, NaN for rules without.
    """

    before: Array
    after: Array
    gradient: Array
    rate: Array
    valid: NDArray[np.bool_]
    elements: Array
    weights: Array
    shares: Array
    zeros: Array
    trust: Array


@dataclass(frozen=True)
class Sums:
    """Over each tensor's sample, (tensors,) each: squared steps, parameters and gradients, and zeros in the last."""

    moved: Array
    length: Array
    squares: Array
    zeros: Array

    @classmethod
    def of(cls, seen: Seen) -> "Sums":
        """Add up."""

        def total(values: Array) -> Array:
            return np.asarray(np.where(seen.valid, values, 0.0).sum(1))

        step = seen.after - seen.before
        zeros = total((seen.gradient == 0).astype(np.float64))
        return cls(total(step * step), total(seen.before**2), total(seen.gradient**2), zeros)


def of_tensors(seen: Seen, sums: Sums) -> Array:
    """(tensors, columns): quantiles of the rate, length of step over x, zeros in g, mean square of g, trust ratio."""
    with np.errstate(all="ignore"):
        counts = seen.valid.sum(1)
        columns = [
            *_quantiles(seen.rate, seen.valid, counts),
            np.sqrt(sums.moved / sums.length),
            _sparsity(seen, sums),
            seen.weights * sums.squares / seen.elements,
            seen.trust,
        ]
    return np.stack(columns, axis=1)


def of_group(seen: Seen, sums: Sums, rows: NDArray[np.int64]) -> Array:
    """(columns,): the same of some tensors together, each element counted once; of trust ratios the median."""
    with np.errstate(all="ignore"):
        weights, elements = seen.weights[rows], seen.elements[rows]
        ratios = seen.trust[rows][~np.isnan(seen.trust[rows])]
        row = [
            *_pooled(seen, rows),
            np.sqrt(np.sum(weights * sums.moved[rows]) / np.sum(weights * sums.length[rows])),
            np.nansum(elements * _sparsity(seen, sums)[rows]) / np.sum(elements),  # NaN where there are no elements
            np.sum(weights * sums.squares[rows]) / np.sum(elements),
            np.median(ratios) if len(ratios) else np.nan,
        ]
    return np.array(row, np.float64)


def _sparsity(seen: Seen, sums: Sums) -> Array:
    sampled = 1 - seen.shares * (1 - sums.zeros / seen.valid.sum(1))
    return np.asarray(np.where(np.isnan(seen.zeros), sampled, seen.zeros))


def _quantiles(rate: Array, valid: NDArray[np.bool_], counts: NDArray[np.int64]) -> list[Array]:
    """Quantiles of each row's valid numbers, with straight lines between neighbours; NaN sorts last."""
    ordered = np.sort(np.where(valid, rate, np.nan), axis=1)
    rows, last = np.arange(len(rate)), np.maximum(counts - 1, 0)
    found = []
    for q in QUANTILES:
        place = q * last
        low = place.astype(np.int64)
        a, b = ordered[rows, low], ordered[rows, np.minimum(low + 1, last)]
        found.append(np.where(a == b, a, a + (b - a) * (place - low)))
    return found


def _pooled(seen: Seen, tensors: NDArray[np.int64]) -> list[float]:
    """Quantiles over all tensors: the least rate with at least that part of the elements at or below it."""
    valid = seen.valid[tensors]
    rates = seen.rate[tensors][valid]
    if not len(rates):
        return [np.nan] * len(QUANTILES)
    weights = np.broadcast_to(seen.weights[tensors][:, None], valid.shape)[valid]
    order = np.argsort(rates)
    reached = np.cumsum(weights[order])
    places = np.searchsorted(reached, np.array(QUANTILES) * reached[-1])
    return [float(rates[order[min(place, len(order) - 1)]]) for place in places]
