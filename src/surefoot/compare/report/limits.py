"""How much of a score's axis a chart shows, so that one poor optimizer does not squeeze the good ones into a line."""

from collections.abc import Sequence
from math import isfinite

import numpy as np

from surefoot.compare.report.series import Array, Sensitivity
from surefoot.compare.verdict import Standing

Limits = tuple[float, float]

MARGIN = 0.06  # of the shown span, kept free at either end


def ranking_limits(ranking: Sequence[Standing], greater_is_better: bool) -> Limits | None:
    """From the best seed down to eight times as far below the best mean as the middle optimizer's mean lies.

    None where no run ended with a finite score. What lies beyond is the chart's to mark.
    """
    sign = 1.0 if greater_is_better else -1.0
    measured = [s for s in ranking if isfinite(s.score) and s.diverged_seeds < len(s.scores)]
    means = sorted((sign * s.score for s in measured), reverse=True)
    if not means:
        return None
    seen = [sign * v for s in measured for v in (*s.interval, *s.scores) if isfinite(v)] or means
    best = [sign * v for v in (*measured[0].interval, *measured[0].scores) if isfinite(v)] or means
    floor = means[0] - max(8 * (means[0] - means[len(means) // 2]), 2 * (means[0] - min(best)))
    return _padded(max(min(seen), floor), max(seen), sign)


def curve_limits(curves: Sequence[Array], whole_from: float, greater_is_better: bool) -> Limits | None:
    """Where every curve ends, its best, and the middle curve from a part `whole_from` of the way on.

    None where nothing is finite. The beginnings lie beyond and are seen by zooming out.
    """
    sign = 1.0 if greater_is_better else -1.0
    finite = [curve for curve in (sign * curve[np.isfinite(curve)] for curve in curves) if len(curve)]
    if not finite:
        return None
    middle = float(np.median([curve[int(whole_from * len(curve))] for curve in finite]))
    return _padded(min(middle, *(curve[-1] for curve in finite)), max(curve.max() for curve in finite), sign)


def search_limits(sensitivities: Sequence[Sensitivity], untrained: float, greater_is_better: bool) -> Limits | None:
    """From the untrained model's score to the best one tried; None where none was scored better than that."""
    sign = 1.0 if greater_is_better else -1.0
    scores = [sign * point.score for one in sensitivities for point in one.tried if point.fate == "scored"]
    if not scores:
        return None
    return _padded(sign * untrained if isfinite(untrained) else min(scores), max(scores), sign)


def _padded(worst: float, best: float, sign: float) -> Limits:
    """Both ends with a margin, in the score's own sign and in rising order."""
    span = best - worst
    margin = MARGIN * (span if span > 1e-9 * abs(best) else abs(best) or 1.0)
    ends = sign * (worst - margin), sign * (best + margin)
    return min(ends), max(ends)
