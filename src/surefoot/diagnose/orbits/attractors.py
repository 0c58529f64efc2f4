"""What orbits can end on: all attractors that many starts find, and how much of the starts each takes.

A minimum may attract near starts while a cycle attracts far ones. One orbit shows one of them; here many begin at
errors of all sizes, and whoever ends alike is counted together. Mirror images are one attractor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.orbits import kinds
from surefoot.diagnose.orbits.arrival import Arrived, arrive
from surefoot.diagnose.orbits.ensemble import Ensemble
from surefoot.diagnose.orbits.kinds import Kind
from surefoot.errors import UserError
from surefoot.rules.rule import Rule, Setting

Numbers = NDArray[np.floating[Any]]

#: Of two cycles' amplitudes next to each other, and of two irregular attractors', the factor that sets them apart.
APART, FAR_APART = 1.02, 2.0
ENDS = {Kind.CONVERGES: 0.0, Kind.DIVERGES: float("inf")}
#: Cycles, or places of rest, that fewer starts each end on than this, or that are more than so many, are one family.
FAMILY, MOST = 3, 8


@dataclass(frozen=True)
class Attractor:
    """Where some of the starts end.

    Attributes:
        kind: what orbits on it do. amplitude: the largest error on it, 0 for the minimum, infinite for none.
        least: the amplitude of the smallest orbit counted here: much less than `amplitude`
            where each start has a cycle, or a place of rest, of its own.
        exponent: the largest Lyapunov exponent of the orbits that neither settle nor repeat themselves, else None.
        starts: how many starts end here. share: of all. interval: the 95% interval of that share (Wilson).
        smallest, largest: the least and greatest size of the starts that end here.
        points: some errors, one after another, of one orbit on it.
    """

    kind: Kind
    amplitude: float
    least: float
    exponent: float | None
    starts: int
    share: float
    interval: tuple[float, float]
    smallest: float
    largest: float
    points: tuple[float, ...]


def attractors(
    rule: Rule,
    settings: Mapping[str, Setting],
    *,
    curvature: float = 1.0,
    minimum: float = 0.0,
    starts: int = 256,
    sizes: tuple[float, float] = (1e-6, 10.0),
    seed: int = 0,
) -> tuple[Attractor, ...]:
    """The attractors of a setting that random starts find, the one that takes most of them first.

    Args:
        rule: the rule. settings: all its hyperparameters and static options. curvature: h. minimum: x*.
        starts: how many. sizes: between which sizes of the first error, uniform on a logarithmic scale, either sign;
            state begins as the rule says. seed: of the starts.

    Raises:
        UserError: for no starts, sizes that are not two positive numbers in order, or a curvature not above 0.

    >>> from surefoot.rules import find
    >>> rule = find("rmsprop")
    >>> found = attractors(rule, rule.settings({"lr": 0.01, "beta": 0.9}))
    >>> [(str(a.kind), round(a.amplitude, 8), a.share) for a in found]
    [('2-cycle', 0.004999, 1.0)]
    """
    if not isinstance(starts, int) or starts < 1:
        raise UserError(f"starts must be a whole number from 1, got {starts!r}")
    if np.shape(sizes) != (2,) or not 0 < sizes[0] <= sizes[1] < np.inf:
        raise UserError(f"sizes must be two positive numbers, the smaller first, got {sizes}")
    rng = np.random.default_rng(seed)
    low, high = np.log10(sizes[0]), np.log10(sizes[1])
    errors = 10.0 ** rng.uniform(low, high, starts) * rng.choice([-1.0, 1.0], starts)
    arrived = arrive(Ensemble(rule, settings, curvature, minimum), errors)
    found = [_attractor(group, arrived, errors) for group in _groups(arrived)]
    return tuple(sorted(found, key=lambda a: -a.starts))


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95% interval of a share by Wilson's score (1927), which holds its level for shares near 0 and 1 too.

    >>> [round(end, 4) for end in wilson(0, 10)], [round(end, 4) for end in wilson(5, 10)]
    ([0.0, 0.2775], [0.2366, 0.7634])
    """
    z = 1.959963984540054
    share, spread = count / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _groups(arrived: Arrived) -> list[NDArray[np.int64]]:
    """Orbits that end alike: of one kind (irregular ones together), and with no gap between their amplitudes.

    Where hardly two of them end alike, each has a cycle of its own, and they are one family.
    """
    alike = np.where(np.isnan(arrived.exponent), arrived.kind, "irregular")
    groups = []
    for name in sorted(set(alike)):
        members = np.flatnonzero(alike == name)
        if name in (Kind.CONVERGES, Kind.DIVERGES, Kind.UNDECIDED):
            groups.append(members)
            continue
        members = members[np.argsort(arrived.amplitude[members])]
        sizes = arrived.amplitude[members]
        apart = FAR_APART if name == "irregular" else APART
        parts = np.split(members, np.flatnonzero(sizes[1:] > apart * sizes[:-1]) + 1)
        if name == "irregular":  # bursts are as large as chance has it
            groups += _merged(parts)
            continue
        few = len(parts) <= MOST and FAMILY * len(parts) <= len(members)
        groups += parts if few or len(parts) == 1 else [members]
    return groups


def _merged(parts: list[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
    """Parts that only a start or two end on, put to the one before."""
    kept = parts[:1]
    for part in parts[1:]:
        if min(len(part), len(kept[-1])) < FAMILY:
            kept[-1] = np.concatenate([kept[-1], part])
        else:
            kept.append(part)
    return kept


def _attractor(group: NDArray[np.int64], arrived: Arrived, errors: Numbers) -> Attractor:
    name, one = Kind(arrived.kind[group[0]]), group[0]
    sizes, measured = np.abs(errors[group]), arrived.exponent[group]
    exponent = None if np.isnan(measured).all() else float(np.nanmedian(measured))
    if exponent is not None:
        name = kinds.irregular(exponent, arrived.last[:, group].ravel())
    return Attractor(
        kind=name,
        amplitude=ENDS.get(name, float(arrived.amplitude[group].max())),
        least=ENDS.get(name, float(arrived.amplitude[group].min())),
        exponent=exponent,
        starts=len(group),
        share=len(group) / len(errors),
        interval=wilson(len(group), len(errors)),
        smallest=float(sizes.min()),
        largest=float(sizes.max()),
        points=tuple(map(float, arrived.last[:, one])),
    )
