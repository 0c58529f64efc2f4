"""SVG charts: marks stand where the numbers say, in a picture that is well formed and clear without colour."""

import math
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot.pages.plot import BOTTOM, LEFT, RIGHT, TOP, Axis, Series, number, plot


def picture(series, x=None, y=None, **options):
    x, y = x or Axis("x", 0, 10), y or Axis("y", 0, 1)
    svg, _, key = str(plot("p", x, y, series, label="a & b", **options)).partition("</svg>")
    return ET.fromstring(svg + "</svg>"), key


def points(root):
    return [tuple(map(float, pair.split(","))) for pair in root.find("polyline").get("points").split()]


def test_the_corners_of_the_data_are_the_corners_of_the_frame():
    root, _ = picture([Series(0, [0, 10], [0, 1])], width=440, height=280)
    assert points(root) == [(LEFT, 280 - BOTTOM), (440 - RIGHT, TOP)]


def test_a_logarithmic_axis_is_even_in_factors():
    root, _ = picture([Series(0, [1, 10, 100], [0, 0, 0])], x=Axis("x", 1, 100, log=True))
    first, middle, last = (x for x, _ in points(root))
    assert middle - first == pytest.approx(last - middle, abs=0.2)


def test_what_cannot_be_drawn_is_left_out():
    y = Axis("y", 1e-3, 1, log=True)
    root, _ = picture([Series(0, [1, 2, 3, 4], [0.1, 0.0, math.nan, math.inf])], y=y)
    assert len(points(root)) == 1


def test_a_name_stands_in_the_key_with_its_swatch_and_is_escaped():
    root, key = picture([Series(1, [0], [0], "a<b"), Series(2, [0], [0])])
    assert "a&lt;b" in key
    assert key.count("<li>") == 1
    assert "stroke-dasharray" in key
    assert root.get("aria-label") == "a & b"


@given(low=st.floats(-1e6, 1e6), span=st.floats(1e-3, 1e6))
def test_ticks_are_few_ascending_and_inside(low, span):
    ticks = Axis("", low, low + span).ticks()
    assert 1 <= len(ticks) <= 8
    assert ticks == sorted(set(ticks))
    assert all(low - 1e-6 * span <= t <= low + span * (1 + 1e-6) + 1e-6 * abs(low + span) for t in ticks)


@given(first=st.integers(-12, 6), decades=st.integers(1, 16))
def test_ticks_of_a_logarithmic_axis_are_powers_of_ten_inside(first, decades):
    ticks = Axis("", 10.0**first, 10.0 ** (first + decades), log=True).ticks()
    assert 1 <= len(ticks) <= 7
    assert all(math.log10(t) == pytest.approx(round(math.log10(t))) for t in ticks)
    assert 10.0**first * 0.99 <= ticks[0] <= ticks[-1] <= 10.0 ** (first + decades) * 1.01


@given(st.floats(1e-12, 1e12))
def test_a_tick_label_reads_back_as_its_number(value):
    digits, _, power = number(value).replace("−", "-").partition("10" if "·" not in number(value) else "·10")
    back = number(value).replace("−", "-")
    if re.search("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]", back):
        exponent = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
        back = f"{digits or 1}e{exponent}"
    assert float(back) == pytest.approx(value, rel=1e-5)
