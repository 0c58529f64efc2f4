"""What the charts show, as plain numbers: from the findings by pure functions, before anything is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from surefoot.compare.findings import Findings
from surefoot.compare.judging.statistics import expected_best
from surefoot.compare.trial import Outcome, Trial
from surefoot.compare.verdict import Settings, Standing

Array = NDArray[np.float64]
Quantity = Literal["train_loss", "validation_score"]
Fate = Literal["scored", "beyond", "diverged"]


@dataclass(frozen=True)
class Band:
    """One optimizer's confirmation runs along the run: (E,) steps, and median and quartiles over its runs.

    A diverged run counts as worse than every other; where that carries a quartile away, it is NaN.
    """

    optimizer: str
    steps: Array
    median: Array
    low: Array
    high: Array


@dataclass(frozen=True)
class Tried:
    """One setting of the search.

    Attributes:
        lr: its learning rate. settings: all of them.
        score: the validation score after the last step; NaN where it diverged.
        fate: `scored`; `beyond` where it ended worse than the untrained model; `diverged`.
    """

    lr: float
    score: float
    settings: Settings
    fate: Fate


@dataclass(frozen=True)
class Sensitivity:
    """One optimizer's search: every setting tried, the default and the chosen one among them."""

    optimizer: str
    tried: tuple[Tried, ...]
    default: Tried | None
    chosen: Tried | None


@dataclass(frozen=True)
class Expectation:
    """The validation score to expect of the best of k of one optimizer's settings: (n,), for k from 1 to n."""

    optimizer: str
    scores: Array


def heights(scores: Sequence[float]) -> list[int]:
    """How high each score stands when equal ones, to six significant digits, are stacked.

    >>> heights([0.9, 0.8, 0.9, 0.9])
    [0, 0, 1, 2]
    """
    shown = [f"{score:.6g}" for score in scores]
    return [shown[:i].count(text) for i, text in enumerate(shown)]


def bands(findings: Findings, quantity: Quantity) -> tuple[Band, ...]:
    """The learning curves at each optimizer's best setting, best first; those that diverged at once are left out."""
    sign = -1.0 if quantity == "validation_score" and findings.protocol.greater_is_better else 1.0
    drawn = (_band(standing, _confirmed(findings, standing), quantity, sign) for standing in findings.verdict.ranking)
    return tuple(band for band in drawn if band is not None and _goes_on(band))


def _goes_on(band: Band) -> bool:
    """Whether there is more to see than the point before the first update."""
    return bool(np.isfinite(band.median[1:]).any())


def _band(standing: Standing, outcomes: Sequence[Outcome], quantity: Quantity, sign: float) -> Band | None:
    if not outcomes:
        return None
    curves = sign * np.stack([getattr(outcome, quantity) for outcome in outcomes]).astype(np.float64)
    ordered = np.sort(np.where(np.isfinite(curves), curves, np.inf), axis=0)
    quartiles = [sign * _quantile(ordered, q) for q in (0.25, 0.5, 0.75)]
    first, median, last = (np.where(np.isfinite(curve), curve, np.nan) for curve in quartiles)
    low, high = (first, last) if sign > 0 else (last, first)
    return Band(standing.optimizer, outcomes[0].steps.astype(np.float64), median, low, high)


def _quantile(ordered: Array, q: float) -> Array:
    """The linear quantile over the first axis, for columns that may end in infinities."""
    place = q * (len(ordered) - 1)
    under, over = ordered[floor(place)], ordered[ceil(place)]
    with np.errstate(invalid="ignore"):
        quantile: Array = under + (over - under) * (place - floor(place))
    return quantile


def sensitivities(findings: Findings) -> tuple[Sensitivity, ...]:
    """Score against learning rate for every optimizer, best first; a rule without an `lr` above zero is left out."""
    baseline = untrained(findings)
    found = (_sensitivity(findings, standing, baseline) for standing in findings.verdict.ranking)
    return tuple(one for one in found if one.tried)


def _sensitivity(findings: Findings, standing: Standing, baseline: float) -> Sensitivity:
    better = 1 if findings.protocol.greater_is_better else -1
    tried: list[Tried] = []
    default = chosen = None
    for trial, outcome in _searched(findings, standing.optimizer):
        lr = trial.settings.get("lr")
        if not isinstance(lr, float | int) or not lr > 0:
            continue
        score = _final(outcome)
        fate: Fate = "diverged" if not isfinite(score) else "beyond" if better * (score - baseline) < 0 else "scored"
        point = Tried(float(lr), score, trial.settings, fate)
        tried.append(point)
        default = point if trial.number == 0 else default
        chosen = point if trial.settings == standing.settings else chosen
    return Sensitivity(standing.optimizer, tuple(tried), default, chosen)


def untrained(findings: Findings) -> float:
    """The validation score before any update, the median over all runs; NaN where none is finite."""
    starts = [float(outcome.validation_score[0]) for _, outcome in findings.runs]
    finite = [start for start in starts if isfinite(start)]
    return float(np.median(finite)) if finite else float("nan")


def expectations(findings: Findings) -> tuple[Expectation, ...]:
    """The expected best of k settings for every optimizer, best optimizer first.

    A diverged setting counts as the worst validation score that any optimizer's search came to.
    """
    better = findings.protocol.greater_is_better
    finals = {
        standing.optimizer: np.array([_final(outcome) for _, outcome in _searched(findings, standing.optimizer)])
        for standing in findings.verdict.ranking
    }
    finite = np.concatenate([scores[np.isfinite(scores)] for scores in finals.values()])
    if not len(finite):
        return ()
    worst = finite.min() if better else finite.max()
    return tuple(
        Expectation(name, expected_best(np.where(np.isfinite(scores), scores, worst), better))
        for name, scores in finals.items()
        if len(scores)
    )


def _searched(findings: Findings, optimizer: str) -> list[tuple[Trial, Outcome]]:
    return [(t, o) for t, o in findings.runs if t.phase == "search" and t.optimizer == optimizer]


def _confirmed(findings: Findings, standing: Standing) -> list[Outcome]:
    return [
        outcome
        for trial, outcome in findings.runs
        if (trial.phase, trial.optimizer) == ("confirm", standing.optimizer) and trial.settings == standing.settings
    ]


def _final(outcome: Outcome) -> float:
    return float(outcome.validation_score[-1]) if outcome.diverged_at is None else float("nan")
