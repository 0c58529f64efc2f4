"""Chart helpers: what reaches the page."""

import json
import re
from xml.etree import ElementTree

import pytest

from surefoot.pages import charts

HOSTILE = "</script><script>alert(1)</script>"


def drawn(**changes: object) -> str:
    trace = {
        "type": "scatter",
        "x": [1, 2],
        "y": [3, None],
        "name": "a",
        "line": {"color": "var(--series-0)"},
    } | changes
    return charts.chart("c", [trace], {"xaxis": charts.axis("x")}, height=100, label="L")


def data(html: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(re.search(r'json">(.*)</script>', html)[1])  # type: ignore[index]
    return found


def test_the_data_survive_and_gaps_are_null() -> None:
    trace = data(drawn())["data"][0]  # type: ignore[index]
    assert (trace["x"], trace["y"]) == ([1, 2], [3, None])


def test_a_hostile_name_ends_no_script() -> None:
    html = drawn(name=HOSTILE)
    assert html.count("</script>") == 1
    assert data(html)["data"][0]["name"] == HOSTILE  # type: ignore[index]


def test_a_misspelt_property_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        drawn(line={"colour": "red"})


def test_the_house_style_has_no_colour_of_its_own() -> None:
    assert not re.search(r"#[0-9a-f]{3,8}\b", drawn())


def test_the_same_chart_is_the_same_text() -> None:
    assert drawn() == drawn()


def test_a_legend_names_its_series_as_they_are() -> None:
    names = ["adam", '"><script>', "a & b"]
    buttons = ElementTree.fromstring(charts.legend("k", list(enumerate(names)))).findall(".//button")
    assert [button.get("data-series") for button in buttons] == names
    assert ["".join(button.itertext()) for button in buttons] == names
