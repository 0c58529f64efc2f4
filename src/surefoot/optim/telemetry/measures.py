"""What is measured in one step, of each tensor and of each parameter group, from samples taken before and after it."""

from collections.abc import Mapping
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
        weights: how many elements a place stands for. shares: the part of the elements that the sample is drawn from,
            below 1 for a sparse gradient's rows; the gradient is zero elsewhere.
        zeros: shares of zeros that are known, NaN where the sample has to say. trust: ratios, NaN for rules without.
    """

    before: Array
    after: Array
    gradient: Array
    rate: Array
    valid: NDArray[np.bool_]
    weights: Array
    shares: Array
    zeros: Array
    trust: Array


def of_tensors(seen: Seen) -> Array:
    """(tensors, columns): quantiles of the rate, length of step over x, zeros in g, mean square of g, trust ratio."""
    with np.errstate(all="ignore"):
        counts = seen.valid.sum(1)
        moved, length, squares, zeros = _sums(seen)
        columns = [
            *_quantiles(seen.rate, seen.valid, counts),
            np.sqrt(moved / length),
            np.where(np.isnan(seen.zeros), 1 - seen.shares * (1 - zeros / counts), seen.zeros),
            seen.shares * squares / counts,
            seen.trust,
        ]
    return np.stack(columns, axis=1)


def of_group(seen: Seen) -> Array:
    """(columns,): the same of all tensors together, each element counted once; of trust ratios the median."""
    with np.errstate(all="ignore"):
        moved, length, squares, zeros = (total * seen.weights for total in _sums(seen))
        elements = seen.weights * seen.valid.sum(1)
        known = np.where(
            np.isnan(seen.zeros), elements / seen.shares - (elements - zeros), seen.zeros * elements / seen.shares
        )
        everything = np.sum(elements / seen.shares)
        ratios = seen.trust[~np.isnan(seen.trust)]
        row = [
            *_pooled(seen),
            np.sqrt(moved.sum() / length.sum()),
            known.sum() / everything,
            squares.sum() / everything,
            np.median(ratios) if len(ratios) else np.nan,
        ]
    return np.array(row, np.float64)


def _sums(seen: Seen) -> tuple[Array, Array, Array, Array]:
    """Of each tensor's sample: squared steps, squared parameters, squared gradients, zeros among the gradients."""

    def total(values: Array) -> Array:
        return np.asarray(np.where(seen.valid, values, 0.0).sum(1))

    step = seen.after - seen.before
    zeros = total((seen.gradient == 0).astype(np.float64))
    return total(step * step), total(seen.before**2), total(seen.gradient**2), zeros


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


def _pooled(seen: Seen) -> list[float]:
    """Quantiles over all tensors: the least rate with at least that part of the elements at or below it."""
    rates = seen.rate[seen.valid]
    if not len(rates):
        return [np.nan] * len(QUANTILES)
    weights = np.broadcast_to(seen.weights[:, None], seen.valid.shape)[seen.valid]
    order = np.argsort(rates)
    reached = np.cumsum(weights[order])
    places = np.searchsorted(reached, np.array(QUANTILES) * reached[-1])
    return [float(rates[order[min(place, len(order) - 1)]]) for place in places]


def named(row: Array) -> Mapping[str, float]:
    """A row of figures by column."""
    return dict(zip(COLUMNS, map(float, row), strict=True))
