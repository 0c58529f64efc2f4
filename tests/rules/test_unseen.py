"""Published rules that are none of ours, as their papers have them, against torch and loops by hand."""

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
import pytest
import torch

from surefoot.rules import (
    Accumulator,
    Decay,
    Epsilon,
    Momentum,
    Rate,
    Rule,
    Start,
    Value,
    debias,
    ema,
    maximum,
    minimum,
    norm,
    sign,
    sqrt,
    where,
)
from surefoot.testing.rules import check_rule
from tests.rules.walk import walk

One = Annotated[Value, Start("one")]


def nadam(
    x, g, m, v, product: One, *, t, lr: Rate = 2e-3, beta1: Momentum = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-8,
    decay: float = 4e-3, one: float = 1.0,
):  # fmt: skip
    now, then = (beta1 * (1 - 0.5 * 0.96 ** (k * decay)) for k in (t, t + 1))
    product = product * now
    m, v = ema(m, g, beta1), ema(v, g**2, beta2)
    down = sqrt(debias(v, beta2, t)) + eps
    return x - lr * ((1 - now) / (1 - product) * g + then / (1 - product * then) * m) / down, m, v, product


def radam(x, g, m, v, *, t, lr: Rate = 1e-3, beta1: Momentum = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-8):
    m, v = ema(m, g, beta1), ema(v, g * g, beta2)
    most = 2 / (1 - beta2) - 1
    rho = most - 2 * t * beta2**t / (1 - beta2**t)
    factor = sqrt(maximum((rho - 4) * (rho - 2) * most, 0.0) / ((most - 4) * (most - 2) * rho))
    scaled = factor * sqrt(1 - beta2**t) * debias(m, beta1, t) / (sqrt(v) + eps)
    return x - lr * where(rho > 5, scaled, debias(m, beta1, t)), m, v


def adamax(x, g, m, u, *, t, lr: Rate = 2e-3, beta1: Momentum = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-8):
    m, u = ema(m, g, beta1), maximum(beta2 * u, abs(g) + eps)
    return x - lr / (1 - beta1**t) * m / u, m, u


def adadelta(x, g, squares, steps, *, t, lr: Rate = 1.0, rho: Decay = 0.9, eps: Epsilon = 1e-6):
    squares = ema(squares, g * g, rho)
    step = sqrt(steps + eps) / sqrt(squares + eps) * g
    return x - lr * step, squares, ema(steps, step * step, rho)


def rprop(x, g, last, size: Annotated[Value, Start("lr")], *, t, lr: Accumulator = 1e-2):
    agree = g * last
    size = where(agree > 0, minimum(1.2 * size, 50.0), where(agree < 0, maximum(0.5 * size, 1e-6), size))
    g = where(agree < 0, 0.0, g)
    return x - sign(g) * size, g, size


def gradient(x: Any, t: int) -> Any:
    return np.sin(3 * x + t) * 2 + 0.3 * x


def by_torch(optimizer: Callable[..., Any], start: np.ndarray, steps: int) -> list[np.ndarray]:
    p = torch.nn.Parameter(torch.tensor(start))
    made, path = optimizer([p]), []
    for t in range(1, steps + 1):
        p.grad = torch.tensor(gradient(p.detach().numpy(), t))
        made.step()
        path.append(p.detach().numpy().copy())
    return path


def ours(rule: Rule, start: np.ndarray, grads: list[np.ndarray]) -> list[np.ndarray]:
    return [after["x"] for after in walk(rule, start, grads)]


@pytest.mark.parametrize(
    ("function", "theirs", "within"),
    [
        (nadam, torch.optim.NAdam, 1e-9),  # torch keeps the product of momenta in float32
        (radam, torch.optim.RAdam, 1e-12),
        (adamax, torch.optim.Adamax, 1e-12),
        (adadelta, torch.optim.Adadelta, 1e-12),
        (rprop, torch.optim.Rprop, 1e-12),
    ],
    ids=lambda a: getattr(a, "__name__", None),
)
def test_torchs_optimizers_that_are_none_of_ours(function: Any, theirs: Any, within: float) -> None:
    start = np.random.default_rng(0).standard_normal((3, 4))
    path = by_torch(theirs, start, 60)
    grads = [gradient(x, t) for t, x in enumerate([start, *path[:-1]], start=1)]
    assert np.allclose(ours(Rule.of(function), start, grads), path, rtol=within, atol=within)
    check_rule(function)


def lookahead(x, g, slow, n, *, t, lr: Rate = 0.1, alpha: float = 0.5, k: float = 5.0):
    slow, fast, n = where(t == 1, x, slow), x - lr * g, n + 1
    merged = slow + alpha * (fast - slow)
    return where(n >= k, merged, fast), where(n >= k, merged, slow), where(n >= k, 0.0, n)


def schedule_free(x, g, z, y, *, t, lr: Rate = 0.5, beta: Momentum = 0.9):
    z, y = where(t == 1, x, z) - lr * g, where(t == 1, x, y)
    y = (1 - 1 / t) * y + z / t
    return (1 - beta) * z + beta * y, z, y


def novograd(x, g, m, v, *, t, lr: Rate = 1e-2, beta1: Momentum = 0.95, beta2: Decay = 0.98, eps: Epsilon = 1e-8):
    square = norm(g) ** 2
    v = where(t == 1, square, ema(v, square, beta2))
    scaled = g / (sqrt(v) + eps)
    m = where(t == 1, scaled, beta1 * m + scaled)
    return x - lr * m, m, v


def lookahead_by_hand(x: np.ndarray, g: np.ndarray, t: int, kept: dict[str, Any]) -> np.ndarray:
    slow, x = kept.get("slow", x), x - 0.1 * g
    if t % 5 == 0:
        x = slow + 0.5 * (x - slow)
        slow = x
    kept["slow"] = slow
    return x


def schedule_free_by_hand(x: np.ndarray, g: np.ndarray, t: int, kept: dict[str, Any]) -> np.ndarray:
    kept["z"] = kept.get("z", x) - 0.5 * g
    kept["sum"] = kept.get("sum", 0.0) + kept["z"]  # y is the mean of all z
    return 0.1 * kept["z"] + 0.9 * kept["sum"] / t


def novograd_by_hand(x: np.ndarray, g: np.ndarray, t: int, kept: dict[str, Any]) -> np.ndarray:
    square = float((g * g).sum())
    kept["v"] = square if t == 1 else 0.98 * kept["v"] + 0.02 * square
    scaled = g / (np.sqrt(kept["v"]) + 1e-8)
    kept["m"] = scaled if t == 1 else 0.95 * kept["m"] + scaled
    return x - 0.01 * kept["m"]


@pytest.mark.parametrize(
    ("function", "by_hand"),
    [(lookahead, lookahead_by_hand), (schedule_free, schedule_free_by_hand), (novograd, novograd_by_hand)],
    ids=lambda a: a.__name__,
)
def test_rules_that_begin_apart_or_count(function: Any, by_hand: Any) -> None:
    start = np.random.default_rng(1).standard_normal((2, 3))
    x, path, grads, kept = start, [], [], {}
    for t in range(1, 41):
        grads.append(gradient(x, t))
        x = by_hand(x, grads[-1], t, kept)
        path.append(x)
    assert np.allclose(ours(Rule.of(function), start, grads), path, rtol=1e-11, atol=1e-11)
    check_rule(function)
