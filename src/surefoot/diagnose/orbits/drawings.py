"""All that is drawn of one setting: its orbit, its portrait, and what other settings around it would do."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from surefoot.diagnose.orbits import figures
from surefoot.diagnose.orbits.maps import CURVATURE, bifurcation, stability_map
from surefoot.diagnose.orbits.portraits import portrait
from surefoot.diagnose.orbits.settling import Simulation
from surefoot.rules.rule import Rule, Setting

#: Cells a side of the map, values of the diagram, and by which factor its axes go to either side.
SIDE, VALUES, AROUND = 240, 240, 100.0


@dataclass(frozen=True)
class Drawing:
    """A figure and what stands under it."""

    name: str
    svg: Markup
    caption: str


def drawings(
    rule: Rule,
    settings: Mapping[str, Setting],
    simulation: Simulation,
    *,
    curvature: float = 1.0,
    minimum: float = 0.0,
    rate: str | None = "lr",
    threshold: float = math.inf,
) -> tuple[Drawing, ...]:
    """The figures of a setting, each some kilobytes of inline SVG; the page needs `plot.css`.

    Args:
        rule: the rule. settings: all its hyperparameters and static options.
        simulation: its orbit, as `orbits.simulate` gives it. curvature: h. minimum: x*.
        rate: the hyperparameter that is varied; None for a rule without one, of which two figures are left out.
        threshold: the largest stable rate, where there is one, to be in the middle of what is drawn.
    """
    drawn = [
        Drawing("course", figures.course("course", simulation), "The size of the error, step by step."),
        Drawing(
            "phase",
            figures.phase(
                "phase", portrait(rule, settings, curvature=curvature, minimum=minimum, start=_scale(simulation))
            ),
            "Orbits from three starts, and the points they visit in the end.",
        ),
    ]
    if rate is None or not float(settings[rate]) > 0:
        return tuple(drawn)
    yours = float(settings[rate])
    ends = _around(yours, threshold)
    other = _other(rule, settings)
    diagram = bifurcation(rule, settings, rate, np.geomspace(*ends, VALUES), curvature=curvature, minimum=minimum)
    across, up = (rate, np.geomspace(*ends, SIDE)), _up(other, settings, curvature)
    found = stability_map(rule, settings, across, up, curvature=curvature, minimum=minimum)
    here = curvature if other == CURVATURE else float(settings[other])
    return (
        *drawn,
        Drawing(
            "bifurcation",
            figures.bifurcation("bifurcation", diagram, yours),
            f"The sizes of the error in the end, for each {rate}: a line is a cycle e, -e; a band an orbit that never "
            f"repeats itself; at the bottom stands the minimum.",
        ),
        Drawing(
            "stability",
            figures.stability("stability", found, (yours, here)),
            f"What a small error does within {found.steps:,} steps, long after the start, over {rate} and {other}. One "
            "that first grows a great deal counts as neither, even if it is coming back.",
        ),
    )


def _scale(simulation: Simulation) -> float | None:
    """The largest start of the portrait: thrice the error in the end, where that is of a size to be seen."""
    return 3 * simulation.amplitude if 1e-9 < simulation.amplitude < 1e9 else None


def _around(yours: float, threshold: float) -> tuple[float, float]:
    """The ends of a logarithmic scale around the user's rate and the threshold."""
    middle = threshold if 0 < threshold < math.inf else yours
    return min(middle / AROUND, yours / 3), max(middle * AROUND, yours * 3)


def _other(rule: Rule, settings: Mapping[str, Setting]) -> str:
    """The second axis: the first decay of the rule that is in use, else the curvature."""
    decays = [n for n, domain in rule.hyper.items() if domain.scale == "log of 1-x" and float(settings[n]) > 0]
    return decays[0] if decays else CURVATURE


def _up(name: str, settings: Mapping[str, Setting], curvature: float) -> tuple[str, NDArray[np.float64]]:
    if name == CURVATURE:
        return name, np.geomspace(curvature / AROUND, curvature * AROUND, SIDE)
    return name, 1 - np.geomspace(1.0, min(1e-3, (1 - float(settings[name])) / 3), SIDE)
