"""Findings made up by formula, so that the report can be tested without a single training run."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from surefoot.compare.findings import Findings
from surefoot.compare.protocol import Protocol
from surefoot.compare.trial import Outcome, Trial
from surefoot.compare.verdict import Factor, Standing, Verdict

CHECKPOINTS = np.arange(0, 401, 20)
NAN = float("nan")


@dataclass(frozen=True)
class Kind:
    """What an invented optimizer is like: the score it can reach, its best lr, how wide its plateau is, its pace."""

    reach: float
    best_lr: float
    width: float
    pace: float
    diverges_above: float
    defaults: Mapping[str, float | str | bool]


KINDS = {
    "sgd": Kind(0.951, 0.6, 0.7, 70, 3.0, {"lr": 0.01}),
    "momentum": Kind(0.9665, 0.08, 0.8, 45, 0.9, {"lr": 0.01, "beta": 0.9, "form": "heavy-ball"}),
    "adagrad": Kind(0.9725, 0.12, 1.0, 25, 4.0, {"lr": 0.01, "eps": 1e-8, "eps_at": "inside"}),
    "rmsprop": Kind(0.968, 0.006, 0.8, 30, 1.0, {"lr": 0.01, "beta": 0.9, "eps": 1e-8, "eps_at": "inside"}),
    "adam": Kind(0.9735, 0.01, 0.9, 28, 1.5, {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}),
    "amsgrad": Kind(0.971, 0.01, 0.9, 30, 1.5, {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}),
    "adamw": Kind(0.974, 0.01, 0.9, 28, 1.5, {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "weight_decay": 0.01}),
    "lamb": Kind(0.960, 0.02, 0.5, 40, 0.5, {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "weight_decay": 0.01}),
}


def eight(task: str = "digits", names: Mapping[str, str] | None = None) -> Findings:
    """Eight optimizers, 32 settings, 10 seeds; adamw and adam tie, and some settings diverge. `names` renames."""
    return _findings(task, {(names or {}).get(name, name): kind for name, kind in KINDS.items()}, trials=32, seeds=10)


def one() -> Findings:
    """One optimizer, one setting, one seed."""
    return _findings("digits", {"adam": KINDS["adam"]}, trials=1, seeds=1)


def all_diverged() -> Findings:
    """Three optimizers of which no run ever ends with a finite loss."""
    kinds = {name: replace(KINDS[name], diverges_above=0.0) for name in ("sgd", "adam", "lamb")}
    return _findings("digits", kinds, trials=8, seeds=3)


def falling() -> Findings:
    """The eight on a score of which less is better: the error in percent, up to some thousands."""
    found = eight("diabetes")
    protocol = replace(found.protocol, metric="squared error", greater_is_better=False)

    def turned(score: float) -> float:
        return 3000 + 40_000 * (0.98 - score)

    runs = tuple(
        (t, replace(o, validation_score=turned(o.validation_score), test_score=turned(o.test_score)))
        for t, o in found.runs
    )
    ranking = tuple(
        replace(
            s,
            score=turned(s.score),
            interval=(turned(s.interval[1]), turned(s.interval[0])),
            scores=tuple(map(turned, s.scores)),
            difference=s.difference * 40_000,
            difference_interval=(s.difference_interval[0] * 40_000, s.difference_interval[1] * 40_000),
        )
        for s in found.verdict.ranking
    )
    return replace(found, protocol=protocol, verdict=replace(found.verdict, ranking=ranking), runs=runs)


def _findings(task: str, kinds: Mapping[str, Kind], trials: int, seeds: int) -> Findings:
    rng = np.random.default_rng(7)
    runs: list[tuple[Trial, Outcome]] = []
    confirmed: dict[str, tuple[Mapping[str, float | str | bool], list[float], int]] = {}
    seed_effects = rng.normal(0, 0.003, seeds)
    for name, kind in kinds.items():
        tried = [(Trial(name, k, s, 0, "search"), s) for k, s in enumerate(_settings(kind, trials))]
        search = [(trial, _outcome(kind, settings, rng, 0.0, "search")) for trial, settings in tried]
        chosen = max(search, key=lambda run: np.nan_to_num(run[1].validation_score[-1], nan=-1))[0]
        confirm = [
            (
                Trial(name, chosen.number, chosen.settings, 1001 + k, "confirm"),
                _outcome(kind, chosen.settings, rng, e, "confirm"),
            )
            for k, e in enumerate(seed_effects)
        ]
        runs += search + confirm
        diverged = sum(outcome.diverged_at is not None for _, outcome in search)
        confirmed[name] = chosen.settings, [outcome.test_score for _, outcome in confirm], diverged
    return Findings(_protocol(task, trials, seeds), _verdict(task, confirmed, trials, seeds), tuple(runs))


def _settings(kind: Kind, trials: int) -> list[dict[str, float | str | bool]]:
    spread = (np.arange(1, trials) * 0.618034) % 1.0
    return [dict(kind.defaults), *({**kind.defaults, "lr": float(10 ** (-4.5 + 5.2 * u))} for u in spread)]


def _outcome(
    kind: Kind, settings: Mapping[str, float | str | bool], rng: np.random.Generator, effect: float, phase: str
) -> Outcome:
    lr = float(settings["lr"])
    off = abs(np.log10(lr / kind.best_lr)) / kind.width
    reach = 0.1 + (kind.reach + effect - 0.1) * np.exp(-(max(0.0, off - 0.3) ** 2) / 2)
    pace = kind.pace * (1 + max(0.0, np.log10(kind.best_lr / lr)) * 3)
    wobble = rng.normal(0, 0.004, len(CHECKPOINTS)) * np.exp(-CHECKPOINTS / 300)
    grown = 1 - np.exp(-CHECKPOINTS / pace)
    score = np.clip(0.1 + (reach - 0.1) * grown + wobble, 0.05, 1.0)
    score[0] = 0.1 + rng.normal(0, 0.02)
    loss = 2.3 * np.exp(-4.5 * (score - 0.1) / 0.9) * np.exp(rng.normal(0, 0.05, len(CHECKPOINTS)))
    diverged_at = None
    if lr > kind.diverges_above:
        score[1:], loss[1:], diverged_at = NAN, NAN, int(CHECKPOINTS[1])
    test = float(score[-1] + rng.normal(0, 0.002)) if phase == "confirm" else NAN
    return Outcome(
        steps=CHECKPOINTS.astype(np.int64),
        train_loss=loss.astype(np.float32),
        validation_loss=(loss * 1.1).astype(np.float32),
        validation_score=score.astype(np.float32),
        test_loss=float(loss[-1]) if phase == "confirm" else NAN,
        test_score=test,
        diverged_at=diverged_at,
    )


def _verdict(
    task: str,
    confirmed: Mapping[str, tuple[Mapping[str, float | str | bool], list[float], int]],
    trials: int,
    seeds: int,
) -> Verdict:
    means = {name: float(np.nan_to_num(np.mean(scores), nan=0.1)) for name, (_, scores, _) in confirmed.items()}
    order = sorted(means, key=lambda name: -means[name])
    best = order[0]
    ranking = tuple(_standing(place, name, best, confirmed, trials) for place, name in enumerate(order))
    tied = tuple(row.optimizer for row in ranking if not row.distinguishable)
    settings = confirmed[best][0]
    arguments = ", ".join(f"{key}={value!r}" for key, value in settings.items())
    return Verdict(
        recommended=best,
        settings=settings,
        best=best,
        indistinguishable=tied,
        decided=len(tied) == 1,
        ranking=ranking,
        target=0.95,
        sentence=f"For {task}, use {best}: best mean test accuracy after 400 updates of 64 rows, {seeds} fresh seeds.",
        warnings=(
            "Fewer than 6 seeds cannot show a difference at the 5% level."
            if seeds < 6
            else "lamb's best lr lies at the edge.",
            "17 of 256 settings diverged.",
        ),
        code=f"from surefoot.optim import AdamW\n\noptimizer = AdamW(model.parameters(), {arguments})",
        factors=(
            Factor("Sparsity of gradients", 0.12, "12% of gradient entries are zero: little for AdaGrad to gain."),
            Factor(
                "Non-stationarity", 0.4, "Gradients shrink 40-fold during the run, which speaks for a fading memory."
            ),
            Factor("Cost of an update", 1.3, "The dearest optimizer here takes 1.3 times the cheapest's time."),
            Factor("Ease of tuning", 1.8, "adagrad stays near its best over 1.8 decades of lr, the widest here."),
        ),
    )


def _standing(
    place: int,
    name: str,
    best: str,
    confirmed: Mapping[str, tuple[Mapping[str, float | str | bool], list[float], int]],
    trials: int,
) -> Standing:
    settings, scores, diverged = confirmed[name]
    seen = np.nan_to_num(np.array(scores), nan=0.1)
    gaps = seen - np.nan_to_num(np.array(confirmed[best][1]), nan=0.1)
    half = 2.26 * float(np.std(seen)) / len(seen) ** 0.5
    gap, gap_half = float(np.mean(gaps)), 2.26 * float(np.std(gaps)) / len(seen) ** 0.5
    p = 1.0 if place < 2 else 10.0 ** -(0.4 * place)
    return Standing(
        optimizer=name,
        settings=settings,
        score=float(np.mean(seen)),
        interval=(float(np.mean(seen)) - half, float(np.mean(seen)) + half),
        scores=tuple(map(float, seen)),
        difference=gap,
        difference_interval=(gap - gap_half, gap + gap_half),
        p=p,
        loses=float(np.mean(gaps < 0)) if name != best else 0.5,
        distinguishable=p < 0.05 and len(seen) > 5,
        trials=trials,
        diverged=diverged,
        diverged_seeds=int(np.isnan(scores).sum()),
        edge=None,
        lr_tolerance=1.2,
        step_us=20.0 + 11 * place,
        bytes_per_parameter=4.0 * (place % 4),
        steps_to_target=None if place > 5 else 60.0 + 20 * place,
        seconds_to_target=None if place > 5 else 1e-6 * (60.0 + 20 * place) * (200.0 + 20.0 + 11 * place),
    )


def _protocol(task: str, trials: int, seeds: int) -> Protocol:
    return Protocol(
        task=task,
        data_hash="9f2c4be1d07a55e3",
        model="Sequential, 4,810 parameters",
        rows=(1077, 360, 360),
        batch_size=64,
        steps=400,
        trials=trials,
        seeds=seeds,
        metric="accuracy",
        greater_is_better=True,
        search_seed=0,
        confirm_seeds=tuple(range(1001, 1001 + seeds)),
        runner="lanes",
        runner_reason="",
        versions={"surefoot": "0.1.0", "torch": "2.13.0", "numpy": "2.4.6", "llvmlite": "0.50.0", "python": "3.11.9"},
        machine="x86_64, 2 cores, 2 threads",
        pass_us=200.0,
        trial_steps=134_400,
        seconds=21.4,
    )
