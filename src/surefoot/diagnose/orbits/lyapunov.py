"""Lyapunov exponents: how fast orbits that begin side by side part, by the tangent map that the engine derives.

Above 0 they part exponentially (chaos), at 0 they neither part nor meet (a drift around a circle), below 0 they meet.
The tangent vectors are multiplied by the step's Jacobian and made orthonormal again every few steps (Benettin et al.
1980); the exponents are the means of the logarithms of what that takes away.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.engines.orbits.composed import Map
from surefoot.engines.orbits.orbit import Orbits
from surefoot.errors import UserError

Numbers = NDArray[np.floating[Any]]

#: Steps from one orthonormalisation to the next: few enough for a factor of 1e18 a step, and where there are several
#: vectors, for one of 1e7 between them.
ALONE, TOGETHER = 16, 2


def exponents(
    map_: Map, variables: Numbers, steps: int, parameters: Mapping[str, Any], *, first: int = 1, count: int = 1
) -> Numbers:
    """The largest exponents of orbits, natural logarithms a step.

    Args:
        map_: the map. variables: (variables, orbits) on the attractor: let the transient pass before.
        steps: how many, rounded up to a multiple of 16. first: the step count of the first one.
        parameters: as for `Orbits.run`. count: how many exponents, at most as many as there are variables.

    Returns:
        (count, orbits), largest first; -inf where a direction is lost within a step, NaN where the map has no
        derivative on the orbit or the orbit leaves the numbers.

    Raises:
        UserError: for no steps, or more exponents than there are variables.

    >>> from surefoot.engines.orbits.composed import compose
    >>> from surefoot.engines.field import Field
    >>> from surefoot.rules import find
    >>> bowl = Field.of(lambda x: 0.5 * x * x)
    >>> halving = exponents(compose(find("sgd"), bowl), np.ones((1, 1)), 16, {"lr": 0.5})
    >>> bool(halving[0, 0] == np.log(0.5))
    True
    """
    size, orbits = variables.shape
    if steps < 1:
        raise UserError(f"steps must be 1 or more, got {steps}")
    if not 1 <= count <= size:
        raise UserError(f"count must be from 1 to {size}, the number of variables, got {count}")
    engine = Orbits(map_.tangent(count))
    frame = _orthonormal(np.random.default_rng(0).standard_normal((count, size, orbits)))[0]
    total = np.zeros((count, orbits))
    between = ALONE if count == 1 else TOGETHER
    blocks = -(-steps // between)
    with np.errstate(all="ignore"):
        for block in range(blocks):
            everything = np.concatenate([variables, frame.reshape(count * size, orbits)])
            walk = engine.run(everything, between, parameters, first=first + block * between, threads=1)
            variables = walk.variables[:size]
            frame, lengths = _orthonormal(walk.variables[size:].reshape(count, size, orbits))
            total += np.log(lengths)
    return total / (blocks * between)


def _orthonormal(frame: Numbers) -> tuple[Numbers, Numbers]:
    """(count, size, orbits) vectors made orthonormal in order, and (count, orbits) what length they had left."""
    frame = frame.copy()
    lengths = np.empty((frame.shape[0], frame.shape[2]))
    for k in range(len(frame)):
        vector = frame[k]
        for other in frame[:k]:
            vector -= (vector * other).sum(0) * other
        largest = np.abs(vector).max(0)  # squares of what is very small or large would leave the numbers
        scaled = vector / np.where(largest > 0, largest, 1.0)
        lengths[k] = largest * np.sqrt(np.square(scaled).sum(0))
        vector /= np.where(lengths[k] > 0, lengths[k], 1.0)
    return frame, lengths
