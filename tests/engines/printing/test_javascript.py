"""JavaScript in real Chromium against NumPy in float64: every word on hostile numbers, every rule with all options."""

import struct
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from surefoot.engines import numpy as reference
from surefoot.engines import show
from surefoot.engines.analysis.effective import RATE, with_rate
from surefoot.engines.evaluate import step as evaluated
from surefoot.engines.field import Field
from surefoot.engines.graph import Graph
from surefoot.engines.host import uniforms
from surefoot.engines.printing import javascript
from surefoot.rules import (
    CHAPTER,
    OPERATIONS,
    RULES,
    Rule,
    find,
)
from surefoot.rules.domains import Rate
from surefoot.rules.vocabulary import Node, Value, sin
from surefoot.testing.engines import HOSTILE, INEXACT, assert_same, check_engine, static_choices
from tests.browser import chromium
from tests.engines.words import WORDS

#: These come from another library than NumPy's: they agree to units in the last place.
NEARLY = INEXACT | {"sin", "cos"}

# NaN and infinities do not survive JSON: numbers travel as their bits in hexadecimal.
_RUN = """([source, t, hyper, slots]) => {
  const step = (0, eval)(source);
  const bits = texts => Float64Array.from(texts, text =>
    new DataView(Uint8Array.from(text.match(/../g), h => parseInt(h, 16)).buffer).getFloat64(0));
  const text = number => {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, number);
    return view.getBigUint64(0).toString(16).padStart(16, "0");
  };
  const arrays = Object.fromEntries(Object.entries(slots).map(([name, texts]) => [name, bits(texts)]));
  step(t, Object.fromEntries(Object.entries(hyper).map(([name, text]) => [name, bits([text])[0]])), arrays);
  return Object.fromEntries(Object.entries(arrays).map(([name, numbers]) => [name, Array.from(numbers, text)]));
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield browser.new_page()


def to_bits(numbers: Any) -> list[str]:
    return [struct.pack(">d", number).hex() for number in np.asarray(numbers, float).ravel()]


def from_bits(texts: list[str]) -> Any:
    return np.frombuffer(bytes.fromhex("".join(texts)), ">f8").astype(float)


def by_browser(
    page: Page, graph: Graph, slots: Mapping[str, Any], t: float, hyper: Mapping[str, Any]
) -> dict[str, Any]:
    """One step, all outputs, in Chromium."""
    wanted = dict.fromkeys(("x", "g", *graph.state, *graph.outputs))
    sent = {name: to_bits(slots.get(name, np.zeros_like(slots["x"]))) for name in wanted}
    source = f"{javascript.WORDS}({javascript.step(graph)})"
    given = {name: to_bits(value)[0] for name, value in hyper.items()}
    got = page.evaluate(_RUN, [source, t, given, sent])
    return {name: from_bits(got[name]) for name in graph.outputs}


def test_the_table_has_every_word_and_no_other() -> None:
    assert set(javascript.JAVASCRIPT) == set(OPERATIONS) - {"norm"}
    assert set(WORDS) == set(OPERATIONS)


@pytest.mark.browser
@pytest.mark.parametrize("word", WORDS)
def test_every_word_on_hostile_numbers(page: Page, word: str) -> None:
    numbers = [*HOSTILE, 0.5, 3.0, -7.0]
    a, b = (grid.ravel() for grid in np.meshgrid(numbers, numbers))

    def one_word(x: Value, g: Value, *, t: Value) -> Value:
        return WORDS[word](x, g)

    rule = Rule.of(one_word)
    got = by_browser(page, Graph.of(rule), {"x": a, "g": b}, 1, {})["x"]
    expected = reference.run(rule, {"x": a, "g": b}, 1)["x"]
    assert_same(got, np.array(expected), 1e-14 if word in NEARLY else None, word)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("name", RULES)
def test_every_rule_under_all_its_options(page: Page, name: str) -> None:
    def engine(rule: Rule, slots: Any, t: int, dtype: str = "float64", **settings: Any) -> dict[str, Any]:
        chosen = rule.settings(settings)
        return by_browser(page, Graph.of(rule, chosen), slots, t, {h: chosen[h] for h in rule.hyper})

    check_engine(engine, find(name), "float64")


@pytest.mark.browser
@pytest.mark.parametrize("name", CHAPTER)
def test_the_effective_rate_is_given_too(page: Page, name: str) -> None:
    rule = find(name)
    rng = np.random.default_rng(5)
    slots = {slot: np.abs(rng.standard_normal(5)) + 0.1 for slot in rule.slots}
    for static in static_choices(rule):
        graph = with_rate(Graph.of(rule, static))
        hyper = {h: float(rule.defaults[h]) for h in rule.hyper}
        expected = evaluated(graph, reference.table("float64"), slots, uniforms(graph)(7, **hyper))[RATE]
        got = by_browser(page, graph, slots, 7, hyper)[RATE]
        np.testing.assert_allclose(got, np.broadcast_to(expected, 5), rtol=1e-13)


@pytest.mark.browser
def test_names_that_javascript_keeps_for_itself(page: Page) -> None:
    def delete(x: Value, g: Value, new: Value, t_: Value, *, t: Value, function: Rate = 0.5, v0: float = 2.0) -> Any:
        new = new + g * v0
        return x - function * new / t, new, t_ + 1

    slots = {"x": np.array([1.0, 2.0]), "g": np.array([3.0, 4.0]), "new": np.array([0.5, 0.25]), "t_": np.zeros(2)}
    rule = Rule.of(delete)
    got = by_browser(page, Graph.of(rule), slots, 4, {"function": 0.5, "v0": 2.0})
    for slot, values in reference.run(rule, slots, 4).items():
        assert np.array_equal(got[slot], values), slot


def landscape(x: Value, y: Value, *, t: Value, noise_y: Value, k: float = 3.0) -> Value:
    return k * sin(x) * y * y + x * x * x / t + noise_y * y + abs(x)


@pytest.mark.browser
def test_a_landscape_and_its_derivatives_against_the_formulas(page: Page) -> None:
    field = Field.of(landscape)
    call = "([source, ...given]) => { const into = []; return [(0, eval)(source)(...given, into), into]; }"
    x, y, t, noise, k = 0.7, -1.3, 4.0, 0.25, 2.0
    given = [[x, y], t, {"k": k}, [noise]]
    loss, _ = page.evaluate(call, [f"{javascript.WORDS}({javascript.loss(field)})", *given])
    assert loss == pytest.approx(k * np.sin(x) * y * y + x**3 / t + noise * y + abs(x), rel=1e-14)
    _, gradient = page.evaluate(call, [f"{javascript.WORDS}({javascript.gradient(field)})", *given])
    expected = [k * np.cos(x) * y * y + 3 * x * x / t + 1, 2 * k * np.sin(x) * y + noise]
    assert gradient[:2] == pytest.approx(expected, rel=1e-14)
    _, second = page.evaluate(call, [f"{javascript.WORDS}({javascript.curvature(field)})", *given])
    expected = [-k * np.sin(x) * y * y + 6 * x / t, 2 * k * np.cos(x) * y, 2 * k * np.sin(x)]
    assert second == pytest.approx(expected, rel=1e-14)


@pytest.mark.browser
def test_points_are_listed(page: Page) -> None:
    nodes = [Node("input", (), "t"), Node("input", (), "k"), Node("mul", (0, 1)), Node("const", (), -0.5)]
    source = javascript.points("two", nodes, [(2, 3), (0, 1)], ["k"])
    assert page.evaluate(f"({source})(3, {{ k: 2 }})") == [[6, -0.5], [3, 2]]


@pytest.mark.browser
@pytest.mark.parametrize("value", [0.1, 1e-8, 1e300, -0.0, -5e-324, np.inf, -np.inf, np.nan, 123456789012345680.0])
def test_literals_keep_every_bit(page: Page, value: float) -> None:
    (expected,) = to_bits(value)
    sent = page.evaluate(
        "([text]) => { const view = new DataView(new ArrayBuffer(8)); view.setFloat64(0, (0, eval)(text));"
        " return view.getBigUint64(0).toString(16).padStart(16, '0'); }",
        [javascript.literal(value)],
    )
    assert sent == expected


def test_it_can_be_shown() -> None:
    assert "function step_adam(t, hyper, slots)" in show(find("adam"), "js")
