"""One tensor at a time through torch's own operations: the path for everything the kernel does not take."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from surefoot.engines.evaluate import step
from surefoot.engines.graph import Graph
from surefoot.engines.rewriting import dither
from surefoot.engines.rewriting.precision import draw_of
from surefoot.engines.torch import table
from surefoot.optim.memory import is_dense

_WIDER = {torch.float16: torch.float32, torch.bfloat16: torch.float32}


def working_dtype(p: Tensor) -> torch.dtype:
    """The type in which a parameter is stepped and its state is kept: float32 for halves, else the parameter's own.

    >>> working_dtype(torch.zeros(1, dtype=torch.bfloat16)), working_dtype(torch.zeros(1, dtype=torch.complex64))
    (torch.float32, torch.float32)
    """
    real = p.dtype.to_real() if p.is_complex() else p.dtype
    return _WIDER.get(real, real)


@torch.no_grad()
def new_state(p: Tensor, value: float) -> Tensor:
    """A state slot for a parameter, filled with its first value, laid out as the parameter is."""
    dtype = working_dtype(p)
    if p.is_complex():
        return torch.full_like(p.resolve_conj(), complex(value, value), dtype=dtype.to_complex())
    return torch.full_like(p, value, dtype=dtype, memory_format=torch.preserve_format)


@torch.no_grad()
def step_tensor(
    graph: Graph, p: Tensor, grad: Tensor, state: Mapping[str, Tensor], uniforms: Sequence[float], key: int = 0
) -> None:
    """Step one parameter and its state in place: a complex number as its two parts, a sparse gradient as dense.

    `key` is what the parameter's random numbers depend on, if the graph draws any.
    """
    dense = grad.to_dense() if grad.layout is not torch.strided else grad
    x, g, *kept = (_parts(v) for v in (p, dense, *(state[slot] for slot in graph.state)))
    dtype, state = working_dtype(p), dict(zip(graph.state, kept, strict=True))
    slots = {"x": x.to(dtype), "g": g.to(dtype), **{slot: _widened(value, dtype) for slot, value in state.items()}}
    if any(draw_of(slot) is not None for slot in graph.slots):
        slots |= dither.draws(key, _places(x), graph.slots)
    new = step(graph, table(dtype, p.device), slots, uniforms)
    # A slot handed on as it came (the last gradient, the x before) must not be written over before it is copied.
    given = {id(value) for value in slots.values()}
    new = {slot: value.clone() if id(value) in given else value for slot, value in new.items()}
    for slot, value in new.items():
        (x if slot == "x" else state[slot]).copy_(value)
    if p.is_conj():  # then `x` is a copy
        p.copy_(torch.view_as_complex(x))


@torch.no_grad()
def squares(grad: Tensor) -> float:
    """The sum of the squares of a gradient's elements, in float64; a sparse one's indices are each taken once."""
    values = grad.coalesce().values() if grad.layout is torch.sparse_coo else grad
    dense = values.to_dense() if values.layout is not torch.strided else values
    return float(_parts(dense).to(torch.float64).square().sum())


def _widened(value: Tensor, dtype: torch.dtype) -> Tensor:
    return value.to(dtype) if value.dtype in _WIDER else value


def _places(x: Tensor) -> Tensor:
    """Of each element its place in memory, where the elements fill a block of it, else its number in order."""
    places = torch.arange(x.numel(), device=x.device)
    return places.as_strided(x.shape, x.stride()) if is_dense(x) else places.view(x.shape)


def _parts(v: Tensor) -> Tensor:
    """A complex tensor as its real and imaginary parts, any other as it is."""
    return torch.view_as_real(v.resolve_conj()) if v.is_complex() else v
