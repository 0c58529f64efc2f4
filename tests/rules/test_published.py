"""Where libraries differ: the numbers by which their forms of one rule part."""

from math import sqrt

import numpy as np
import pytest
import torch

from surefoot.rules import find
from surefoot.rules.rule import Setting
from tests.rules.walk import follow, walk


def test_adagrads_first_step_differs_tenfold_by_the_place_of_epsilon() -> None:
    inside, outside = (
        -float(next(walk(find("adagrad"), 0.0, [1e-6], lr=1.0, eps=1e-10, eps_at=place))["x"])
        for place in ("inside", "outside")
    )
    assert inside == pytest.approx(1e-6 / sqrt(1e-12 + 1e-10), rel=1e-12)
    assert outside == pytest.approx(1e-6 / (1e-6 + 1e-10), rel=1e-12)
    assert outside / inside == pytest.approx(10, rel=0.01)


def test_amsgrads_forms_part_after_one_spike() -> None:
    """100 first, then 59 times 1: the maximum over v fades as its bias correction does, that over v_hat stays."""
    rule, grads = find("amsgrad"), [100.0] + [1.0] * 59
    after = {library: [*walk(rule, 0.0, grads, **rule.form(library))][-1]["x"] for library in rule.facts.forms}
    assert after["torch"] == pytest.approx(after["keras"], rel=1e-5)
    assert after["torch"] / after["optax"] == pytest.approx(2.52, abs=0.005)


@pytest.mark.parametrize("g", [1e-9, 1e-7, 1e-5])
def test_kerass_adam_divides_by_a_larger_epsilon_early(g: float) -> None:
    """epsilon / sqrt(1 - beta2^t) takes epsilon's place: 31.6 epsilon at first, epsilon in the end."""
    settings: dict[str, Setting] = {**find("adam").form("keras"), "beta1": 0.0, "lr": 1.0}
    x = 0.0
    for t, after in enumerate(walk(find("adam"), x, [g] * 3, **settings), start=1):
        assert x - after["x"] == pytest.approx(g / (g + 1e-7 / sqrt(1 - 0.999**t)), rel=1e-9)
        x = float(after["x"])


def test_heavyballs_epsilon_is_a_floor() -> None:
    floor = find("adam").form("heavyball")
    for g, step in ((1e-3, 1.0), (1e-9, 0.1)):
        assert -float(next(walk(find("adam"), 0.0, [g], **{**floor, "lr": 1.0}))["x"]) == pytest.approx(step, rel=1e-9)


def test_tensorflows_rmsprop_starts_slow_and_kerass_adagrad_too() -> None:
    (after,) = walk(find("rmsprop"), 0.0, [1e-3], **{**find("rmsprop").form("tensorflow 1"), "lr": 1.0})
    assert -after["x"] == pytest.approx(1e-3 / sqrt(0.9 + 0.1e-6 + 1e-10), rel=1e-9)
    (after,) = walk(find("adagrad"), 0.0, [1e-3], **{**find("adagrad").form("keras"), "lr": 1.0})
    assert -after["x"] == pytest.approx(1e-3 / sqrt(0.1 + 1e-6 + 1e-7), rel=1e-9)


def near_constant(seed: int, steps: int) -> np.ndarray:
    return (1 + 1e-4 * np.random.default_rng(seed).standard_normal((steps, 256))).astype("float32")


def test_centered_rmsprop_stays_finite_under_nearly_constant_gradients_where_torchs_does_not() -> None:
    grads = near_constant(0, 2000)
    w = torch.nn.Parameter(torch.zeros(256))
    theirs = torch.optim.RMSprop([w], lr=1e-3, centered=True)
    for g in grads:
        w.grad = torch.from_numpy(g)
        theirs.step()
    assert not torch.isfinite(w).all()

    feed = iter(grads)
    settings: dict[str, Setting] = {"lr": 1e-3, "beta": 0.99, "centered": True, "eps_at": "outside"}
    variances = []
    for after in follow(find("rmsprop"), np.zeros(256), lambda _: next(feed), "float32", **settings):
        assert np.isfinite(after["x"]).all()
        variances.append((after["G"] - after["m"] ** 2).min())
    assert min(variances) < 0  # rounding alone: what torch takes the root of
