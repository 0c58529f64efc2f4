"""How much of an orbit to show, and the points to draw of it."""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating[Any]]

#: Of the first error, what is as good as nothing to the eye; how near to its end's size an orbit has come to its end.
SMALL, ENDED = 1e-16, 0.02
#: Steps shown at least; the part of those shown that come after the end; stretches that many steps are drawn in.
LEAST, AFTER, STRETCHES = 20, 0.5, 200
#: Steps from which on their axis is logarithmic, and begins at 1.
MANY = 400


def course(sizes: Numbers, whole: bool) -> Numbers:
    """The points to draw, (points, 2): steps and sizes.

    Args:
        sizes: (steps + 1,) of the error, from the start. whole: whether to show all, as it never comes to its end.
    """
    steps = len(sizes) - 1 if whole else shown(sizes)
    return np.stack(envelope(sizes[: steps + 1], steps > MANY), axis=1)


def shown(sizes: Numbers) -> int:
    """How many steps to show: until the error is nothing to the eye or as large as it stays, and half as many more.

    Args:
        sizes: (steps + 1,) of the error, from the start.

    >>> shown(0.5 ** np.arange(1000.0)), shown(np.array([1.0, 0.5] + [0.1] * 998))
    (81, 20)
    """
    last = len(sizes) - 1
    gone = (sizes < SMALL * sizes[0]) | ~np.isfinite(sizes)
    if gone[-1]:
        end = last + 1 - int(np.argmin(gone[::-1])) if not gone.all() else 0
    else:
        stays = sizes[-max(len(sizes) // 4, 1) :].max()
        largest = np.maximum.accumulate(sizes[::-1])[::-1]  # from each step on
        away = np.abs(largest - stays) > ENDED * stays
        end = int(away.nonzero()[0][-1]) + 1 if away.any() else 0
    return min(last, max(LEAST, int((1 + AFTER) * end)))


def envelope(sizes: Numbers, logarithmic: bool) -> tuple[Numbers, Numbers]:
    """The points (steps, sizes) to draw: all, or the least and the largest of each of many stretches, in their order.

    Args:
        sizes: of the error, from the start. logarithmic: whether stretches grow with the step, which then begins at 1.
    """
    first, last = int(logarithmic), len(sizes) - 1
    if last - first < 2 * STRETCHES:
        steps = np.arange(first, last + 1)
        return steps.astype(float), sizes[steps]
    edges = np.geomspace(first, last + 1, STRETCHES + 1) if logarithmic else np.linspace(first, last + 1, STRETCHES + 1)
    bounds = np.unique(edges.astype(int))
    chosen = {first, last}
    for low, high in pairwise(bounds.tolist()):
        chosen |= {int(low + np.argmin(sizes[low:high])), int(low + np.argmax(sizes[low:high]))}
    steps = np.array(sorted(chosen))
    return steps.astype(float), sizes[steps]
