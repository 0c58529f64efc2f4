"""Every form that a rule states, against the library's own formula on Python's numbers, one step at a time."""

from collections.abc import Callable, Iterator
from math import sqrt
from typing import Any

import numpy as np
import pytest

from surefoot.rules import RULES
from tests.rules.walk import walk

Hyper = dict[str, Any]
Library = Callable[[float, Iterator[float], Hyper], Iterator[float]]

#: Sizes at which epsilon decides, does not matter, and everything between; then a spike and small ones.
GRADIENTS = [float(s * 10.0**p) for p in (-9, -7, -5, -3, -1, 1) for s in (1, -2, 3)] + [100.0, 1e-6, 1e-6, -1e-6] * 5


def torch_sgd(x: float, grads: Iterator[float], h: Hyper) -> Iterator[float]:
    buffer = None
    for g in grads:
        buffer = g if buffer is None else h.get("beta", 0.0) * buffer + g  # no dampening
        d = g + h["beta"] * buffer if h.get("form") == "nesterov" else buffer
        x = x + -h["lr"] * d
        yield x


def torch_adagrad(x: float, grads: Iterator[float], h: Hyper) -> Iterator[float]:
    total = 0.0
    for g in grads:
        total += g * g
        x += -h["lr"] * g / (sqrt(total) + 1e-10)
        yield x


def keras_adagrad(x: float, grads: Iterator[float], h: Hyper) -> Iterator[float]:
    accumulator = 0.1
    for g in grads:
        accumulator += g**2
        x -= h["lr"] * g / sqrt(accumulator + 1e-7)
        yield x


def torch_rmsprop(x: float, grads: Iterator[float], h: Hyper) -> Iterator[float]:
    square, mean, buffer = 0.0, 0.0, 0.0
    for g in grads:
        square += 0.01 * (g * g - square)  # alpha = 0.99
        mean += 0.01 * (g - mean)
        variance = max(square - mean * mean, 0.0) if h["centered"] else square  # torch's own has no max, and NaN
        buffer = h.get("beta1", 0.0) * buffer + g / (sqrt(variance) + 1e-8)
        x += -h["lr"] * buffer
        yield x


def keras_rmsprop(x: float, grads: Iterator[float], h: Hyper, start: float = 0.0, eps: float = 1e-7) -> Iterator[float]:
    velocity, average, momentum = start, 0.0, 0.0
    for g in grads:
        velocity = 0.9 * velocity + 0.1 * g**2  # rho
        average = 0.9 * average + 0.1 * g
        denominator = (max(velocity - average**2, 0.0) if h["centered"] else velocity) + eps
        momentum = h.get("beta1", 0.0) * momentum + h["lr"] * g / sqrt(denominator)
        x -= momentum
        yield x


def tensorflow_rmsprop(x: float, grads: Iterator[float], h: Hyper) -> Iterator[float]:
    return keras_rmsprop(x, grads, h, start=1.0, eps=1e-10)


def optax_rmsprop(x: float, grads: Iterator[float], h: Hyper) -> Iterator[float]:
    return keras_rmsprop(x, grads, h, eps=1e-8)


def torch_adam(x: float, grads: Iterator[float], h: Hyper) -> Iterator[float]:
    m, v, largest = 0.0, 0.0, 0.0
    for t, g in enumerate(grads, start=1):
        x *= 1 - h["lr"] * h.get("weight_decay", 0.0)
        m += 0.1 * (g - m)
        v = 0.999 * v + 0.001 * g * g
        largest = max(largest, v)
        root = sqrt(largest if "maximum_of" in h else v) / sqrt(1 - 0.999**t) + 1e-8
        x -= h["lr"] / (1 - 0.9**t) * m / root
        yield x


def keras_adam(x: float, grads: Iterator[float], h: Hyper) -> Iterator[float]:
    m, v, v_hat = 0.0, 0.0, 0.0
    for t, g in enumerate(grads, start=1):
        x -= x * h.get("weight_decay", 0.0) * h["lr"]
        alpha = h["lr"] * sqrt(1 - 0.999**t) / (1 - 0.9**t)
        m += (g - m) * (1 - 0.9)
        v += (g**2 - v) * (1 - 0.999)
        v_hat = max(v_hat, v)
        x -= m * alpha / (sqrt(v_hat if "maximum_of" in h else v) + 1e-7)
        yield x


def optax_adam(x: float, grads: Iterator[float], h: Hyper) -> Iterator[float]:
    mu, nu, nu_max = 0.0, 0.0, 0.0
    for count, g in enumerate(grads, start=1):
        mu = (1 - 0.9) * g + 0.9 * mu
        nu = (1 - 0.999) * g**2 + 0.999 * nu
        mu_hat, nu_hat = mu / (1 - 0.9**count), nu / (1 - 0.999**count)
        nu_max = max(nu_max, nu_hat)
        update = mu_hat / (sqrt((nu_max if "maximum_of" in h else nu_hat) + 0.0) + 1e-8)
        x = x + -h["lr"] * (update + h.get("weight_decay", 0.0) * x)
        yield x


def heavyball_adam(x: float, grads: Iterator[float], h: Hyper) -> Iterator[float]:
    m, v = 0.0, 0.0
    for t, g in enumerate(grads, start=1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        x -= h["lr"] * (m / (1 - 0.9**t)) / max(sqrt(v / (1 - 0.999**t)), 1e-8)
        yield x


def any_lamb(x: float, grads: Iterator[float], h: Hyper) -> Iterator[float]:
    """timm's, apex's and optax's with no clipping of the gradients' common norm; of one number the norm is its size."""
    m, v = 0.0, 0.0
    for t, g in enumerate(grads, start=1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        update = (m / (1 - 0.9**t)) / (sqrt(v) / sqrt(1 - 0.999**t) + 1e-6) + h["weight_decay"] * x
        ratio = abs(x) / abs(update) if x != 0 and update != 0 else 1.0
        x -= h["lr"] * ratio * update
        yield x


LIBRARIES: dict[tuple[str, str], Library] = {
    ("sgd", "torch"): torch_sgd,
    ("momentum", "torch"): torch_sgd,
    ("momentum", "torch nesterov"): torch_sgd,
    ("adagrad", "torch"): torch_adagrad,
    ("adagrad", "keras"): keras_adagrad,
    ("adagrad", "optax"): keras_adagrad,
    ("rmsprop", "torch"): torch_rmsprop,
    ("rmsprop", "keras"): keras_rmsprop,
    ("rmsprop", "tensorflow 1"): tensorflow_rmsprop,
    ("rmsprop", "optax"): optax_rmsprop,
    ("rmsprop_momentum", "torch"): torch_rmsprop,
    ("rmsprop_momentum", "keras"): keras_rmsprop,
    ("adam", "torch"): torch_adam,
    ("adam", "optax"): optax_adam,
    ("adam", "keras"): keras_adam,
    ("adam", "heavyball"): heavyball_adam,
    ("amsgrad", "torch"): torch_adam,
    ("amsgrad", "keras"): keras_adam,
    ("amsgrad", "optax"): optax_adam,
    ("adamw", "torch"): torch_adam,
    ("adamw", "optax"): optax_adam,
    ("adamw", "keras"): keras_adam,
    ("lamb", "timm"): any_lamb,
    ("lamb", "optax"): any_lamb,
    ("lamb", "apex"): any_lamb,
}


def test_every_form_that_is_stated_is_here() -> None:
    assert set(LIBRARIES) == {(name, library) for name, rule in RULES.items() for library in rule.facts.forms}


@pytest.mark.parametrize("centered", [False, True])
@pytest.mark.parametrize(("rule", "library"), LIBRARIES)
def test_a_form_is_the_librarys_own_formula(rule: str, library: str, centered: bool) -> None:
    settings = RULES[rule].form(library)
    if "centered" in settings:
        settings["centered"] = centered
    theirs = list(LIBRARIES[rule, library](0.5, iter(GRADIENTS), settings))
    ours = [after["x"] for after in walk(RULES[rule], 0.5, GRADIENTS, **settings)]
    assert np.allclose(ours, theirs, rtol=1e-10, atol=1e-12)
    assert abs(theirs[-1] - 0.5) > 1e-6
