"""A step that autograd runs through: by torch's own operations, rates and decays that are tensors included.

The rule's recorded graph is evaluated whole, the host's share too, so a gradient flows to whatever the step was made
of: parameter, gradient, state, and any hyperparameter that is a tensor. Nothing is saved on speed.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from surefoot.engines.graph import Graph, Level
from surefoot.engines.torch import OPS
from surefoot.optim.eager import working_dtype

#: The engine's square root looks up NumPy's, through which no gradient flows.
_OPS = {**OPS, "sqrt": torch.sqrt}


def step_differentiably(
    graph: Graph, p: Tensor, grad: Tensor, state: dict[str, Any], values: Mapping[str, Any], t: float
) -> None:
    """Step one parameter and its state in place, as autograd sees it.

    Args:
        graph: the rule as it was recorded. values: its hyperparameters, numbers or tensors. t: the step's count.

    Raises:
        RuntimeError: torch's, where a leaf that requires a gradient would be changed in place.
    """
    dtype = working_dtype(p)
    x, g, *kept = (_parts(v).to(dtype) for v in (p, grad, *(state[slot] for slot in graph.state)))
    # Clones: what is changed in place below must not be what backward looks up.
    slots = {"x": x.clone(), "g": g, **{slot: v.clone() for slot, v in zip(graph.state, kept, strict=True)}}
    new = _evaluate(graph, {**slots, **values, "t": t}, dtype, p.device)
    for slot, value in new.items():
        target = p if slot == "x" else state[slot]
        target.copy_(torch.view_as_complex(value.contiguous()) if target.is_complex() else value)


def _evaluate(graph: Graph, inputs: Mapping[str, Any], dtype: torch.dtype, device: torch.device) -> dict[str, Tensor]:
    """The new value of every slot: hyperparameters are tensors without dimensions from the start, in float64."""
    found: dict[int, Any] = {}
    for i in graph.needed:
        node = graph.nodes[i]
        wide = torch.float64 if graph.levels[i] == Level.HOST else dtype
        if node.op in ("input", "const"):
            value = inputs[str(node.payload)] if node.op == "input" else node.payload
            found[i] = _as_tensor(value, wide, device) if graph.levels[i] == Level.HOST else value
        else:
            found[i] = _OPS[node.op](
                *(v if v.dtype == torch.bool else v.to(wide) for v in (found[a] for a in node.args))
            )
    return {slot: found[i].to(dtype) for slot, i in graph.outputs.items()}


def _as_tensor(value: Any, dtype: torch.dtype, device: torch.device) -> Tensor:
    if isinstance(value, Tensor):
        return value.reshape(()).to(dtype=dtype, device=device)
    return torch.tensor(float(value), dtype=dtype, device=device)


def _parts(v: Tensor) -> Tensor:
    return torch.view_as_real(v.resolve_conj()) if v.is_complex() else v
