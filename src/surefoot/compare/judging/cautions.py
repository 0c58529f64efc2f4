"""What limits an answer, a sentence each."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from surefoot.compare.judging import wording
from surefoot.compare.judging.statistics import mean_interval
from surefoot.compare.protocol import Protocol
from surefoot.compare.verdict import Standing

#: Below it an exact two-sided sign-flip test cannot reach p < .05: 2 / 2^5 = .0625.
FEWEST_SEEDS = 6
#: Below it a search moves the learning rate alone.
FEWEST_TRIALS = 10
#: Optimizers contained in others, with how (Choi et al. 2019): once tuned, the larger can be no worse.
INCLUSIONS = (("sgd", "momentum", "beta near 0"), ("momentum", "adam", "a large eps"))


def cautions(
    ranking: Sequence[Standing],
    lr_limits: Mapping[str, tuple[float, float] | None],
    protocol: Protocol,
    learned: bool,
) -> tuple[str, ...]:
    """The warnings of a verdict, the most general first; `learned`: whether the search beat the untrained model."""
    return (
        *_nothing_learned(ranking, learned),
        *_few_seeds(len(ranking), protocol),
        *_few_trials(protocol),
        *_not_converged(ranking, protocol),
        *_at_an_edge(ranking, lr_limits),
        *_divergence(ranking),
    )


def _nothing_learned(ranking: Sequence[Standing], learned: bool) -> Iterator[str]:
    if not learned and any(s.diverged < s.trials for s in ranking):
        yield (
            "Nothing learned: no setting of any optimizer ended with a better validation score than the untrained "
            "model; look at the data, the loss and the number of steps before the ranking."
        )


def _few_seeds(optimizers: int, protocol: Protocol) -> Iterator[str]:
    if protocol.seeds < FEWEST_SEEDS and optimizers > 1:
        seeds = "1 seed there is no interval and" if protocol.seeds == 1 else f"{protocol.seeds} seeds"
        yield (
            f"Few seeds: with {seeds} the exact test cannot reach p < 0.05, whatever the scores, so nothing can be "
            f"decided; it takes {FEWEST_SEEDS} or more."
        )


def _few_trials(protocol: Protocol) -> Iterator[str]:
    if protocol.trials < FEWEST_TRIALS:
        settings = "one setting, the default, was" if protocol.trials == 1 else f"{protocol.trials} settings were"
        yield (
            f"Few trials: only {settings} tried for each optimizer, none but the learning rate moved, and the ranking "
            f"may be that of the tuning; 32 are usual."
        )


def _not_converged(ranking: Sequence[Standing], protocol: Protocol) -> Iterator[str]:
    standing = {s.optimizer: s for s in ranking}
    sign = 1 if protocol.greater_is_better else -1
    for small, large, how in INCLUSIONS:
        if small not in standing or large not in standing:
            continue
        ahead = sign * (np.array(standing[small].scores) - np.array(standing[large].scores))
        low, high = mean_interval(ahead)
        if low > 0:
            of = standing[small].score
            yield (
                f"Tuning has not converged: {small} beats {large} by {wording.difference(float(ahead.mean()), of=of)} "
                f"({wording.difference(low, of=of)} to {wording.difference(high, of=of)}), though {large} with {how} "
                f"contains {small}; more trials would tell."
            )


def _at_an_edge(ranking: Sequence[Standing], lr_limits: Mapping[str, tuple[float, float] | None]) -> Iterator[str]:
    for s in ranking:
        limits = lr_limits[s.optimizer]
        if s.edge is not None and limits is not None:
            low, high = (wording.setting(end) for end in limits)
            yield (
                f"At the edge: the best lr of {s.optimizer}, {wording.setting(s.settings['lr'])}, lies at the {s.edge} "
                f"end of the searched range {low} to {high}; a better one may lie beyond."
            )


def _divergence(ranking: Sequence[Standing]) -> Iterator[str]:
    for s in ranking:
        if s.diverged == s.trials:
            all_of = "the only setting" if s.trials == 1 else f"all {s.trials} settings"
            yield f"Divergence: {all_of} of {s.optimizer} diverged in the search; its default was confirmed instead."
        if s.diverged_seeds:
            yield (
                f"Divergence: {s.optimizer} diverged on {s.diverged_seeds} of {len(s.scores)} confirmation seeds; such "
                f"a run counts as the worst score seen."
            )
