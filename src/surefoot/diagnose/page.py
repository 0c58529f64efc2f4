"""The page of one diagnosis: the answer, the numbers, the derivation typeset, and what other settings would do."""

from importlib.metadata import version
from pathlib import Path

import numpy as np
from markupsafe import Markup

from surefoot.diagnose.answer import wording
from surefoot.diagnose.answer.diagnosis import Diagnosis, Formula
from surefoot.diagnose.orbits.drawings import drawings
from surefoot.pages import shell
from surefoot.rules.rule import Rule

HERE = Path(__file__).parent


def report(diagnosis: Diagnosis, rule: Rule, rate: str | None) -> str:
    """A whole HTML page that opens from disk, runs no script but the shell's and needs no network.

    Args:
        diagnosis: the answer. rule: the rule that it is about. rate: the name of its learning rate, which is varied.
    """
    with np.errstate(all="ignore"):
        figures = drawings(
            rule,
            diagnosis.settings,
            diagnosis.simulated,
            curvature=diagnosis.curvature,
            minimum=diagnosis.minimum,
            rate=rate,
            threshold=diagnosis.threshold,
        )
    environment = shell.templates(HERE)
    environment.globals |= {"mathml": mathml, "display": display, "wording": wording}
    body = environment.get_template("diagnosis.html.j2").render(
        d=diagnosis, figures=figures, numbers=numbers(diagnosis), title=title(diagnosis, rate)
    )
    return shell.page(
        title(diagnosis, rate),
        Markup(body),
        footer=f"Made by surefoot {version('surefoot')}. This page is one file and needs no network.",
        styles=[shell.read(HERE.parent / "pages" / "plot.css"), shell.read(HERE / "diagnosis.css")],
    )


def title(diagnosis: Diagnosis, rate: str | None) -> str:
    """What the page is of: the rule, its learning rate, the curvature, and the verdict."""
    at = f" at {rate} {diagnosis.settings[rate]:g}," if rate is not None else ","
    return f"{diagnosis.rule}{at} curvature {diagnosis.curvature:g}: {diagnosis.verdict}"


def mathml(form: Formula | None) -> Markup:
    """A formula within a line, or nothing."""
    return Markup("") if form is None else Markup("<math>{}</math>").format(Markup(form.mathml))


def display(line: str) -> Markup:
    """An equation on a line of its own, from its MathML."""
    return Markup('<math display="block">{}</math>').format(Markup(line))


def numbers(d: Diagnosis) -> list[tuple[str, str, Formula | None, str]]:
    """Rows of a name, a text, a formula that the text is equal to, and what follows it."""
    form = d.threshold_formula
    head, _, tail = wording.threshold(d).partition(f" = {form.text}" if form is not None else "\0")
    rows: list[tuple[str, str, Formula | None, str]] = [
        ("rule", f"{d.rule} with {wording.settings(d)}", None, ""),
        ("curvature", f"h = {d.curvature:g}" + (f", minimum at {d.minimum:g}" if d.minimum else ""), None, ""),
        ("threshold", head, form, tail),
    ]
    if (size := wording.size(d)) is not None:
        rows.append(("size of the error in the end", wording.number(size), d.amplitude_formula, ""))
    if d.rate is not None:
        rows.append(("rate", wording.rate(d), None, ""))
    rows.append(("simulated", wording.simulated(d), None, ""))
    return [*rows, *(("starts", line, None, "") for line in wording.attractors(d) if len(d.attractors) == 1)]
