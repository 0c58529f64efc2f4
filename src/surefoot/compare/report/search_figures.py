"""The search, drawn: a small chart of score against learning rate for every optimizer, all on the same axes."""

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, log10
from typing import Any

from markupsafe import Markup

from surefoot.compare.findings import Findings
from surefoot.compare.judging import wording
from surefoot.compare.report import limits, series
from surefoot.pages import charts
from surefoot.pages.palette import style

Trace = dict[str, Any]


def searches(findings: Findings) -> list[tuple[str, Markup]]:
    """For each optimizer its name and a small chart of score against learning rate, all on the same axes."""
    found = series.sensitivities(findings)
    better = findings.protocol.greater_is_better
    shown = limits.search_limits(found, series.untrained(findings), better) or (0.0, 1.0)
    rates = [log10(point.lr) for one in found for point in one.tried]
    span = [min(rates) - 0.2, max(rates) + 0.2] if rates else [-1.0, 1.0]
    return [(one.optimizer, _panel(findings, one, shown, span)) for one in found]


def _panel(findings: Findings, one: series.Sensitivity, shown: limits.Limits, span: Sequence[float]) -> Markup:
    place = findings.place(one.optimizer)
    colour = style(place).colour
    worst = shown[0] if findings.protocol.greater_is_better else shown[1]
    inside = worst + 0.04 * (sum(shown) - 2 * worst)  # at the edge, yet whole
    marks: Mapping[series.Fate, Trace] = {
        "scored": {"symbol": "circle", "size": 7, "color": colour, "opacity": 0.75},
        "beyond": {"symbol": "triangle-down-open", "size": 8, "color": colour},
        "diverged": {"symbol": "x-thin", "size": 7, "line": {"width": 1.8, "color": "var(--ink)"}},
    }
    traces = [_tried([p for p in one.tried if p.fate == fate], inside, marker) for fate, marker in marks.items()]
    if one.default:
        ring = {"symbol": "diamond-open", "size": 14, "color": "var(--ink)", "line": {"width": 1.8}}
        traces.append(_tried([one.default], inside, ring, "the default setting<br>"))
    if one.chosen:
        star = {"symbol": "star", "size": 14, "color": colour, "line": {"width": 1.2, "color": "var(--ink)"}}
        traces.append(_tried([one.chosen], inside, star, "the chosen setting<br>"))
    decades = ceil((span[1] - span[0]) / 2.5)  # from tick to tick: three fit on a phone
    layout = {
        "xaxis": charts.axis("lr", type="log", range=list(span), dtick=decades, tickangle=0, exponentformat="power"),
        "yaxis": charts.axis("", range=list(shown), nticks=7),
    }
    label = f"Validation score against learning rate for every setting of {one.optimizer} that was tried"
    return charts.chart(f"chart-search-{place}", traces, layout, height=230, label=label)


def _tried(points: Sequence[series.Tried], edge: float, marker: Trace, before: str = "") -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [p.lr for p in points],
        "y": [p.score if p.fate == "scored" else edge for p in points],
        "marker": marker,
        "text": [before + _described(p) for p in points],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _described(point: series.Tried) -> str:
    ending = {"scored": "", "beyond": ", worse than untrained", "diverged": "diverged"}[point.fate]
    said = ending if point.fate == "diverged" else wording.score(point.score) + ending
    return "<br>".join([said, *(escape(f"{k} = {wording.setting(v)}") for k, v in point.settings.items())])
