"""Landscapes that tests walk on: smooth, kinked, moving, noisy, of one coordinate and of two, every word in some."""

from typing import Any

from surefoot.rules import cos, exp, log, maximum, minimum, sign, sin, sqrt, where

Anything = Any


def bowl(x: Anything, *, h: float = 1.0) -> Anything:
    return 0.5 * h * x * x


def ravine(x: Anything, y: Anything, *, condition: float = 100.0) -> Anything:
    return 0.5 * (x * x + condition * y * y)


def rosenbrock(x: Anything, y: Anything, *, a: float = 1.0, b: float = 100.0) -> Anything:
    return (a - x) ** 2 + b * (y - x * x) ** 2


def washboard(x: Anything, y: Anything, *, depth: float = 0.3) -> Anything:
    return 0.5 * (x * x + y * y) + depth * (1 - cos(4 * x) * sin(3 * y + 1.0))


def drifting(x: Anything, y: Anything, *, t: Anything, speed: float = 0.01, noise_x: Anything) -> Anything:
    return 0.5 * ((x - speed * t) ** 2 + 3.0 * y * y) + noise_x * x


def shaken(x: Anything, *, t: Anything, noise_x: Anything, scale: float = 0.5) -> Anything:
    return 0.5 * x * x / sqrt(t) + scale * noise_x * x


def kinked(x: Anything, y: Anything) -> Anything:
    return abs(x) + maximum(y, -2 * y) + minimum(x * y, 0.25) + where(x > y, x * x, y) + 0.125 * sign(x) * x


def curious(x: Anything, y: Anything, *, p: float = 1.5) -> Anything:
    return exp(-0.3 * x * x) - log(1 + y * y) / (2 + x * y * y * x) + (1 + x * x) ** p - p ** (0.5 * y) + sqrt(2 + y**4)


def wells(x: Anything, y: Anything, z: Anything) -> Anything:
    return (x * x - 1) ** 2 + 0.5 * (y * z - x) ** 2 + abs(z) ** 3 / 3 + x**1.0


SMOOTH = (bowl, ravine, rosenbrock, washboard, curious, wells)
ALL = (*SMOOTH, drifting, shaken, kinked)
