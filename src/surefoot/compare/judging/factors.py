"""The chapter's four factors in choosing an optimizer, measured on the task, and whom each speaks for."""

from collections.abc import Mapping, Sequence
from math import isfinite

from surefoot.compare.judging.wording import listing
from surefoot.compare.verdict import Factor, Standing

#: From this share of zeros on, gradients count as sparse.
SPARSE = 0.5
#: From so many decades on, a task counts as non-stationary.
MOVING = 1.0

UNMEASURED = "Not measured: no run of this task ended with finite gradients."


def factors(
    ranking: Sequence[Standing],
    near: Mapping[str, tuple[int, int]],
    *,
    adaptive: Sequence[str],
    fading: Sequence[str],
    sparsity: float,
    drift: float,
) -> tuple[Factor, ...]:
    """Sparsity of gradients, non-stationarity, cost per step, ease of tuning.

    Args:
        ranking: every optimizer. near: for each, how many of its settings came near the best score, and of how many.
        adaptive: names of those that scale each parameter's step by its own past gradients; fading: those of them that
            forget old gradients.
        sparsity: share of the gradients' entries that are exactly zero. drift: decades by which the gradients' mean
            square moved over a run.
    """
    return (_sparsity(sparsity, adaptive), _drift(drift, fading), _cost(ranking), _ease(near))


def _sparsity(value: float, adaptive: Sequence[str]) -> Factor:
    if not isfinite(value):
        return Factor("sparsity of gradients", value, UNMEASURED)
    zeros = f"{value:.0%} of the gradients' entries are zero"
    speaks_for = tuple(adaptive) if value >= SPARSE else ()
    if value >= SPARSE:
        verdict = f"sparse, which speaks for steps of each parameter's own: {_names(adaptive)}."
    else:
        verdict = "dense, which speaks for none in particular."
    return Factor("sparsity of gradients", value, f"{zeros}: {verdict}", speaks_for)


def _drift(value: float, fading: Sequence[str]) -> Factor:
    if not isfinite(value):
        return Factor("non-stationarity", value, UNMEASURED)
    moved = f"The gradients' mean square moved by {value:.1f} decades over a run"
    speaks_for = tuple(fading) if value >= MOVING else ()
    if value >= MOVING:
        verdict = f"far from stationary, which speaks for a fading memory: {_names(fading)}."
    else:
        verdict = "nearly stationary, which speaks for none in particular."
    return Factor("non-stationarity", value, f"{moved}: {verdict}", speaks_for)


def _cost(ranking: Sequence[Standing]) -> Factor:
    sizes = {s.optimizer: s.bytes_per_parameter for s in ranking}
    least, most = min(sizes.values()), max(sizes.values())
    cheap = [name for name, size in sizes.items() if size == least]
    if least == most:
        verdict = f"All keep {least:g} bytes of state a parameter, which speaks for none in particular."
    else:
        verdict = f"State takes from {least:g} to {most:g} bytes a parameter; the least speaks for {listing(cheap)}."
    return Factor("cost per step", least, verdict, tuple(cheap) if least < most else ())


def _ease(near: Mapping[str, tuple[int, int]]) -> Factor:
    shares = {name: hits / of for name, (hits, of) in near.items()}
    most = max(shares.values())
    easiest = [name for name, share in shares.items() if share == most]
    hits, of = near[easiest[0]]
    if len(easiest) == len(shares):
        verdict = f"As many settings came near the best score for each, {hits} of {of}."
    else:
        verdict = f"Most settings came near the best score for {listing(easiest)}, {hits} of {of}."
    return Factor("ease of tuning", most, verdict, tuple(easiest) if len(easiest) < len(shares) else ())


def _names(names: Sequence[str]) -> str:
    return listing(names) if names else "none of those compared"
