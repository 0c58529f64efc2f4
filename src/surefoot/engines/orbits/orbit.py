"""Orbits: a composed map iterated from many starts, each with its own hyperparameters, by one compiled function.

>>> import numpy as np
>>> from surefoot.engines.field import Field
>>> from surefoot.rules import find
>>> def bowl(x, *, h=1.0):
...     return 0.5 * h * x * x
>>> rates = np.array([0.5, 1.0, 2.5])
>>> walk = Orbits(compose(find("sgd"), Field.of(bowl))).run(start=[[1.0]], steps=3, parameters={"lr": rates})
>>> walk.x
array([[ 0.125,  0.   , -3.375]])
"""

import os
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.engines.cpu import team
from surefoot.engines.cpu.native import compile_module
from surefoot.engines.orbits import interruptible
from surefoot.engines.orbits import llvm as orbit_llvm
from surefoot.engines.orbits.composed import Map, compose
from surefoot.errors import UserError, did_you_mean

__all__ = ["Map", "Orbits", "Tail", "Walk", "compose"]

Numbers = NDArray[np.floating[Any]]

#: From so many steps of orbits on, a run can be interrupted; the waiting thread costs less than a thousandth of it.
LONG = 2**27


@dataclass(frozen=True)
class Tail:
    """Of the last steps of each orbit, (coordinates, orbits) each: least and greatest value, mean, least distance to 0.

    A coordinate that is NaN takes no part in `low`, `high` and `nearest`, and makes `mean` NaN.
    """

    low: Numbers
    high: Numbers
    mean: Numbers
    nearest: Numbers


@dataclass(frozen=True)
class Walk:
    """What came of a run.

    Attributes:
        names: the variables, the coordinates first. coordinates: how many of them are coordinates.
        variables: (variables, orbits), all variables after the last step: give them to another run to go on.
        left: (orbits,) the step, counted from 1 in this run, after which an orbit was first out of bounds or not
            finite; 0 where it never was.
        path: (records, variables kept, orbits), where recorded.
        tail: statistics of the last steps, where asked for.
    """

    names: tuple[str, ...]
    coordinates: int
    variables: Numbers
    left: NDArray[np.int64]
    path: Numbers | None
    tail: Tail | None

    @property
    def x(self) -> Numbers:
        """(coordinates, orbits) the point after the last step."""
        return self.variables[: self.coordinates]


class Orbits:
    """A map compiled for one floating type, to be iterated.

    `float64` orbits are the NumPy evaluation's (`surefoot.engines.orbits.numpy`) bit for bit where the map has no exp,
    log, sin, cos or pow, with two exceptions: what is below 2.2e-308 counts as zero, and the payload of a NaN is not
    defined. `beta**t` is a running product: 1 - beta**t is right to a relative 2^-53 / (1 - beta).
    `exp`, `log`, `sin` and `cos` are within 2 units in the last place of the truth, as `pow` is within 3 for the simple
    exponents in `powers.SIMPLE`; another `pow` is the library's.
    """

    def __init__(self, map_: Map, dtype: str = "float64") -> None:
        if dtype not in ("float32", "float64"):
            raise UserError(f"dtype must be 'float32' or 'float64', got {dtype!r}")
        self.map = map_
        self.dtype = np.dtype(dtype)
        self._native = compile_module(orbit_llvm.module(map_, dtype), 1)

    def run(
        self,
        start: Any,
        steps: int,
        parameters: Mapping[str, Any] | None = None,
        *,
        first: int = 1,
        noise: Any = None,
        every: int = 0,
        keep: Sequence[str] | None = None,
        tail: int = 0,
        bound: float = np.inf,
        threads: int | None = None,
    ) -> Walk:
        """Iterate the map.

        Args:
            start: (coordinates, orbits) starting points, or (variables, orbits) to go on from `Walk.variables`; one
                column stands for all orbits. State that is not given starts as the rule says.
            steps: how many steps. first: the step count of the first one.
            parameters: hyperparameters by name and the landscape's by `field:NAME`, each a number or (orbits,) numbers;
                defaults where not given. They are not checked against their domains.
            noise: (steps, noises) numbers that all orbits share, or (steps, noises, orbits); needed where the landscape
                takes noise.
            every: record each so many steps, 0 for no record. keep: what to record, the coordinates unless given.
            tail: over how many of the last steps to gather statistics, 0 for none.
            bound: an orbit has left when a coordinate's size is above this, or not finite.
            threads: at most so many, as many as there are processors unless given; the result does not depend on it.

        Raises:
            UserError: for an unknown parameter, a shape that does not fit, or a record that memory has no place for.
        """
        for name, value, least in (("steps", steps, 0), ("first", first, 1), ("every", every, 0), ("tail", tail, 0)):
            _check_whole(name, value, least)
        variables, settings = self._lay_out(start, dict(parameters or {}))
        orbits = variables.shape[1]
        drawn = self._noise(noise, steps, orbits)
        kept = list(self.map.variables[: self.map.coordinates] if keep is None else keep)
        rows = self._rows(kept)
        path = self._record((steps // every if every else 0, len(kept), orbits))
        statistics = np.empty((len(orbit_llvm.TAIL) * self.map.coordinates, orbits))
        stayed = np.zeros(orbits, np.int64)
        arrays = (variables, settings, drawn, path, rows, statistics, stayed, np.zeros(1, np.int64))
        bounds = min(float(bound), float(np.finfo(self.dtype).max))
        spread = int(drawn.shape[2] > 1)
        numbers = [orbits, steps, first, spread, drawn.shape[2], every, len(kept), max(steps - tail, 0)]
        bits = struct.unpack("<q", struct.pack("<d", bounds))[0]
        self._iterate(arrays, np.array([*(a.ctypes.data for a in arrays), *numbers, bits], np.int64), threads)
        return Walk(
            self.map.variables,
            self.map.coordinates,
            variables,
            np.where(stayed < steps, stayed + 1, 0),
            path if every else None,
            self._tail(statistics, min(tail, steps)) if tail else None,
        )

    def _iterate(self, arrays: tuple[NDArray[Any], ...], block: NDArray[np.int64], threads: int | None) -> None:
        """Run the compiled function on a block; where that takes long, so that Ctrl-C ends it."""
        orbits, steps = (int(block[len(arrays) + orbit_llvm.NUMBERS.index(name)]) for name in ("orbits", "steps"))
        most = max(1, min(threads or os.cpu_count() or 1, -(-orbits // orbit_llvm.LANES)))

        def work(_held: object = arrays) -> None:
            team.run(self._native.passes[0], block.ctypes.data, most)

        def stop() -> None:
            block[len(arrays) + orbit_llvm.NUMBERS.index("steps")] = 0

        if orbits * steps < LONG:
            work()
        else:
            interruptible.run(work, stop)

    def _record(self, shape: tuple[int, ...]) -> Numbers:
        try:
            return np.empty(shape, self.dtype)
        except (MemoryError, ValueError):
            raise UserError(
                f"memory has no place for a record of {' x '.join(f'{n:,}' for n in shape)} numbers; "
                "record fewer steps (every), variables (keep) or orbits"
            ) from None

    def _lay_out(self, start: Any, given: dict[str, Any]) -> tuple[Numbers, NDArray[np.float64]]:
        """(variables, orbits) at the start, a copy, and (parameters, orbits)."""
        for name in given:
            if name not in self.map.parameters:
                raise UserError(f"orbits have no parameter {name!r}; {did_you_mean(name, self.map.parameters)}")
        values = [_numbers(name, given.get(name, default)) for name, default in self.map.parameters.items()]
        first = _numbers("start", start)
        if first.ndim != 2 or first.shape[0] not in (self.map.coordinates, len(self.map.variables)):
            raise UserError(
                f"start must be ({self.map.coordinates}, orbits) coordinates or ({len(self.map.variables)}, orbits) "
                f"variables, got shape {first.shape}"
            )
        counts = {first.shape[1], *(v.size for v in values if v.ndim == 1)} - {1}
        if len(counts) > 1 or any(v.ndim > 1 for v in values):
            raise UserError("start and parameters must have one column an orbit, or one for all")
        (orbits,) = counts or {1}
        settings = np.empty((len(values), orbits))
        for row, value in zip(settings, values, strict=True):
            row[:] = value
        variables = np.zeros((len(self.map.variables), orbits), self.dtype)
        with np.errstate(over="ignore"):
            variables[: len(first)] = first
            for name, parameter in self.map.start.items():
                row = self.map.variables.index(name)
                if row >= len(first):
                    variables[row] = settings[list(self.map.parameters).index(parameter)]
        return variables, settings

    def _noise(self, noise: Any, steps: int, orbits: int) -> NDArray[np.float64]:
        wanted = len(self.map.noises)
        drawn = np.ascontiguousarray(np.zeros((steps, wanted, 1)) if noise is None else noise, np.float64)
        drawn = drawn if drawn.ndim == 3 else drawn[..., np.newaxis]
        fits = drawn.shape[:2] == (steps, wanted) and drawn.shape[2] in (1, orbits)
        if not fits or (wanted and steps and noise is None):
            raise UserError(
                f"noise must be ({steps}, {wanted}) or ({steps}, {wanted}, {orbits}) numbers, "
                f"got {'none' if noise is None else np.shape(noise)}"
            )
        return drawn

    def _rows(self, kept: list[str]) -> NDArray[np.int64]:
        for name in kept:
            if name not in self.map.next:
                raise UserError(f"keep: no variable {name!r}; {did_you_mean(name, self.map.next)}")
            if kept.count(name) > 1:
                raise UserError(f"keep: {name!r} stands there twice")
        return np.array([kept.index(name) if name in kept else -1 for name in self.map.variables], np.int64)

    def _tail(self, statistics: NDArray[np.float64], steps: int) -> Tail:
        low, high, nearest, total = statistics.reshape(len(orbit_llvm.TAIL), self.map.coordinates, -1)
        with np.errstate(invalid="ignore"):
            return Tail(low, high, total / steps, nearest)


def _numbers(name: str, given: Any) -> NDArray[np.float64]:
    try:
        return np.asarray(given, np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise UserError(f"{name} must be numbers: {error}") from None


def _check_whole(name: str, given: Any, least: int) -> None:
    whole = isinstance(given, (int, np.integer)) and not isinstance(given, bool)
    if not whole or not least <= given < 2**62:
        raise UserError(f"{name} must be a whole number from {least}, got {given!r}")
