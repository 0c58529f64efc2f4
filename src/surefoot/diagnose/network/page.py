"""A finding on a training run as a page: the course of stride times curvature against the edge."""

from math import isfinite
from pathlib import Path
from typing import Any

from markupsafe import Markup

from surefoot.diagnose.network import wording
from surefoot.diagnose.network.finding import Finding
from surefoot.pages import charts, shell
from surefoot.pages.palette import style

HERE = Path(__file__).parent


def page(finding: Finding) -> str:
    """A whole HTML page that opens from disk and needs no network. The same finding gives the same bytes."""
    runs = [finding] if finding.checked is None else [finding, finding.checked]
    names = [f"lr {run.settings['lr']:g}" for run in runs]
    template = shell.templates(HERE).get_template("page.html.j2")
    body = template.render(
        finding=finding,
        sentence=wording.sentence(finding),
        advice=wording.advice(finding),
        cost=wording.cost(finding),
        caveats=wording.caveats(finding),
        key=charts.legend("runs", list(enumerate(names))) if len(runs) > 1 else "",
        edge=_chart(
            "chart-edge",
            [*_course(runs, names, lambda run, look: look.stride_sharpness / run.edge), *_line_at_one(finding)],
            "stride x curvature / edge",
            "Stride times curvature as a share of the edge of stability, along the run",
        ),
        sharpness=_chart(
            "chart-sharpness",
            _course(runs, names, lambda run, look: look.sharpness),
            "sharpness",
            "The Hessian's largest eigenvalue along the run",
        ),
        loss=_chart("chart-loss", _course(runs, names, lambda run, look: look.loss), "loss", "The loss along the run"),
    )
    return shell.page(
        f"{finding.optimizer} on {finding.task}: the edge of stability",
        Markup(body),
        footer="Made by surefoot. This page is one file and needs no network.",
        scripts=charts.scripts(),
        styles=[charts.styles()],
    )


def _course(runs: list[Finding], names: list[str], value: Any) -> list[dict[str, Any]]:
    traces = []
    for place, (run, name) in enumerate(zip(runs, names, strict=True)):
        points = [(look.step, value(run, look)) for look in run.looks]
        points = [(step, y) for step, y in points if isfinite(y)]
        drawn = style(place)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [step for step, _ in points],
                "y": [y for _, y in points],
                "name": charts.plain(name),
                "legendgroup": name,
                "line": {"color": drawn.colour, "dash": drawn.dash, "width": 2},
                "marker": {"color": drawn.colour, "size": 6},
                "hovertemplate": charts.plain(name) + "<br>step %{x}: %{y:.3g}<extra></extra>",
            }
        )
    return traces


def _line_at_one(finding: Finding) -> list[dict[str, Any]]:
    return [
        {
            "type": "scatter", "mode": "lines", "x": [0, finding.looks[-1].step], "y": [1, 1], "hoverinfo": "skip",
            "line": {"color": "var(--ink)", "width": 1.5, "dash": "dot"},
        }
    ]  # fmt: skip


def _chart(name: str, traces: list[dict[str, Any]], title: str, label: str) -> Markup:
    layout = {
        "xaxis": charts.axis("step"),
        "yaxis": charts.axis(title, **charts.logarithmic(y for trace in traces for y in trace["y"])),
    }
    return charts.chart(name, traces, layout, height=320, label=label, legend="runs")
