"""What a handful of runs says: intervals, the exact sign-flip test, best of k, ease of tuning, speed to a target."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

#: Up to so many seeds every sign pattern is tried, 2^13 of them (a pattern and its mirror image say the same); beyond,
#: a fixed random sample of so many.
EXACT_UP_TO = 14
SAMPLED = 100_000


def mean_interval(values: Sequence[float] | Floats, level: float = 0.95) -> tuple[float, float]:
    """Student's interval of the mean of n values; of paired differences, the paired interval. NaN for a single value.

    >>> [round(end, 4) for end in mean_interval([1.0, 2.0, 3.0])]
    [-0.4841, 4.4841]
    """
    x = np.asarray(values, np.float64)
    if len(x) < 2:
        return float("nan"), float("nan")
    half = float(special.stdtrit(len(x) - 1, 0.5 + level / 2) * x.std(ddof=1) / np.sqrt(len(x)))
    return float(x.mean()) - half, float(x.mean()) + half


def sign_patterns(n: int) -> Floats:
    """Patterns of signs of n differences, (patterns, n), the first all ones.

    Up to 14 differences these are all 2^(n-1) that are no other's mirror image, else 100,000 drawn from a fixed seed.
    """
    if n <= EXACT_UP_TO:
        tails = np.array(list(product((1.0, -1.0), repeat=n - 1)), np.float64).reshape(2 ** (n - 1), n - 1)
        return np.hstack([np.ones((len(tails), 1)), tails])
    drawn = np.random.default_rng(0).choice((1.0, -1.0), (SAMPLED, n))
    drawn[0] = 1.0
    return drawn


def sign_flip_p(differences: Floats) -> float:
    """Two-sided p of the sign-flip test that n paired differences (n,), or P columns of them (n, P), are about zero.

    If two optimizers are equally good, a seed's difference is as likely to be negative as positive of the same size, so
    the mean difference is compared with that under every pattern of signs (Fisher 1935). With 5 seeds p cannot be less
    than 1/16 = .0625; with 6 it can be 1/32.

    Several columns are flipped together, seed by seed, and the greatest of their mean differences is compared, each
    in units of its own size and the columns' typical one: sum(d) / sqrt(sum(d^2) + median over columns of sum(d^2)). No
    sign changes that unit, so the test stays exact; it keeps a noisy column from hiding a quiet one.

    >>> sign_flip_p(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
    0.03125
    """
    d = np.asarray(differences, np.float64).reshape(len(differences), -1)
    squares = (d**2).sum(axis=0)
    unit = np.sqrt(squares + np.median(squares))
    greatest = np.abs(sign_patterns(len(d)) @ (d / np.where(unit > 0, unit, 1.0))).max(axis=1)
    return float((greatest >= greatest[0] - 1e-9).mean())  # in these units it is below sqrt(n): rounding is less


def confidence_set_p(scores: Floats) -> Floats:
    """For each of k optimizers, the p at which it is told apart from the best; scores (n seeds, k), higher better.

    The model confidence set of Hansen, Lunde and Nason (2011): test that all are equally good; if that is rejected, the
    worst leaves and the rest are tested again. An optimizer's p is the greatest p of the tests up to the one it leaves
    by; 1 for the best. Those with p >= .05 are the set. The probability that any optimizer as good as the best falls
    out of it is at most about 5%, however many are compared and although the best was picked by the same data.
    Equal means leave together, so that order does not matter.

    >>> rng = np.random.default_rng(0)
    >>> confidence_set_p(rng.normal(size=(10, 3)) + [0, 0, 5]).round(3)
    array([0.002, 0.002, 1.   ])
    """
    x = np.asarray(scores, np.float64)
    means = x.mean(axis=0)
    tie = 1e-9 * float(np.ptp(x))
    p, so_far = np.ones(len(means)), 0.0
    alive = np.arange(len(means))
    while len(alive) > 1 and np.ptp(means[alive]) > tie:
        first, second = np.triu_indices(len(alive), 1)
        so_far = max(so_far, sign_flip_p(x[:, alive[first]] - x[:, alive[second]]))
        leaves = means[alive] <= means[alive].min() + tie
        p[alive[leaves]] = so_far
        alive = alive[~leaves]
    return p


def probability_of_improvement(a: Floats, b: Floats) -> tuple[float, tuple[float, float]]:
    """Probability that, on a fresh seed, A scores above B, and its 95% interval.

    From paired scores (n,), higher better. Ties count a half. The interval is Jeffreys' for a
    binomial share (Brown, Cai and DasGupta 2001).

    >>> probability_of_improvement(np.array([1.0, 1.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0, 1.0]))[0]
    0.625
    """
    n, wins = len(a), float((a > b).sum() + 0.5 * (a == b).sum())
    low = float(special.betaincinv(wins + 0.5, n - wins + 0.5, 0.025)) if wins > 0 else 0.0
    high = float(special.betaincinv(wins + 0.5, n - wins + 0.5, 0.975)) if wins < n else 1.0
    return wins / n, (low, high)


def expected_best(scores: Sequence[float] | Floats, greater_is_better: bool) -> Floats:
    """Expected best of k settings, for k = 1..n, drawn from the n that were tried (Dodge et al. 2019, without bias).

    E[best of k] = sum_i v(i) C(n-i, k-1) / C(n, k), v(1) the best. A score that is not finite (a divergence) counts as
    the worst finite one and stays in the denominator. Returns (n,), NaN where nothing is finite.

    >>> expected_best([1.0, 2.0, float("nan")], greater_is_better=True).round(3)
    array([1.333, 1.667, 2.   ])
    """
    v = np.asarray(scores, np.float64) * (1 if greater_is_better else -1)
    finite = np.isfinite(v)
    if not finite.any():
        return np.full(len(v), np.nan)
    v = np.sort(np.where(finite, v, v[finite].min()))[::-1]
    n = len(v)
    left = np.arange(n, 1, -1) - 1.0  # how many are worse than v(1), v(2), ..., v(n-1)
    best = np.empty(n)
    for k in range(1, n + 1):  # the weight of v(i+1) is that of v(i) times (left_i - k + 1) / left_i
        weights = k / n * np.concatenate([[1.0], np.cumprod(np.maximum(left - k + 1, 0) / left)])
        best[k - 1] = weights @ v
    return best if greater_is_better else -best


def lr_tolerance(lrs: Sequence[float] | Floats, near: Sequence[bool], limits: tuple[float, float]) -> float:
    """Decades of learning rate over which settings came near the best, of the searched range `limits`.

    Each setting speaks for the learning rates nearest to its own on a logarithmic scale, within the range; the cells of
    those with `near` true are added. Settings of one learning rate share its cell. To a hundredth of a decade, so that
    the rounding of a learning rate makes no difference between equals.

    >>> lr_tolerance([0.01, 0.1, 1.0, 10.0], [False, True, True, False], (0.001, 100.0))
    2.0
    """
    logs, which = np.unique(np.log10(np.asarray(lrs, np.float64)), return_inverse=True)
    low, high = np.log10(limits)
    edges = np.concatenate([[min(low, logs[0])], (logs[1:] + logs[:-1]) / 2, [max(high, logs[-1])]])
    share = np.bincount(which, np.asarray(near, np.float64)) / np.bincount(which)
    return round(float(np.diff(edges) @ share), 2)


def steps_to_target(
    steps: Sequence[NDArray[np.int64]], curves: Sequence[NDArray[np.floating]], target: float, greater_is_better: bool
) -> float | None:
    """Median over runs of the updates until a curve first reached the target; None where half or more never did.

    A miss is not dropped: it counts as later than any that did. A checkpoint that is not finite reaches nothing.

    >>> at = np.array([0, 10, 20])
    >>> steps_to_target([at] * 3, [np.array([0.1, 0.5, 0.9]), np.array([0.1, 0.9, 0.8]), np.zeros(3)], 0.9, True)
    20.0
    """
    reached = [curve >= target if greater_is_better else curve <= target for curve in curves]
    first = [float(at[hit.argmax()]) if hit.any() else np.inf for at, hit in zip(steps, reached, strict=True)]
    median = float(np.median(first))
    return median if np.isfinite(median) else None
