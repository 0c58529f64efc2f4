"""What an orbit does in the end, told from its errors: the words of a verdict, and how they are told apart."""

from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating[Any]]


class Kind(StrEnum):
    """What an orbit does; a verdict's words."""

    MONOTONE = "converges monotonically"
    CONVERGES = "converges"
    TWO_CYCLE = "2-cycle"
    CYCLE = "cycle"  # of a longer period
    QUASI_PERIODIC = "quasi-periodic"
    CHAOS = "spikes or chaos"
    DIVERGES = "diverges"
    TRAPPED = "trapped"  # at rest away from the minimum
    ABSORBED = "absorbed by rounding"
    UNDECIDED = "undecided"  # still changing when the last step had been made


#: The largest error of an orbit that converges falls at least to this part from one stretch of its steps to the next.
SHRINKS = 0.9
#: What goes one way falls steadily if, from one stretch to the next, the part it falls to changes no more than this.
STEADY = 1 - 1e-6
#: An error as many times as large as the first has gone far away; and one has left for good.
FAR, GROWS = 1e10, 1e50
#: Errors that count as 0: steps of this size are lost to float64.
NOTHING = 1e-290
#: An orbit has settled if this changes less, relatively.
SETTLED = 1e-6
#: The same where many orbits are looked at after few steps.
ROUGHLY = 1e-2
#: Relative change below which an orbit is at rest: none but rounding's.
STILL = 1e-13
#: The longest period looked for.
LONGEST = 32
#: Exponents a step closer to 0 than this count as 0.
NEUTRAL = 2e-3
#: Largest over median error from which on one speaks of spikes.
SPIKY = 20.0


def periods(points: Numbers, tolerance: float = SETTLED) -> NDArray[np.int64]:
    """The least period of each orbit, 0 where there is none up to `LONGEST`.

    Args:
        points: (steps, orbits) errors, one after another, at least twice as many as the longest period.
        tolerance: by how much the points may differ after a period, of the largest.

    >>> periods(np.array([[1.0, 2.0], [-1.0, 2.0]] * 40)).tolist()
    [2, 1]
    """
    scale = np.abs(points).max(0)
    found = np.zeros(points.shape[1], np.int64)
    with np.errstate(invalid="ignore"):
        for period in range(min(LONGEST, len(points) // 2), 0, -1):
            gap = np.abs(points[period:] - points[:-period]).max(0)
            found[gap <= tolerance * scale] = period
    return found


def still_falls(first: Any, second: Any, third: Any) -> Any:
    """Whether sizes from equal stretches fall on as they fell before, as a power of the steps does at least.

    What comes to rest beside the minimum falls too, but soon less and less.

    >>> bool(still_falls(1.0, 0.5, 0.25)), bool(still_falls(1.0, 0.5, 0.45))
    (True, False)
    """
    return third * np.sqrt(first) <= np.sqrt(second) * second


def rests_beside(values: Any) -> Any:
    """Whether four values at equal distances go on by the same part each time, to somewhere that is not 0.

    >>> bool(rests_beside([2.0, 1.5, 1.25, 1.125])), bool(rests_beside([8.0, 4.0, 2.0, 1.0]))
    (True, False)
    """
    first, second, third = (values[k + 1] - values[k] for k in range(3))
    part = second / first
    end = values[3] + third * part / (1 - part)
    return (part < SHRINKS) & (third / second <= 1.02 * part) & (np.abs(end) > np.abs(values[3]) / 2)


def repeating(before: Numbers, after: Numbers, points: Numbers, tolerance: float = SETTLED) -> NDArray[np.str_]:
    """Which orbits rest or cycle; all others are `UNDECIDED`.

    Args:
        before, after: (orbits,) the largest error over an earlier and a later stretch of equal length.
        points: (steps, orbits) the last errors. tolerance: relative change that passes for none.
    """
    kind = np.full(len(after), str(Kind.UNDECIDED), dtype="U32")
    with np.errstate(invalid="ignore", over="ignore"):
        change = np.abs(after - before)
        here = np.flatnonzero((change <= tolerance * before) & (after > NOTHING))
        period = periods(points[:, here], tolerance)
        still = change[here] <= STILL * before[here]
    for found, which in (
        (Kind.TRAPPED, (period == 1) & still),
        (Kind.TWO_CYCLE, period == 2),
        (Kind.CYCLE, period > 2),
    ):
        kind[here[which]] = found
    return kind


def coarse(
    peak: Numbers, before: Numbers, after: Numbers, left: NDArray[np.bool_], points: Numbers, start: float
) -> NDArray[np.str_]:
    """The kind of each of many orbits that began near the minimum, from few steps and without exponents.

    What neither settles nor repeats itself is `UNDECIDED`: it does not converge, and stays among the numbers. Who has
    been far away does not converge, even if it comes near again: it did not stay.

    Args:
        peak, before, after: (orbits,) the largest error over the first, the second and the last quarter of the steps.
        left: (orbits,) whether it left the numbers. points: (steps, orbits) the last errors.
        start: the size of the first error.
    """
    kind = repeating(before, after, points, ROUGHLY)
    with np.errstate(invalid="ignore", over="ignore"):
        stays = np.maximum(peak, before) <= FAR * start
        kind[stays & ((after < before) & (after <= start) | (after < NOTHING))] = Kind.CONVERGES
        kind[left | ~(after <= GROWS * start)] = Kind.DIVERGES
    return kind


def irregular(exponent: float, errors: Numbers) -> Kind:
    """What to call an orbit that neither settles nor repeats itself, by its largest exponent and its last errors."""
    sizes = np.abs(errors)
    median = float(np.median(sizes))
    if exponent > NEUTRAL or float(sizes.max()) > SPIKY * median:
        return Kind.CHAOS
    return Kind.QUASI_PERIODIC if abs(exponent) <= NEUTRAL else Kind.CYCLE
