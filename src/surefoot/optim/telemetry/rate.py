"""The effective learning rate of one parameter, element by element."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from surefoot.engines.analysis.effective import RATE
from surefoot.engines.evaluate import step
from surefoot.engines.torch import table
from surefoot.errors import UserError
from surefoot.optim.convention import Convention
from surefoot.optim.eager import working_dtype
from surefoot.optim.sparse.rows import Registry
from surefoot.optim.telemetry.reading import reading
from surefoot.optim.telemetry.sample import parts


@torch.no_grad()
def effective_lr(
    p: Tensor,
    groups: Sequence[Mapping[str, Any]],
    states: Mapping[Any, Any],
    convention: Convention,
    registry: Registry,
) -> Tensor:
    """See `RuleOptimizer.effective_lr`; the arguments after `p` are the optimizer's."""
    group = next((g for g in groups if any(q is p for q in g["params"])), None)
    if group is None:
        raise UserError(
            "effective_lr: p must be one of the optimizer's parameters; the tensor given is in none of its groups"
        )
    state: Mapping[str, Any] = states.get(p, {})
    if "step" not in state or int(state["step"]) == 0:
        raise UserError("effective_lr: p must have been stepped, it has no state yet; call it after optimizer.step()")
    of = reading(convention.formula(convention.options(group)))
    grad = p.grad
    if "g" in of.slots and grad is None:
        raise UserError(
            "effective_lr: this rule's rate depends on the gradient, and p.grad is None; call it before zero_grad()"
        )
    rows = registry.get(p)
    kept = {slot: state[slot] for slot in of.slots if slot not in ("x", "g")}
    given = {"x": p, **kept} if rows is None else rows.made_good({"x": p, **kept})
    if "g" in of.slots and grad is not None:
        given["g"] = grad.to_dense()
    dtype = working_dtype(p)
    slots = {slot: parts(v.detach()).to(dtype) for slot, v in given.items()}
    hyper = {name: float(v) for name, v in convention.values(group).items()}
    rate = step(of.graph, table(dtype, p.device), slots, of.uniforms(float(state["step"]), **hyper))[RATE]
    return torch.broadcast_to(rate, parts(p).shape).clone()
