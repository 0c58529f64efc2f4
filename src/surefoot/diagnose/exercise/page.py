"""The page: every record computed anew, drawn, and put into the text."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from surefoot.diagnose.exercise import comparisons, conditions, courses, derivation, figures, strides
from surefoot.diagnose.exercise.update import BETA, EPS, LR
from surefoot.pages import formula, shell

HERE = Path(__file__).parent


def text() -> str:
    """The whole page as HTML. It needs no network and runs no script but the shell's."""
    environment = shell.templates(HERE)
    environment.globals |= {"tex": formula.inline, "display": formula.display}
    environment.filters |= {"short": short, "count": count}
    body = environment.get_template("exercise.html.j2").render(**part_a(), **part_b(), **part_c(), **part_d())
    return shell.page(
        "RMSProp on a quadratic: the exercise, answered",
        Markup(body),
        footer="Made by surefoot. Every number on this page was computed when it was written. It needs no network.",
        styles=[shell.read(HERE.parents[1] / "pages" / "plot.css"), shell.read(HERE / "exercise.css")],
    )


def part_a() -> Mapping[str, Any]:
    """The derivation."""
    return {"lines": derivation.lines(), "lr": LR, "beta": BETA, "eps": EPS}


def part_b() -> Mapping[str, Any]:
    """The conditions and their checks."""
    rhos = np.unique(np.concatenate([np.linspace(0.1, 4, 40), [1.99, 2.0, 2.01]]))
    surveys = [conditions.survey(float(rho), beta) for beta in conditions.DECAYS for rho in rhos]
    falling = conditions.approach(1.0 + 1e-3, BETA)
    return {
        "identity": derivation.decrease(),
        "boxes": [conditions.box(0.001, 2.0), conditions.box(2.0, 2.01)],
        "rows": conditions.table(),
        "shares": figures.shares(surveys),
        "bifurcation": figures.bifurcation(conditions.branch(BETA)),
        "failures": conditions.first_failures(),
        "node_until": conditions.node_until(BETA),
        "falling": falling,
    }


def part_c() -> Mapping[str, Any]:
    """The effective step and epsilon."""
    found = strides.strides()
    return {
        "strides": found,
        "effective_steps": figures.effective_steps(found),
        "errors": figures.errors(found),
        "without_epsilon": strides.without_epsilon(),
    }


def part_d() -> Mapping[str, Any]:
    """The comparisons, and continuous time."""
    plain, scaled = comparisons.both()
    memories, scenes = comparisons.memories(), courses.scenes()
    arrived = scaled.arrivals[np.isfinite(scaled.arrivals)]
    return {
        "plain": plain,
        "scaled": scaled,
        "served": float(np.log10(plain.curvatures[np.isfinite(plain.arrivals)][[0, -1]]) @ [-1, 1]),
        "arrived": (arrived.min(), float(np.median(arrived)), arrived.max()),
        "arrivals": figures.arrivals(plain, scaled),
        "ends": figures.ends(plain, scaled),
        "memories": memories,
        "recoveries": figures.recoveries(memories),
        "scenes": scenes,
        "courses": [figures.courses(scene) for scene in scenes],
        "courses_key": figures.courses_key(),
        "tracking": {scene.loss.name: figures.tracking(scene) for scene in scenes},
        "drawn": courses.DRAWN,
        "turned": comparisons.turned(),
    }


def short(value: float) -> str:
    """Three significant digits, for prose and tables.

    >>> short(0.00499899989), short(2e-8), short(0.0)
    ('0.005', '2·10⁻⁸', '0')
    """
    text = f"{value:.3g}"
    if "e" not in text:
        return text.replace("-", "−")
    digits, _, power = text.partition("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return ("" if digits == "1" else f"{digits.replace('-', '−')}·") + f"10{raised}"


def count(value: float) -> str:
    """A whole number with its thousands set apart.

    >>> count(15368.2)
    '15,368'
    """
    return f"{round(value):,}"
