"""Conformance of an engine: random and hostile cases, and the comparison with NumPy that every engine must stand.

An engine here is a function `(rule, slots, t, dtype, **settings) -> the new x and state`, as
`surefoot.engines.numpy.run` is. `by_kernel` and `by_torch` are ours; yours is checked in the same way.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from surefoot.engines import numpy as reference
from surefoot.engines.cpu.kernel import Kernel
from surefoot.engines.evaluate import step
from surefoot.engines.graph import Graph, Level
from surefoot.engines.host import uniforms
from surefoot.engines.torch import table
from surefoot.rules.rule import Rule, Setting

Array = NDArray[np.floating[Any]]
Slots = Mapping[str, Array]

#: Operations that come from another library in every engine: they agree to a few units in the last place.
INEXACT = frozenset({"exp", "log", "sin", "cos", "pow"})
#: Numbers at which formulas break: zeros, denormal, the ends of float32, infinities, NaN.
HOSTILE = (0.0, -0.0, 1e-45, -1e-39, 1.2e-38, 1e-20, 1.0, -1.0, 3e38, -3e38, np.inf, -np.inf, np.nan)


class Engine(Protocol):
    """A way to run one step of a rule on one tensor; see `surefoot.engines.numpy.run` for the arguments."""

    def __call__(self, rule: Rule, slots: Slots, t: int, dtype: str = ..., **settings: Setting) -> Slots:
        """The new `x` and state."""


@dataclass(frozen=True)
class Case:
    """One step to be made: the slots before it, the step count, settings."""

    slots: Slots
    t: int
    settings: Mapping[str, Setting]


def static_choices(rule: Rule) -> list[dict[str, Setting]]:
    """Every combination of a rule's static options.

    >>> from surefoot.rules import find
    >>> static_choices(find("momentum"))
    [{'form': 'heavy ball'}, {'form': 'ema'}, {'form': 'nesterov'}]
    """
    return [dict(zip(rule.static, choice, strict=True)) for choice in product(*rule.static.values())]


def random_hyper(rule: Rule, rng: np.random.Generator) -> dict[str, Setting]:
    """Hyperparameters from all over their search ranges; the default where there is none."""
    return {
        name: domain.quantile(rng.random(), float(rule.defaults[name])) if domain.searched else rule.defaults[name]
        for name, domain in rule.hyper.items()
    }


def random_slots(rule: Rule, size: int, dtype: str, rng: np.random.Generator) -> dict[str, Array]:
    """(size,) arrays for every slot: magnitudes 1e-38..1e38 at random, one in four near 1, one in ten hostile."""
    slots = {}
    for slot in rule.slots:
        near = rng.random(size) < 0.25
        exponent = np.where(near, 0.0, rng.uniform(-38, 38, size))
        values = rng.standard_normal(size) * 10.0**exponent
        values = np.where(rng.random(size) < 0.1, rng.choice(np.array(HOSTILE), size), values)
        with np.errstate(over="ignore"):
            slots[slot] = values.astype(dtype)
    return slots


def cases(rule: Rule, static: Mapping[str, Setting], dtype: str = "float32", seed: int = 0) -> Iterator[Case]:
    """Steps to be made by two engines: odd sizes, step counts from 1 to beyond 2^24, hyperparameters at random."""
    rng = np.random.default_rng(seed)
    for size, t in ((0, 1), (1, 1), (7, 2), (64, 1), (333, 100), (1021, 2**24 + 3)):
        hyper = random_hyper(rule, rng) if size % 2 else {name: rule.defaults[name] for name in rule.hyper}
        yield Case(random_slots(rule, size, dtype, rng), t, {**hyper, **static})


def is_exact(graph: Graph) -> bool:
    """Whether engines must agree to the last bit: no norm, and none of the inexact words on elements."""
    words = {graph.nodes[i].op for i in graph.needed if graph.levels[i] == Level.ELEMENT}
    return graph.elementwise and not words & INEXACT


def check_engine(engine: Engine, rule: Rule, dtype: str = "float32") -> None:
    """Check that an engine gives NumPy's results for a rule under all its static options.

    Elementwise rules must agree bit for bit; those with norms or inexact words to 1e-4 (float32) or 1e-12 (float64) of
    the size of what was added up, where that is finite.

    Raises:
        AssertionError: naming the rule, its options, the slot and the first element that differs.

    >>> from surefoot.rules import find
    >>> check_engine(by_kernel, find("adam"))
    """
    for static in static_choices(rule):
        graph = Graph.of(rule, static)
        for case in cases(rule, static, dtype) if is_exact(graph) else tame_cases(rule, static, dtype):
            expected = reference.run(rule, case.slots, case.t, dtype, **case.settings)
            got = engine(rule, case.slots, case.t, dtype, **case.settings)
            assert set(got) == set(expected), f"{rule.name} {static}: slots {set(got)}, NumPy has {set(expected)}"
            for slot, values in expected.items():
                loose = None if is_exact(graph) else {"float32": 1e-4, "float64": 1e-12}[dtype]
                where = f"{rule.name} {dict(case.settings)} t={case.t}: {slot}"
                assert_same(np.asarray(got[slot]), values, loose, where)


def tame_cases(rule: Rule, static: Mapping[str, Setting], dtype: str, seed: int = 0) -> Iterator[Case]:
    """As `cases`, with numbers near 1 and state that is not negative, for rules whose engines agree but nearly."""
    rng = np.random.default_rng(seed)
    for size, t in ((0, 1), (1, 1), (7, 2), (1021, 100)):
        slots = {slot: rng.standard_normal(size).astype(dtype) for slot in rule.slots}
        yield Case({s: v if s in ("x", "g") else np.abs(v) for s, v in slots.items()}, t, dict(static))


def assert_same(got: Array, expected: Array, loose: float | None, where: str) -> None:
    """Compare to the last bit (any NaN equals any other), or within `loose` relative to the larger, at least to 1.

    Raises:
        AssertionError: naming the first difference.
    """
    assert got.dtype == expected.dtype, f"{where} has type {got.dtype}, must be {expected.dtype}"
    assert got.shape == expected.shape, f"{where} has shape {got.shape}, must be {expected.shape}"
    same = (got == expected) & (np.signbit(got) == np.signbit(expected)) | np.isnan(got) & np.isnan(expected)
    if loose is not None:
        with np.errstate(invalid="ignore"):
            same |= np.abs(got - expected) <= loose * np.maximum(np.abs(expected), 1)
    wrong = np.flatnonzero(~same)
    if len(wrong):
        first = int(wrong[0])
        raise AssertionError(
            f"{where}[{first}] is {got.ravel()[first]!r}, must be {expected.ravel()[first]!r} ({len(wrong)} differ)"
        )


def by_torch(rule: Rule, slots: Slots, t: int, dtype: str = "float32", **settings: Setting) -> dict[str, Array]:
    """One step by the torch engine."""
    chosen = rule.settings(settings)
    graph = Graph.of(rule, chosen)
    tensors = {slot: torch.from_numpy(np.array(value, dtype)) for slot, value in slots.items()}
    scalars = uniforms(graph)(t, **{name: chosen[name] for name in rule.hyper})
    new = step(graph, table(getattr(torch, dtype), torch.device("cpu")), tensors, scalars)
    return {slot: value.expand(tensors["x"].shape).numpy() for slot, value in new.items()}


def by_kernel(rule: Rule, slots: Slots, t: int, dtype: str = "float32", **settings: Setting) -> dict[str, Array]:
    """One step by the CPU kernel."""
    chosen = rule.settings(settings)
    kernel = Kernel(Graph.of(rule, chosen), dtype)
    scalars = kernel.uniforms(t, **{name: chosen[name] for name in rule.hyper})
    return run_kernel(kernel, [slots], [0], [scalars])[0]


def run_kernel(
    kernel: Kernel,
    tensors: Sequence[Slots],
    groups: Sequence[int],
    scalars: Sequence[tuple[float, ...]],
    threads: int = 1,
) -> list[dict[str, Array]]:
    """One step of many tensors by one call of a kernel, on copies.

    Args:
        tensors: the slots of each. groups: the group of each. scalars: for each group, what the host computed.
    """
    copies = [{slot: np.array(each[slot], kernel.dtype, order="C") for slot in kernel.slots} for each in tensors]
    plan = kernel.plan([each["x"].size for each in copies], groups)
    plan.table[:] = [[each[slot].ctypes.data for each in copies] for slot in kernel.slots]
    for group, values in enumerate(scalars[: plan.uniforms.shape[1]]):
        plan.fill(group, values)
    plan.run(threads)
    return [{slot: each[slot] for slot in ("x", *kernel.graph.state)} for each in copies]
