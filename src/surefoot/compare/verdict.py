"""The answer: who is recommended, who cannot be told apart, and the evidence, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Settings = Mapping[str, float | str | bool]


@dataclass(frozen=True)
class Standing:
    """One optimizer's row of the ranking, at its best setting, on the confirmation seeds.

    Attributes:
        optimizer: its name in the study. settings: its best setting, every hyperparameter.
        score: mean test score over the seeds; `interval` its 95% interval; `scores` one for each seed, in seed order. A
            diverged run counts as the worst score seen in the study.
        difference: mean paired difference to the best optimizer, in the metric's own unit, signed so that negative is
            worse than the best; `difference_interval` its 95% interval. Zero for the best itself.
        p: at which it is told apart from the best by exact sign flips, adjusted for the number of optimizers and for
            the best being picked by the same data (`statistics.confidence_set_p`); 1.0 for the best itself.
        loses: probability that, on a fresh seed, the best scores above this one (ties count a half); 0.5 for the best.
        distinguishable: whether p < 0.05.
        trials: settings searched; diverged: how many of them diverged; diverged_seeds: confirmation runs that did.
        edge: `low` or `high` where the best lr lies at that end of the searched range, else None.
        lr_tolerance: decades of learning rate over which the search came near the study's target (ease of tuning).
        step_us: microseconds of one update of this task's model, measured; bytes_per_parameter: optimizer state.
        steps_to_target: median updates until the study's target score was first reached, over seeds, or None where half
            of the seeds or more never did (a miss is censored, not dropped); seconds_to_target: so many steps of one
            model, by the measured time of its pass and of its update, or None.
    """

    optimizer: str
    settings: Settings
    score: float
    interval: tuple[float, float]
    scores: tuple[float, ...]
    difference: float
    difference_interval: tuple[float, float]
    p: float
    loses: float
    distinguishable: bool
    trials: int
    diverged: int
    diverged_seeds: int
    edge: Literal["low", "high"] | None
    lr_tolerance: float
    step_us: float
    bytes_per_parameter: float
    steps_to_target: float | None
    seconds_to_target: float | None


@dataclass(frozen=True)
class Factor:
    """One of the chapter's four factors, measured on the task: a name, the number, and the optimizers it speaks for."""

    name: str
    value: float
    sentence: str
    speaks_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The answer to: which optimizer, with which settings, for this task, and how sure is that.

    Attributes:
        recommended: the name to use. It is the best by mean score, unless cheaper ones cannot be told apart from it.
        settings: the recommended optimizer's settings.
        best: the name with the best mean score.
        indistinguishable: names that cannot be told apart from the best, itself included, best first.
        decided: whether the best stands alone.
        ranking: every optimizer, best mean score first.
        target: the validation score for steps_to_target and lr_tolerance, 95% of the way from the untrained model's to
            the best of the search; NaN where every search trial diverged.
        sentence: the answer in one or two plain sentences, horizon and batch size included.
        warnings: what limits the answer, a sentence each (few seeds, an lr at the edge, tuning not converged, ...).
        code: the lines of Python to paste.
        factors: the chapter's factors as measured here.
    """

    recommended: str
    settings: Settings
    best: str
    indistinguishable: tuple[str, ...]
    decided: bool
    ranking: tuple[Standing, ...]
    target: float
    sentence: str
    warnings: tuple[str, ...]
    code: str
    factors: tuple[Factor, ...]
