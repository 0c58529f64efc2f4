"""Many orbits at once, each with its own start and settings, and what they did."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.orbits.simulation import PARABOLA, check_parabola, ignores_place
from surefoot.engines.orbits.composed import Map, compose
from surefoot.engines.orbits.orbit import Orbits, Walk
from surefoot.rules.rule import Rule, Setting

Numbers = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Stretch:
    """What orbits did over some steps.

    Attributes:
        peak, before, after: (orbits,) the largest error over the first, the second and the last quarter.
        left: (orbits,) bool, whether it left the numbers.
        last: (recorded, orbits) the last errors. variables: (variables, orbits) where the orbits are now.
    """

    peak: Numbers
    before: Numbers
    after: Numbers
    left: NDArray[np.bool_]
    last: Numbers
    variables: Numbers


class Ensemble:
    """A rule under fixed static options on the parabola, ready to be iterated from many places.

    Attributes:
        map: rule and parabola composed. place: where the minimum is put: 0 for a rule that does not look at x itself.
        parameters: what holds unless an orbit has its own.

    Raises:
        UserError: for a curvature that is not above 0, or a minimum that is no number.
    """

    def __init__(self, rule: Rule, settings: Mapping[str, Setting], curvature: float, minimum: float) -> None:
        check_parabola(curvature, minimum)
        self.map: Map = compose(rule, PARABOLA, settings)
        self.place = 0.0 if ignores_place(rule, settings) else minimum
        hyper = {name: settings[name] for name in rule.hyper}
        self.parameters: dict[str, Any] = {**hyper, "field:h": curvature, "field:at": self.place}
        self.engine = Orbits(self.map)

    def begin(self, errors: Numbers, own: Mapping[str, Any] | None = None) -> Numbers:
        """The variables of orbits that start with these errors, (variables, orbits)."""
        start = np.atleast_2d(np.asarray(errors, float)) + self.place
        return self.engine.run(start, 0, self.parameters | dict(own or {})).variables

    def run(
        self, variables: Numbers, steps: int, own: Mapping[str, Any] | None = None, first: int = 1, last: int = 64
    ) -> Stretch:
        """Iterate.

        Args:
            variables: as `begin` or an earlier stretch give them. own: hyperparameters, a number an orbit.
            steps: how many in all, more than four times `last`. first: the step count of the first.
            last: how many errors to keep of each orbit.
        """
        parameters = self.parameters | dict(own or {})
        quarter = steps // 4
        begin = self.engine.run(variables, quarter, parameters, first=first, tail=quarter)
        half = self.engine.run(begin.variables, quarter, parameters, first=first + quarter, tail=quarter)
        rest = steps - 2 * quarter - last
        third = self.engine.run(half.variables, rest, parameters, first=first + 2 * quarter, tail=quarter - last)
        walk = self.engine.run(third.variables, last, parameters, first=first + steps - last, every=1)
        assert walk.path is not None
        points = walk.path[:, 0] - self.place
        with np.errstate(invalid="ignore"):
            after = np.fmax(self._largest(third), np.abs(points).max(0))
        left = np.any([one.left > 0 for one in (begin, half, third, walk)], axis=0)
        return Stretch(self._largest(begin), self._largest(half), after, left, points, walk.variables)

    def _largest(self, walk: Walk) -> Numbers:
        assert walk.tail is not None
        largest: Numbers = np.fmax(walk.tail.high[0] - self.place, self.place - walk.tail.low[0])
        return largest
