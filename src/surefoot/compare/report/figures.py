"""The report's charts, drawn from the series: nothing is computed here but where a mark stands."""

from collections.abc import Iterable
from math import isfinite
from typing import Any

from markupsafe import Markup

from surefoot.compare.findings import Findings
from surefoot.compare.judging import wording
from surefoot.compare.report import limits, series
from surefoot.compare.verdict import Standing
from surefoot.pages import charts
from surefoot.pages.palette import Style, style

Trace = dict[str, Any]
CURVES_LEGEND, SEARCH_LEGEND = "legend-curves", "legend-search"


def ranking(findings: Findings) -> Markup:
    """A row an optimizer, best on top: mean, 95% interval, and under them a dot for every seed, equal ones stacked."""
    rows = findings.verdict.ranking
    shown = limits.ranking_limits(rows, findings.protocol.greater_is_better)
    if shown is None:
        return Markup()
    drawn = [not _diverged(s) and shown[0] <= s.score <= shown[1] for s in rows]
    places = [findings.place(s.optimizer) for s in rows]
    traces = [trace for row, s in enumerate(rows) if drawn[row] for trace in _dots(row, s, style(places[row]))]
    beyond = [_beyond(row, s, shown) for row, s in enumerate(rows) if not drawn[row]]
    layout = {
        "xaxis": charts.axis(f"test {findings.protocol.metric}", range=shown),
        "yaxis": charts.axis(
            "",
            tickvals=list(range(len(rows))),
            ticktext=[charts.plain(_short(s.optimizer)) for s in rows],
            tickfont={"size": 13, "color": "var(--ink)"},
            range=[len(rows) - 0.4, -0.6],
            fixedrange=True,
            showgrid=False,
        ),
        "annotations": beyond,
    }
    label = "Mean test score of each optimizer with its 95% interval and every seed; the table gives the same numbers."
    return charts.chart("chart-ranking", traces, layout, height=70 + 50 * len(rows), label=label)


def _dots(row: int, standing: Standing, look: Style) -> list[Trace]:
    low, high = standing.interval
    heights = series.heights(standing.scores)
    seeds = {
        "type": "scatter",
        "mode": "markers",
        "x": _numbers(standing.scores),
        "y": [row + 0.24 + 0.4 * height / max([4, *heights]) for height in heights],
        "marker": {"symbol": "circle", "size": 5, "color": look.colour, "opacity": 0.85},
        "hovertemplate": f"{charts.plain(standing.optimizer)}, one seed: %{{x:.4~g}}<extra></extra>",
    }
    mean = {
        "type": "scatter",
        "mode": "markers",
        "x": _numbers([standing.score]),
        "y": [row],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": _numbers([high - standing.score]),
            "arrayminus": _numbers([standing.score - low]),
            "color": look.colour,
            "thickness": 2.5,
            "width": 6,
        },
        "marker": {"symbol": look.marker, "size": 11, "color": look.colour},
        "hovertemplate": f"{charts.plain(standing.optimizer)}: {wording.score(standing.score)}"
        f"<br>95% interval {wording.score(low)} to {wording.score(high)}<extra></extra>",
    }
    return [seeds, mean]


def _beyond(row: int, standing: Standing, shown: limits.Limits) -> Trace:
    """A note at the edge for a mean that lies off the chart, or that there is none."""
    diverged = _diverged(standing)
    left = diverged or not standing.score > shown[1]
    mean = wording.score(standing.score)
    text = "every run diverged" if diverged else f"◀ {mean}" if left else f"{mean} ▶"
    return {
        "xref": "paper",
        "x": 0.0 if left else 1.0,
        "y": row,
        "xanchor": "left" if left else "right",
        "text": text,
        "showarrow": False,
        "font": {"size": 12, "color": "var(--muted)"},
    }


def _diverged(standing: Standing) -> bool:
    return standing.diverged_seeds == len(standing.scores)


def curves(findings: Findings, quantity: series.Quantity) -> Markup:
    """Median and quartiles over the confirmation seeds along the run; the training loss on a log scale if above 0."""
    protocol = findings.protocol
    bands = series.bands(findings, quantity)
    if not bands:
        return Markup()
    looks = [(band, style(findings.place(band.optimizer))) for band in reversed(bands)]
    traces = [_quartiles(band, look) for band, look in looks] + [_median(band, look) for band, look in looks]
    if quantity == "train_loss":
        losses = [value for band in bands for curve in (band.low, band.high) for value in curve]
        vertical = charts.axis("training loss", **charts.logarithmic(losses))
    else:
        ends = limits.curve_limits([band.median for band in bands], 0.1, protocol.greater_is_better)
        vertical = charts.axis(f"validation {protocol.metric}", range=ends)
    layout = {"xaxis": charts.axis("updates", rangemode="tozero"), "yaxis": vertical}
    label = f"{vertical['title']['text']} along the run, median and quartiles over seeds, for each optimizer"
    return charts.chart(f"chart-{quantity}", traces, layout, height=440, label=label, legend=CURVES_LEGEND)


def _quartiles(band: series.Band, look: Style) -> Trace:
    drawn = [i for i, ends in enumerate(zip(band.low, band.high, strict=True)) if all(map(isfinite, ends))]
    around = [*drawn, *reversed(drawn)]
    edge = [*(band.low[i] for i in drawn), *(band.high[i] for i in reversed(drawn))]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": _numbers(band.steps[i] for i in around),
        "y": _numbers(edge),
        "fill": "toself",
        "fillcolor": look.band,
        "line": {"width": 0, "color": look.colour},
        "hoverinfo": "skip",
        "legendgroup": band.optimizer,
    }


def _median(band: series.Band, look: Style) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": _numbers(band.steps),
        "y": _numbers(band.median),
        "name": charts.plain(band.optimizer),
        "line": {"color": look.colour, "dash": look.dash, "width": 2},
        "marker": {"symbol": look.marker, "size": 8, "color": look.colour, "maxdisplayed": 7},
        "hovertemplate": f"{charts.plain(band.optimizer)}: %{{y:.4~g}}<br>after %{{x:,}} updates<extra></extra>",
        "legendgroup": band.optimizer,
    }


def expectation(findings: Findings) -> Markup:
    """The validation score to expect of the best of k settings drawn from those of the search, k on a log scale."""
    found = series.expectations(findings)
    if not found:
        return Markup()
    traces = [_expected(one, style(findings.place(one.optimizer))) for one in reversed(found)]
    most = max(len(one.scores) for one in found)
    ticks = [k for k in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512) if k <= most]
    layout = {
        "xaxis": charts.axis("settings tried", type="log", tickvals=ticks, ticktext=[str(k) for k in ticks]),
        "yaxis": charts.axis(
            f"expected best validation {findings.protocol.metric}",
            range=limits.curve_limits([one.scores for one in found], 0.1, findings.protocol.greater_is_better),
        ),
    }
    label = "Expected best validation score after k settings tried, for each optimizer"
    return charts.chart("chart-expectation", traces, layout, height=420, label=label, legend=SEARCH_LEGEND)


def _expected(one: series.Expectation, look: Style) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(range(1, len(one.scores) + 1)),
        "y": _numbers(one.scores),
        "name": charts.plain(one.optimizer),
        "line": {"color": look.colour, "dash": look.dash, "width": 2},
        "marker": {"symbol": look.marker, "size": 8, "color": look.colour, "maxdisplayed": 10},
        "hovertemplate": f"{charts.plain(one.optimizer)}: %{{y:.4~g}}<br>best of %{{x}} settings<extra></extra>",
        "legendgroup": one.optimizer,
    }


def key(findings: Findings, legend: str) -> Markup:
    """The legend of a chart: every optimizer, best first, in its own colour, dash and marker."""
    names = [standing.optimizer for standing in findings.verdict.ranking]
    return charts.legend(legend, [(findings.place(name), name) for name in names])


def _short(name: str, most: int = 24) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _numbers(values: Iterable[float]) -> list[float | None]:
    """Six significant digits are more than a screen shows; a value that is not finite is a gap."""
    return [float(f"{value:.6g}") if isfinite(value) else None for value in values]
