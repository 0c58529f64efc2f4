"""The keys that stand beside names."""

from xml.etree import ElementTree

import pytest

from surefoot.pages.palette import MARKERS, style
from surefoot.pages.swatch import swatch


@pytest.mark.parametrize("position", range(len(MARKERS)))
def test_a_swatch_shows_the_dash_and_the_marker_of_its_position(position: int) -> None:
    drawing = ElementTree.fromstring(swatch(position))
    line, group = drawing
    assert line.get("stroke") == group.get("fill") == style(position).colour
    assert line.get("stroke-dasharray", "solid").split(",") == style(position).dash.replace("px", "").split(",")


def test_no_two_markers_have_the_same_shape() -> None:
    shapes = {ElementTree.tostring(ElementTree.fromstring(swatch(i))[1][0]) for i in range(len(MARKERS))}
    assert len(shapes) == len(MARKERS)


@pytest.mark.parametrize("position", range(len(MARKERS)))
def test_a_marker_stays_within_its_drawing(position: int) -> None:
    drawing = ElementTree.fromstring(swatch(position))
    points = drawing[1][0].get("points", "17,7").split()
    assert all(0 <= float(x) <= 34 and 0 <= float(y) <= 14 for x, y in (point.split(",") for point in points))
