"""The effective learning rate, against what a steady gradient really moves and against the formulas of the papers."""

from typing import Annotated

import numpy as np
import pytest

from surefoot.engines.analysis.effective import rate_of_state, with_rate
from surefoot.engines.evaluate import step
from surefoot.engines.graph import Graph
from surefoot.engines.host import uniforms
from surefoot.engines.numpy import table
from surefoot.rules import Decay, Rate, Start, Value, ema, find, sign, sqrt, where
from surefoot.rules.catalogue import RULES
from surefoot.rules.rule import Rule

G = np.array([3.0, -0.25, 1e-3])


def lion(x, g, m, *, t, lr: Rate = 1e-2, beta1: Decay = 0.9, beta2: Decay = 0.99):
    return x - lr * sign(ema(m, g, beta1)), ema(m, g, beta2)


def nesterov(x, g, b, *, t, lr: Rate = 1e-2, beta: Decay = 0.9):
    b = beta * b + g
    return x - lr * (g + beta * b), b


def adan_like(x, g, m, d, last, *, t, lr: Rate = 1e-2, beta: Decay = 0.9):
    """The slot `d` averages differences of gradients, by way of a slot that stands behind it."""
    m, d = ema(m, g, beta), ema(d, where(t > 1, g - last, 0.0), beta)
    return x - lr * (m + d), m, d, g


def dual_averaging(x, g, z, *, t, lr: Rate = 1e-2):
    z = z + g
    return x - lr * z, z


OWN = [Rule.of(f) for f in (lion, nesterov, adan_like, dual_averaging)]


def walk(rule, graph, steps, **settings):
    """Steps under the gradient G: the settings' slots before the last step, what it gives, and its step count."""
    chosen = rule.settings(settings)
    hyper = {name: chosen[name] for name in rule.hyper}
    slots = {slot: np.full(3, float(chosen[rule.start[slot]]) if slot in rule.start else 0.0) for slot in rule.state}
    slots["x"] = np.array([1.0, -2.0, 0.5])
    for t in range(1, steps + 1):
        before = dict(slots)
        new = step(graph, table("float64"), {**slots, "g": G}, uniforms(graph)(t, **hyper))
        slots.update({slot: np.broadcast_to(value, 3) for slot, value in new.items() if slot != "rate"})
    return before, {slot: np.broadcast_to(value, 3) for slot, value in new.items()}, hyper


def plain(rule):
    """Settings without weight decay, which moves x without a gradient."""
    return {name: 0.0 for name in rule.hyper if name == "weight_decay"}


@pytest.mark.parametrize("rule", [*RULES.values(), *OWN], ids=lambda r: r.name)
@pytest.mark.parametrize("steps", [1, 600])
def test_a_steady_gradient_moves_x_by_the_rate_times_it(rule, steps):
    graph = with_rate(Graph.of(rule))
    before, after, _ = walk(rule, graph, steps, **plain(rule))
    np.testing.assert_allclose(before["x"] - after["x"], after["rate"] * G, rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("rule", [*RULES.values(), *OWN], ids=lambda r: r.name)
@pytest.mark.parametrize("steps", [7, 600])
def test_the_state_that_a_step_left_gives_the_rate_of_that_step(rule, steps):
    graph = Graph.of(rule)
    _, after, hyper = walk(rule, with_rate(graph), steps)
    kept = rate_of_state(graph)
    slots = {"g": G, **{slot: value for slot, value in after.items() if slot != "rate"}}
    rate = np.broadcast_to(step(kept, table("float64"), slots, uniforms(kept)(steps, **hyper))["rate"], 3)
    # What reads x or the state as it was before the step (a norm, Lion's average) is a step late.
    late = 0.06 if steps == 7 else 1e-2
    np.testing.assert_allclose(rate, after["rate"], rtol=late)
    if rule in (find("adam"), find("rmsprop"), find("adagrad"), find("amsgrad")):
        np.testing.assert_allclose(rate, after["rate"], rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("adagrad", lambda s, h, t: h["lr"] / np.sqrt(s["G"] + h["eps"])),
        ("rmsprop", lambda s, h, t: h["lr"] / np.sqrt(s["G"] + h["eps"])),
        ("adam", lambda s, h, t: h["lr"] / (np.sqrt(s["v"] / (1 - h["beta2"] ** t)) + h["eps"])),
        ("adamw", lambda s, h, t: h["lr"] / (np.sqrt(s["v"] / (1 - h["beta2"] ** t)) + h["eps"])),
        ("sgd", lambda s, h, t: h["lr"]),
    ],
)
def test_it_is_the_factor_that_the_paper_writes(name, formula):
    rule = find(name)
    _, after, hyper = walk(rule, with_rate(Graph.of(rule)), 9)
    np.testing.assert_allclose(after["rate"], np.broadcast_to(formula(after, hyper, 9), 3), rtol=1e-13)


def test_an_ascent_is_negative_and_a_rule_that_ignores_its_gradient_has_none():
    def still(x: Value, g: Value, *, t: Value, lr: Rate = 0.1):
        return x * (1 - lr)

    assert walk(find("sgd"), with_rate(Graph.of(find("sgd"), maximize=True)), 1)[1]["rate"][0] == -0.1
    rule = Rule.of(still)
    assert walk(rule, with_rate(Graph.of(rule)), 3)[1]["rate"].tolist() == [0.0, 0.0, 0.0]


def test_the_rate_is_no_state():
    rule = find("adam")
    assert with_rate(Graph.of(rule)).state == ("m", "v")


def test_a_slot_with_a_first_value_and_one_that_is_not_read():
    def started(
        x: Value, g: Value, v: Annotated[Value, Start("first")], *, t: Value, lr: Rate = 0.1, first: float = 4.0
    ):
        return x - lr * g / sqrt(v), v + g * g

    rule = Rule.of(started)
    _, after, _ = walk(rule, with_rate(Graph.of(rule)), 1)
    np.testing.assert_allclose(after["rate"], 0.05)


def two_sequences(x, g, y, *, t, lr: Rate = 1e-2, beta: Decay = 0.9):
    """Nesterov's method as he wrote it: `y` moves with x."""
    new = x - lr * g
    return new + beta * (new - y), new


def accelerated(x, g, m, *, t, lr: Rate = 1e-2, a: Decay = 0.95, long: float = 20.0):
    """As AccSGD: `m` is an average of x, begun at x, of which a long step is taken."""
    m = where(t == 1, x, m)
    m = a * m + (1 - a) * (x - long * lr * g)
    return 0.75 * (x - lr * g) + 0.25 * m, m


@pytest.mark.parametrize("rule", [Rule.of(two_sequences), Rule.of(accelerated)], ids=lambda rule: rule.name)
def test_a_slot_that_moves_with_x_is_followed(rule):
    before, new, _ = walk(rule, with_rate(Graph.of(rule)), 1000)
    assert np.allclose(before["x"] - new["x"], new["rate"] * G, rtol=1e-8, atol=1e-10)


def test_nesterovs_two_ways_of_writing_it_have_one_rate():
    (_, one, _), (_, other, _) = (walk(r, with_rate(Graph.of(r)), 1000) for r in (Rule.of(two_sequences), OWN[1]))
    assert np.allclose(one["rate"], 0.01 / (1 - 0.9))
    assert np.allclose(one["rate"], other["rate"])


def test_a_slot_that_begins_as_x_and_goes_its_own_way_stands_still():
    def schedule_free(x, g, z, *, t, lr: Rate = 1e-2):
        z = where(t == 1, x, z) - lr * g
        return 0.5 * x + 0.5 * z, z

    rule = Rule.of(schedule_free)
    _, new, _ = walk(rule, with_rate(Graph.of(rule)), 10)
    assert np.allclose(new["rate"], 0.5e-2)
