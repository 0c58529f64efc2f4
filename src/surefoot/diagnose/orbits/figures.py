"""Figures of orbits: how the error goes, phase portraits, bifurcation diagrams and stability maps, as inline SVG."""

import math
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from surefoot.diagnose.orbits.kinds import Kind
from surefoot.diagnose.orbits.maps import Bifurcation, StabilityMap
from surefoot.diagnose.orbits.portraits import Portrait
from surefoot.diagnose.orbits.settling import Simulation
from surefoot.pages import raster
from surefoot.pages.plot import Axis, Series, key, plot

Numbers = NDArray[np.floating[Any]]

#: Rows of a bifurcation diagram.
ROWS = 260
#: The kinds a stability map shows, in the order of its key, with what the key calls them.
SHOWN: tuple[tuple[Kind, str], ...] = (
    (Kind.CONVERGES, "converges"),
    (Kind.TWO_CYCLE, "2-cycle"),
    (Kind.CYCLE, "longer cycle"),
    (Kind.UNDECIDED, "neither: still changing or irregular"),
    (Kind.DIVERGES, "diverges"),
    (Kind.TRAPPED, "rests elsewhere"),
)
#: The palette's position of what marks the user's setting.
YOURS = 5


def course(name: str, simulation: Simulation) -> Markup:
    """The size of the error, logarithmic, until it has come to its end; many steps are on a logarithmic axis too."""
    at, sizes = simulation.course.T
    seen = sizes[(sizes > 0) & np.isfinite(sizes)]
    if not len(seen):
        return Markup("")
    low, high = _around(max(seen.min(), seen.max() * 1e-16), seen.max())
    line = Series(0, at.tolist(), np.maximum(np.nan_to_num(sizes, nan=np.inf), low).tolist(), "size of the error")
    label = f"The size of the error over {at[-1]:.0f} steps; in the end it {_does(simulation.kind)}."
    x = Axis("step", float(at[0]), max(float(at[-1]), 1.0), log=at[0] > 0)
    return plot(name, x, Axis("|e|", low, high, log=True), [line], label=label)


def phase(name: str, portrait: Portrait) -> Markup:
    """Orbits in the plane of the error and a slot: lines from their starts, marks where they end."""
    x = _axis("error e", portrait.errors)
    y = _axis(portrait.y, portrait.others)
    orbits = range(portrait.errors.shape[1])
    lines = [Series(k, portrait.errors[:, k].tolist(), portrait.others[:, k].tolist()) for k in orbits]
    keys = [Series(k, (), (), f"from e = {portrait.errors[0, k]:.3g}") for k in orbits]
    ends = [
        Series(YOURS, portrait.last_errors[:, k].tolist(), portrait.last_others[:, k].tolist(), marks=True)
        for k in orbits
    ]
    final = Series(YOURS, (), (), "in the end")
    label = f"Orbits in the plane of the error and {portrait.y}, from their starts to where they end."
    drawing = plot(name, x, y, [*lines, *ends], label=label)
    return drawing + key([*keys, final])


def bifurcation(name: str, diagram: Bifurcation, yours: float | None = None) -> Markup:
    """The errors that orbits end on, in size, over one setting; `yours` is marked."""
    sizes = np.abs(diagram.errors)
    top = np.nanmax(sizes, initial=0.0) or 1.0
    least = np.nanmin(np.where(sizes > 0, sizes, top), initial=top)
    low, high = _around(max(least, top * 1e-12), top)
    order, x = _spread(diagram.name, diagram.values)
    y = Axis("|e| in the end", low, high, log=True)
    counts = np.zeros((ROWS, len(diagram.values)))
    for column, value in enumerate(order):
        row = np.clip(np.log(np.maximum(sizes[value], low) / low) / math.log(high / low) * ROWS, 0, ROWS - 1)
        np.add.at(counts[:, column], (ROWS - 1 - row[np.isfinite(row)]).astype(int), 1)
    counts[-3:-1] += counts[-1]  # the minimum, and what is too small to be shown: a line that can be seen
    strength = np.where(counts > 0, np.clip(120 + 30 * counts, 0, 255), 0).astype(np.uint8)
    ground = raster.ground(f"{name}-points", [raster.Layer(0, "", strength)])
    marks = _crosshair(x, y, yours, None)
    label = f"Sizes of the error that orbits end on, for {diagram.name} from {x.low:g} to {x.high:g}."
    return plot(name, x, y, marks, label=label, height=300, ground=ground)


def stability(name: str, found: StabilityMap, yours: tuple[float, float] | None = None) -> Markup:
    """What becomes of a small error over two settings, each kind in its colour and hatching; `yours` is marked."""
    columns, x = _spread(found.x, found.x_values)
    rows, y = _spread(found.y, found.y_values)
    kinds = found.kind[np.ix_(rows[::-1], columns)]
    layers = [
        raster.Layer(position, words, raster.hatched(kinds == kind, position))
        for position, (kind, words) in enumerate(SHOWN)
        if (kinds == kind).any()
    ]
    marks = _crosshair(x, y, *(yours or (None, None)))
    shares = ", ".join(f"{words} {(kinds == kind).mean():.0%}" for kind, words in SHOWN if (kinds == kind).any())
    label = f"What a small error does over {found.x} and {found.y} in {found.steps} steps: {shares}."
    drawing = plot(name, x, y, marks, label=label, height=340, ground=raster.ground(f"{name}-kind", layers))
    return drawing + raster.key(f"{name}-key", layers)


def _crosshair(x: Axis, y: Axis, across: float | None, up: float | None) -> list[Series]:
    """Lines through the user's setting, as far as it lies in the plot."""
    lines = []
    if across is not None:
        at = 1 - across if x.title.startswith("1 − ") else across
        if x.low <= at <= x.high:
            lines.append(Series(YOURS, [at, at], [y.low, y.high], "your setting"))
    if up is not None:
        at = 1 - up if y.title.startswith("1 − ") else up
        if y.low <= at <= y.high:
            lines.append(Series(YOURS, [x.low, x.high], [at, at], "" if lines else "your setting"))
    return lines


def _spread(name: str, values: Numbers) -> tuple[NDArray[np.intp], Axis]:
    """How to order values so that they rise evenly along an axis, and that axis: of v, log v or log (1 - v)."""
    order = np.argsort(values)
    rising = values[order]
    if len(values) < 2 or rising[0] == rising[-1]:
        raise ValueError(f"{name}: a figure needs two different values")  # of ours: users' axes are checked before
    if rising[0] > 0 and _is_even(np.log(rising)):
        return order, Axis(name, float(rising[0]), float(rising[-1]), log=True)
    if rising[-1] < 1 and _is_even(np.log(1 - rising)):
        return order[::-1], Axis(f"1 − {name}", float(1 - rising[-1]), float(1 - rising[0]), log=True)
    return order, Axis(name, float(rising[0]), float(rising[-1]))


def _is_even(values: Numbers) -> bool:
    gaps = np.diff(values)
    return bool(np.ptp(gaps) <= 1e-6 * np.abs(gaps).max())


def _axis(title: str, values: Numbers) -> Axis:
    seen = values[np.isfinite(values)]
    low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 1.0)
    margin = 0.05 * (high - low) or max(abs(high), 1e-300)
    return Axis(title, low - margin, high + margin)


def _around(low: float, high: float) -> tuple[float, float]:
    """Ends of a logarithmic axis that hold both, at least a factor of 10 apart."""
    high = max(high, low * 10) * 1.5
    return max(low / 1.5, 1e-300), high


def _does(kind: Kind) -> str:
    words: dict[Kind, str] = {
        Kind.MONOTONE: "has converged",
        Kind.CONVERGES: "has converged",
        Kind.DIVERGES: "has left the numbers",
        Kind.UNDECIDED: "is still on its way",
    }
    return words.get(kind, f"has become: {kind}")
