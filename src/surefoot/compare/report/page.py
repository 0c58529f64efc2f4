"""The answer as a page: one offline HTML file, drawn from the findings alone; and as a fragment for a notebook."""

from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from surefoot.compare.findings import Findings
from surefoot.compare.judging import wording
from surefoot.compare.report import figures, search_figures
from surefoot.pages import charts, shell
from surefoot.pages.swatch import swatch

HERE = Path(__file__).parent


def report(findings: Findings) -> str:
    """A whole HTML page that opens from disk and needs no network. The same findings give the same bytes."""
    body = _rendered(
        "report.html.j2",
        findings,
        changed={s.optimizer: findings.changed(s.optimizer, s.settings) for s in findings.verdict.ranking},
        places={name: place for place, name in enumerate(findings.optimizers)},
        ranking=figures.ranking(findings),
        score_curves=figures.curves(findings, "validation_score"),
        loss_curves=figures.curves(findings, "train_loss"),
        curves_key=figures.key(findings, figures.CURVES_LEGEND),
        searches=search_figures.searches(findings),
        expectation=figures.expectation(findings),
        search_key=figures.key(findings, figures.SEARCH_LEGEND),
    )
    versions = findings.protocol.versions
    return shell.page(
        f"Which optimizer for {findings.protocol.task}?",
        Markup(body),
        footer=f"Made by surefoot {versions.get('surefoot', '')}. This page is one file and needs no network.",
        scripts=charts.scripts(),
        styles=[charts.styles(), shell.read(HERE / "report.css")],
    )


def notebook(findings: Findings) -> str:
    """The verdict, the ranking and the code as an HTML fragment for `_repr_html_`: no script, no style sheet."""
    return _rendered("notebook.html.j2", findings)


def _rendered(template: str, findings: Findings, **more: Any) -> str:
    verdict, protocol = findings.verdict, findings.protocol
    sure = {"answered": wording.answered(verdict), "certainty": wording.certainty(verdict, protocol.seeds)}
    return _environment().get_template(template).render(verdict=verdict, protocol=protocol, **sure, **more)


def _environment() -> Environment:
    environment = shell.templates(HERE)
    words = ("score", "difference", "interval", "p_value", "duration", "count", "setting", "settings")
    environment.filters |= {word: getattr(wording, word) for word in words}
    environment.globals["swatch"] = swatch
    return environment
