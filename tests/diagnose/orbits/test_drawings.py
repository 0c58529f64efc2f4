"""Figures of orbits: what is drawn, where, and that every page can hold it."""

import re
import struct
import zlib
from base64 import b64decode
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from surefoot.diagnose.orbits.drawings import drawings
from surefoot.diagnose.orbits.figures import SHOWN, stability
from surefoot.diagnose.orbits.kinds import Kind
from surefoot.diagnose.orbits.maps import stability_map
from surefoot.diagnose.orbits.portraits import portrait
from surefoot.diagnose.orbits.simulation import simulate
from surefoot.rules import Rule, find
from tests.diagnose.known import logistic


def drawn(name: str | Rule, **hyper: Any) -> dict[str, str]:
    rule = find(name)
    settings = rule.settings(hyper)
    rate = "lr" if "lr" in rule.hyper else None
    return {d.name: str(d.svg) for d in drawings(rule, settings, simulate(rule, settings), rate=rate, threshold=2e-4)}


@pytest.mark.parametrize("rule", ["rmsprop", "sgd", "lamb"])
def test_four_small_figures_with_a_label_each(rule: str) -> None:
    figures = drawn(rule)
    assert list(figures) == ["course", "phase", "bifurcation", "stability"]
    assert sum(map(len, figures.values())) < 120_000
    for svg in figures.values():
        root = ElementTree.fromstring(f"<div>{svg}</div>")
        assert root[0].get("aria-label")
        assert "http" not in svg
        assert re.findall(r"#[0-9a-f]{6}", svg) == []  # colours are the palette's, by name
    ids = re.findall(r'id="([^"]+)"', "".join(figures.values()))
    assert len(ids) == len(set(ids))


def test_a_rule_without_a_rate_has_the_two_that_need_none() -> None:
    assert list(drawn(Rule.of(logistic), r=3.2)) == ["course", "phase"]


def test_a_map_shows_each_cell_in_its_kind() -> None:
    """SGD on a grid of two by two: lr h is 1 and 1/2 below, 10 and 5 above."""
    rule = find("sgd")
    found = stability_map(rule, rule.settings(), ("lr", [0.5, 1.0]), ("curvature", [1.0, 10.0]))
    assert found.kind.tolist() == [[Kind.CONVERGES] * 2, [Kind.DIVERGES] * 2]
    layers = [pixels(uri) for uri in re.findall(r"base64,([^\"]+)", str(stability("s", found, (1.0, 1.0))))]
    (converges, diverges), shown = layers[:2], [kind for kind, _ in SHOWN]
    assert shown.index(Kind.CONVERGES) < shown.index(Kind.DIVERGES)
    assert ((converges > 0) == [[False, False], [True, True]]).all()  # the top row is the larger curvature
    assert ((diverges > 0) == [[True, True], [False, False]]).all()


def pixels(encoded: str) -> Any:
    """A grey PNG read by its definition: eight bits, every line unfiltered."""
    data = b64decode(encoded)
    columns, rows = struct.unpack(">II", data[16:24])
    length = struct.unpack(">I", data[33:37])[0]
    lines = np.frombuffer(zlib.decompress(data[41 : 41 + length]), np.uint8).reshape(rows, columns + 1)
    assert (lines[:, 0] == 0).all()
    return lines[:, 1:]


def test_a_portrait_follows_the_rule() -> None:
    """Heavy ball: m' = beta m + e, e' = e - lr m'."""
    rule = find("momentum")
    path = portrait(rule, rule.settings({"lr": 0.5, "beta": 0.9}), start=2.0)
    assert path.y == "m"
    e, m = path.errors, path.others
    np.testing.assert_allclose(m[1:], 0.9 * m[:-1] + e[:-1], rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(e[1:], e[:-1] - 0.5 * m[1:], rtol=1e-9, atol=1e-15)
    assert e[0].tolist() == [2.0, -0.8, 0.2]
