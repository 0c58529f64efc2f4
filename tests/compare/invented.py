"""Invented runs with known answers, for the judge and its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from surefoot.compare.judging.judge import Contender, judge
from surefoot.compare.protocol import Protocol
from surefoot.compare.trial import Outcome, Trial
from surefoot.compare.verdict import Standing, Verdict

LIMITS = (1e-4, 1.0)
STEPS = np.array([0, 100, 200, 300])
DEFAULTS = {"lr": 0.01, "beta": 0.9}
BYTES = {"sgd": 0.0, "momentum": 4.0, "rmsprop": 4.0, "adam": 8.0, "lamb": 8.0}


def contender(name: str, **changes: Any) -> Contender:
    made = Contender(
        name=name,
        defaults=DEFAULTS,
        lr_limits=LIMITS,
        bytes_per_parameter=BYTES.get(name, 8.0),
        step_us=10.0,
        adaptive=name in ("rmsprop", "adam", "lamb"),
        fading=name in ("rmsprop", "adam"),
        constructor=f"sf.optim.{name.title()}",
    )
    return replace(made, **changes)


def protocol(seeds: int = 10, trials: int = 12, **changes: Any) -> Protocol:
    made = Protocol(
        task="toy", data_hash="0", model="Linear, 3 parameters", rows=(60, 20, 20), batch_size=16, steps=300,
        trials=trials, seeds=seeds, metric="accuracy", greater_is_better=True, search_seed=0,
        confirm_seeds=tuple(range(100, 100 + seeds)), runner="lanes", runner_reason="", versions={}, machine="",
        pass_us=90.0,         trial_steps=1, seconds=1.0,
    )  # fmt: skip
    return replace(made, **changes)


def outcome(final: float, *, first: float = 0.1, test: float = np.nan, at: int = 1, loss: float = 0.5) -> Outcome:
    """A run that comes to its final score at checkpoint `at`; NaN: it diverges there."""
    curve = np.where(np.arange(len(STEPS)) >= at, final, first).astype(np.float32)
    losses = np.where(np.isnan(curve), np.nan, loss).astype(np.float32)
    return Outcome(STEPS, losses, losses, curve, loss, test, int(STEPS[at]) if np.isnan(final) else None)


def search(name: str, finals: Sequence[float], lrs: Sequence[float] | None = None) -> list[tuple[Trial, Outcome]]:
    lrs = lrs or [0.01, *np.geomspace(*LIMITS, len(finals) + 1)[1:-1].tolist()]
    return [
        (Trial(name, number, {"lr": lr, "beta": 0.9}, 0, "search"), outcome(final))
        for number, (lr, final) in enumerate(zip(lrs, finals, strict=True))
    ]


def confirm(name: str, scores: Sequence[float], at: int = 1) -> list[tuple[Trial, Outcome]]:
    """One run a seed, 100 and up; NaN: it diverges."""
    return [
        (Trial(name, 0, dict(DEFAULTS), 100 + i, "confirm"), outcome(score, test=score, at=at))
        for i, score in enumerate(scores)
    ]


def verdict(scores: Mapping[str, Sequence[float]], **given: Any) -> Verdict:
    """The verdict where each optimizer's search is flat and its confirmation scores are as given."""
    seeds = len(next(iter(scores.values())))
    runs = [run for name, x in scores.items() for run in [*search(name, [0.9] * 12), *confirm(name, x)]]
    return judge([contender(name) for name in scores], runs, protocol(seeds, **given), sparsity=0.1, drift=0.1)


def standing(optimizer: str, **changes: Any) -> Standing:
    made = Standing(
        optimizer=optimizer, settings={"lr": 0.03125, "beta": 0.9}, score=0.9, interval=(0.88, 0.92),
        scores=(0.9,) * 10, difference=0.0, difference_interval=(-0.01, 0.01), p=1.0, loses=0.5, distinguishable=False,
        trials=12, diverged=0, diverged_seeds=0, edge=None, lr_tolerance=1.0, step_us=10.0,
        bytes_per_parameter=BYTES.get(optimizer, 8.0), steps_to_target=100.0, seconds_to_target=0.01,
    )  # fmt: skip
    return replace(made, **changes)
