"""Any rule, by any engine, in any type and any layout of memory: as near to the float64 reference as the type allows.

A few hundred cases are drawn by default, 10,000 by `make test-nightly`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from surefoot.engines import numpy as reference
from surefoot.engines.graph import Graph
from surefoot.optim import from_rule
from surefoot.rules import Rule
from surefoot.rules.rule import Setting
from surefoot.testing.engines import Engine, by_kernel, by_torch, random_hyper
from tests.rules.own import CHOSEN

CASES = max(300, settings().max_examples)
Arrays = dict[str, Any]

#: Name to how a tensor of that layout is made of a contiguous one.
LAYOUTS: dict[str, Callable[[Tensor], Tensor]] = {
    "contiguous": lambda x: x.clone(),
    "transposed": lambda x: x.T.contiguous().T,
    "every second": lambda x: torch.stack([x, x], -1)[..., 0],
    "part of more": lambda x: torch.cat([x.flatten(), x.flatten()])[x.numel() :].view(x.shape),
    "reversed": lambda x: x.flip(0).contiguous().flip(0),
}
SHAPES = [(), (0,), (1,), (5,), (3, 4), (2, 0), (17,), (4, 3, 2)]
REAL = {torch.float32: "float32", torch.float64: "float64", torch.bfloat16: "bfloat16", torch.float16: "float16"}
COMPLEX = {torch.complex64: torch.float32, torch.complex128: torch.float64}


@dataclass
class Walk:
    """Some steps of a rule from some place along some gradients, all in float64."""

    rule: Rule
    settings: dict[str, Setting]
    x: Arrays
    grads: list[Any]

    def by(self, engine: Engine, dtype: str, x: Any = None, grads: Any = None) -> Any:
        """Where it leads by an engine."""
        graph = Graph.of(self.rule, self.settings)
        start = self.x if x is None else x
        slots = {"x": np.asarray(start, dtype)}
        for slot in graph.state:
            first = self.settings[self.rule.start[slot]] if slot in self.rule.start else 0.0
            slots[slot] = np.full_like(slots["x"], float(first))
        for t, g in enumerate(self.grads if grads is None else grads, 1):
            slots = {**slots, **engine(self.rule, {**slots, "g": np.asarray(g, dtype)}, t, dtype, **self.settings)}
        return np.asarray(slots["x"], np.float64)

    def bound(self, eps: float, kept: float, rng: np.random.Generator) -> Any:
        """How far rounding may lead: what disturbing everything by a few eps does, and eps of the numbers themselves.

        Args:
            eps: of the type computed in. kept: of the type in which x is kept between steps.
        """
        exact = self.by(reference.run, "float64")
        spread = np.zeros_like(exact)
        for _ in range(4):
            shaken = [g * (1 + 8 * eps * rng.uniform(-1, 1, g.shape)) for g in self.grads]
            start = self.x * (1 + 8 * (eps + kept) * rng.uniform(-1, 1, np.shape(self.x)))
            spread = np.maximum(spread, np.abs(self.by(reference.run, "float64", start, shaken) - exact))
        steps = len(self.grads)
        size = np.maximum(np.abs(exact), np.abs(self.x)) + np.abs(exact - self.x)
        return (
            8 * np.max(spread, initial=0)
            + 32 * steps * (eps + kept) * (size + 1e-3)
            + kept * steps * np.max(size, initial=0)
        )


def walks(draw: Any, rng: np.random.Generator) -> Walk:
    rule, static = draw(st.sampled_from(CHOSEN))
    shape, steps = draw(st.sampled_from(SHAPES)), draw(st.integers(1, 4))
    hyper = random_hyper(rule, rng) if draw(st.booleans()) else {name: rule.defaults[name] for name in rule.hyper}
    hyper = {**hyper, **({"lr": min(float(hyper["lr"]), 0.1)} if "lr" in hyper else {})}
    x = rng.standard_normal(shape) * 10.0 ** rng.uniform(-1, 1, shape)
    grads = [rng.standard_normal(shape) * 10.0 ** rng.uniform(-2, 1, shape) for _ in range(steps)]
    return Walk(rule, {**hyper, **static}, x, grads)


@settings(max_examples=CASES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_every_engine_is_as_near_to_the_reference_as_its_type(data: st.DataObject) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    engine = data.draw(st.sampled_from([by_kernel, by_torch, reference.run]))
    dtype = data.draw(st.sampled_from(["float32", "float64"]))
    walk = walks(data.draw, rng)
    in_type = Walk(
        walk.rule,
        walk.settings,
        walk.x.astype(dtype).astype(float),
        [g.astype(dtype).astype(float) for g in walk.grads],
    )
    near(in_type, in_type.by(engine, dtype), float(np.finfo(dtype).eps), 0.0, rng)


@settings(max_examples=CASES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_every_optimizer_in_every_type_and_layout_is_as_near(data: st.DataObject) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    dtype = data.draw(st.sampled_from([*REAL, *COMPLEX]))
    of_parameter, of_gradient = (data.draw(st.sampled_from(sorted(LAYOUTS))) for _ in range(2))
    drawn = walks(data.draw, rng)
    pairs = dtype in COMPLEX
    if pairs and drawn.x.ndim == 0:
        return
    kind = COMPLEX.get(dtype, dtype)
    x, *grads = (torch.from_numpy(np.asarray(v)).to(kind) for v in (drawn.x, *drawn.grads))
    if pairs:  # two numbers each
        x, *grads = (torch.stack([v, v.flip(0)], -1) for v in (x, *grads))
    walk = Walk(drawn.rule, drawn.settings, x.double().numpy(), [g.double().numpy() for g in grads])
    whole = torch.view_as_complex if pairs else torch.Tensor.clone
    p = torch.nn.Parameter(arranged(whole(x), of_parameter))
    optimizer = from_rule(walk.rule)([p], **walk.settings)
    for g in grads:
        p.grad = arranged(whole(g), of_gradient)
        optimizer.step()
    new = torch.view_as_real(p.detach().resolve_conj()) if pairs else p.detach()
    computed = torch.float64 if kind is torch.float64 else torch.float32
    kept = float(torch.finfo(kind).eps) if kind.itemsize == 2 else 0.0
    near(walk, new.double().numpy(), float(torch.finfo(computed).eps), kept, rng)


def arranged(x: Tensor, layout: str) -> Tensor:
    if x.dim() == 0 or (x.dim() != 2 and layout == "transposed"):
        return x.clone()
    return LAYOUTS[layout](x)


def near(walk: Walk, got: Any, eps: float, kept: float, rng: np.random.Generator) -> None:
    with np.errstate(all="ignore"):
        exact, bound = walk.by(reference.run, "float64"), walk.bound(eps, kept, rng)
        fine = (np.abs(got - exact) <= bound) | np.isnan(exact) | ~np.isfinite(bound)
    assert got.shape == exact.shape
    assert fine.all(), f"{walk.rule.name} {walk.settings}: {got} is not within {bound} of {exact}"


def test_an_engine_that_is_slightly_wrong_is_found_out() -> None:
    def wrong(rule: Rule, slots: Any, t: int, dtype: str = "float64", **chosen: Setting) -> Any:
        return reference.run(rule, {**slots, "g": slots["g"] * 1.001}, t, dtype, **chosen)

    rng = np.random.default_rng(0)
    momentum = next(rule for rule, static in CHOSEN if "form" in static)
    walk = Walk(momentum, momentum.settings(), rng.standard_normal(5), [rng.standard_normal(5)] * 2)
    for dtype in ("float32", "float64"):
        near(walk, walk.by(reference.run, dtype), float(np.finfo(dtype).eps), 0.0, rng)
        with pytest.raises(AssertionError, match="momentum"):
            near(walk, walk.by(wrong, dtype), float(np.finfo(dtype).eps), 0.0, rng)
