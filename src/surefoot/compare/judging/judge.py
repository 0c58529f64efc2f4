"""From runs to a verdict: the same runs give the same verdict, whatever their order and however long they took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from surefoot.compare.judging.answer import code, sentence
from surefoot.compare.judging.cautions import cautions
from surefoot.compare.judging.factors import factors
from surefoot.compare.judging.selection import Runs, diverged, edge, learned, near, select, target
from surefoot.compare.judging.statistics import (
    Floats,
    confidence_set_p,
    lr_tolerance,
    mean_interval,
    probability_of_improvement,
    steps_to_target,
)
from surefoot.compare.protocol import Protocol
from surefoot.compare.trial import Outcome
from surefoot.compare.verdict import Settings, Standing, Verdict


@dataclass(frozen=True)
class Contender:
    """What must be known of an optimizer besides its runs.

    Attributes:
        name: as in its trials.
        defaults: of every hyperparameter and static option; what equals them need not be written.
        lr_limits: the searched range of its learning rate, None where it has none.
        bytes_per_parameter: state it keeps; step_us: microseconds of one update, measured, never used to decide.
        adaptive: whether each parameter's step is scaled by its own past gradients; fading: whether those fade.
        constructor: the Python expression of its class, `sf.optim.Adam`; imports: the lines that it needs besides
            `import surefoot as sf`.
    """

    name: str
    defaults: Settings
    lr_limits: tuple[float, float] | None
    bytes_per_parameter: float
    step_us: float
    adaptive: bool
    fading: bool
    constructor: str
    imports: tuple[str, ...] = ()


def judge(contenders: Sequence[Contender], runs: Runs, protocol: Protocol, *, sparsity: float, drift: float) -> Verdict:
    """The verdict on a finished comparison.

    The recommended optimizer is the best by mean test score, but among those that the confidence set does not tell
    apart from it (p < .05) and whose mean lies within one standard error of the best's, it is the cheapest: least
    state, then the widest range of good learning rates, then the best mean. No measured time takes part.

    Args:
        contenders: the optimizers compared.
        runs: every trial with its outcome: for each optimizer one or more of `search`, and one of `confirm` for each
            of the protocol's seeds.
        protocol: what was done.
        sparsity: share of the gradients' entries that are exactly zero, over a run of this task, from 0 to 1.
        drift: how far the gradients' mean square moved over that run, in decades; 0 for a stationary task.
    """
    contenders = sorted(contenders, key=lambda contender: contender.name)
    greater = protocol.greater_is_better
    searched = {c.name: [r for r in runs if (r[0].optimizer, r[0].phase) == (c.name, "search")] for c in contenders}
    for of_one in searched.values():
        of_one.sort(key=lambda run: run[0].number)
    confirmed = {c.name: _by_seed(runs, c.name, protocol) for c in contenders}
    all_searched = [run for of_one in searched.values() for run in of_one]
    bar = target(all_searched, greater)
    near_best = {name: near(of_one, bar, greater) for name, of_one in searched.items()}
    ranking = _ranked(
        [_alone(c, searched[c.name], confirmed[c.name], near_best[c.name], bar, protocol) for c in contenders],
        _scores(confirmed, greater),
        greater,
    )
    apart = tuple(s.optimizer for s in ranking if not s.distinguishable)
    recommended = min(_candidates(ranking), key=lambda s: (s.bytes_per_parameter, -s.lr_tolerance, ranking.index(s)))
    by_name = {c.name: c for c in contenders}
    use = by_name[recommended.optimizer]
    return Verdict(
        recommended=recommended.optimizer,
        settings=recommended.settings,
        best=ranking[0].optimizer,
        indistinguishable=apart,
        decided=len(apart) == 1,
        ranking=ranking,
        target=bar,
        sentence=sentence(ranking, recommended, _candidates(ranking), use.defaults, protocol),
        warnings=cautions(ranking, {c.name: c.lr_limits for c in contenders}, protocol, learned(all_searched, greater)),
        code=code(use.constructor, use.imports, recommended.settings, use.defaults),
        factors=factors(
            ranking,
            {name: (sum(hits), len(hits)) for name, hits in near_best.items()},
            adaptive=[s.optimizer for s in ranking if by_name[s.optimizer].adaptive],
            fading=[s.optimizer for s in ranking if by_name[s.optimizer].adaptive and by_name[s.optimizer].fading],
            sparsity=sparsity,
            drift=drift,
        ),
    )


def _by_seed(runs: Runs, name: str, protocol: Protocol) -> Runs:
    found = {trial.seed: (trial, o) for trial, o in runs if (trial.optimizer, trial.phase) == (name, "confirm")}
    return [found[seed] for seed in protocol.confirm_seeds]


def _scores(confirmed: Mapping[str, Runs], greater: bool) -> Mapping[str, Floats]:
    """Test scores, one for each seed. A diverged run has the worst of all, the untrained model's score among them."""
    outcomes = [outcome for runs in confirmed.values() for _, outcome in runs]
    seen = [o.test_score for o in outcomes if not _failed(o)] + [float(o.validation_score[0]) for o in outcomes]
    worst = min(seen) if greater else max(seen)
    return {
        name: np.array([worst if _failed(outcome) else outcome.test_score for _, outcome in runs], np.float64)
        for name, runs in confirmed.items()
    }


def _failed(outcome: Outcome) -> bool:
    return diverged(outcome) or not np.isfinite(outcome.test_score)


def _alone(
    contender: Contender, searched: Runs, confirmed: Runs, near_best: Sequence[bool], bar: float, protocol: Protocol
) -> Standing:
    """What can be said of an optimizer without looking at the others; the rest is filled in by `_ranked`."""
    greater = protocol.greater_is_better
    best = select(searched, greater)
    failures = sum(diverged(outcome) for _, outcome in searched)
    limits = contender.lr_limits
    nan = float("nan")
    reached = steps_to_target([o.steps for _, o in confirmed], [o.validation_score for _, o in confirmed], bar, greater)
    return Standing(
        optimizer=contender.name,
        settings=best.settings,
        score=nan,
        interval=(nan, nan),
        scores=(),
        difference=0.0,
        difference_interval=(0.0, 0.0),
        p=1.0,
        loses=0.5,
        distinguishable=False,
        trials=len(searched),
        diverged=failures,
        diverged_seeds=sum(_failed(outcome) for _, outcome in confirmed),
        edge=edge(float(best.settings["lr"]), limits) if limits and failures < len(searched) else None,
        lr_tolerance=lr_tolerance([float(t.settings["lr"]) for t, _ in searched], near_best, limits) if limits else 0.0,
        step_us=contender.step_us,
        bytes_per_parameter=contender.bytes_per_parameter,
        steps_to_target=reached,
        seconds_to_target=None if reached is None else reached * (protocol.pass_us + contender.step_us) / 1e6,
    )


def _ranked(alone: Sequence[Standing], scores: Mapping[str, Floats], greater: bool) -> tuple[Standing, ...]:
    """Best mean first, each compared with the best. Equal means: fewer divergences first, then by name."""
    upward = {name: x if greater else -x for name, x in scores.items()}
    order = sorted(alone, key=lambda s: (-upward[s.optimizer].mean(), s.diverged_seeds, s.diverged, s.optimizer))
    best = order[0].optimizer
    p = dict(zip(upward, confidence_set_p(np.column_stack(list(upward.values()))).tolist(), strict=True))
    ranking = []
    for standing in order:
        name = standing.optimizer
        known = replace(
            standing,
            score=float(scores[name].mean()),
            interval=mean_interval(scores[name]),
            scores=tuple(scores[name].tolist()),
            p=p[name],
            distinguishable=p[name] < 0.05,
        )
        if name != best:
            difference = upward[name] - upward[best]
            known = replace(
                known,
                difference=float(difference.mean()),
                difference_interval=mean_interval(difference),
                loses=probability_of_improvement(upward[best], upward[name])[0],
            )
        ranking.append(known)
    return tuple(ranking)


def _candidates(ranking: Sequence[Standing]) -> list[Standing]:
    """The best, and those as good as it by the one-standard-error rule (Breiman et al. 1984): among them, the cheapest.

    That nothing tells two apart does not make them equal: with few seeds nothing tells anything apart. A mean within
    one standard error of the best, by paired differences, is as near as these runs can see.
    """
    best = ranking[0]
    return [s for s in ranking if s is best or (not s.distinguishable and _within_one_error(s, best))]


def _within_one_error(standing: Standing, best: Standing) -> bool:
    difference = np.subtract(best.scores, standing.scores)
    if len(difference) < 2:
        return False
    error = difference.std(ddof=1) / np.sqrt(len(difference))
    return bool(abs(difference.mean()) <= error * (1 + 1e-9))
