"""Charts in the house style: plotly figures with no colours of their own, which the page fills in for light or dark."""

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from math import isfinite
from typing import Any

from markupsafe import Markup

from surefoot.pages.shell import HERE, read
from surefoot.pages.swatch import swatch

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

Spec = Mapping[str, Any]
"""A plotly trace or part of a layout. Colours are `var(--name)` of the palette; the page replaces them."""


def scripts() -> tuple[str, str]:
    """What a page with charts runs: plotly.js from the installed plotly (it ships one bundle only), then ours."""
    from plotly.offline import get_plotlyjs  # noqa: PLC0415 - plotly loads when a chart is drawn

    return get_plotlyjs(), read(HERE / "charts.js")


def styles() -> str:
    """The charts' style sheet."""
    return read(HERE / "charts.css")


def chart(name: str, traces: Iterable[Spec], layout: Spec, *, height: int, label: str, legend: str = "") -> Markup:
    """A chart's place in the page and its data; plotly checks every property by name and value.

    Args:
        name: the element's id, fixed, so that the same data give the same page.
        traces: plotly traces. `legendgroup` is the name by which a legend switches one.
        layout: what this chart adds to the house style.
        height: in pixels; the width is the container's.
        label: what the chart shows, for those who do not see it.
        legend: the id of the legend that switches its traces.
    """
    from plotly.graph_objects import Figure  # noqa: PLC0415 - as above

    figure = Figure(data=list(traces), layout=_merged(_house(height), layout))
    data = json.dumps(json.loads(figure.to_json()), separators=(",", ":"), sort_keys=True).replace("<", "\\u003c")
    return Markup(
        '<div class="chart" id="{}" data-legend="{}" role="img" aria-label="{}" style="height: {}px"></div>'
        '<script type="application/json">{}</script>'
    ).format(name, legend, label, height, Markup(data))


def legend(name: str, series: Sequence[tuple[int, str]]) -> Markup:
    """A row of buttons, one for each (position, name), each with its swatch; a press switches the series off and on."""
    button = Markup('<li><button type="button" aria-pressed="true" data-series="{}">{}{}</button></li>')
    items = Markup("").join(button.format(text, swatch(position), text) for position, text in series)
    return Markup('<ul class="legend" id="{}" aria-label="Shown in the chart">{}</ul>').format(name, items)


def plain(text: str) -> str:
    """A text for plotly to show as it stands: plotly reads a little HTML in names, titles and hover texts.

    >>> plain("<b>adam</b>")
    '&lt;b&gt;adam&lt;/b&gt;'
    """
    return escape(text, quote=False)


def axis(title: str, **more: Any) -> dict[str, Any]:
    """An axis in the house style, titled, with what else is given."""
    house = {
        "title": {"text": plain(title), "standoff": 10, "font": {"size": 13, "color": "var(--muted)"}},
        "gridcolor": "var(--line)",
        "linecolor": "var(--line)",
        "tickfont": {"size": 12, "color": "var(--muted)"},
        "zeroline": False,
        "automargin": True,
        "ticks": "",
    }
    return _merged(house, more)


def logarithmic(values: Iterable[float]) -> dict[str, Any]:
    """What `axis` needs to be logarithmic: labels at 1, 2 and 5 over a few decades, at the powers of ten over more.

    Empty, for a linear axis, where a value is not above 0 or there is none; those that are not finite are left out.

    >>> logarithmic([0.5, 2.0])
    {'type': 'log', 'tickformat': '~g', 'dtick': 'D2'}
    >>> logarithmic([1e-6, 1.0]), logarithmic([0.0, 1.0])
    ({'type': 'log', 'tickformat': '~g'}, {})
    """
    values = [value for value in values if isfinite(value)]
    if not values or min(values) <= 0:
        return {}
    few = max(values) / min(values) < 1000
    return {"type": "log", "tickformat": "~g"} | ({"dtick": "D2"} if few else {})


def _house(height: int) -> dict[str, Any]:
    return {
        "template": {},  # none of plotly's own
        "height": height,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13, "color": "var(--ink)"},
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": "var(--surface)",
            "bordercolor": "var(--muted)",
            "font": {"family": FONT, "size": 13, "color": "var(--ink)"},
            "align": "left",
        },
    }


def _merged(under: Spec, over: Spec) -> dict[str, Any]:
    """`over` laid on `under`, inner mappings merged likewise."""
    both = dict(under)
    for key, value in over.items():
        inner = both.get(key)
        both[key] = _merged(inner, value) if isinstance(inner, Mapping) and isinstance(value, Mapping) else value
    return both
