"""PyTorch, eager: every tensor that the kernel does not take, with the same answer."""

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import Parameter

from surefoot.engines.evaluate import Table
from surefoot.engines.rewriting.dither import ROUNDINGS


def _sqrt(x: Tensor) -> Tensor:
    if type(x) not in (Tensor, Parameter) or x.device.type != "cpu" or torch._C._len_torch_dispatch_stack():
        return torch.sqrt(x)
    # Not torch's own: where that is MKL's, one root in six is not the nearest float32, and no kernel's result.
    root = torch.empty_like(x)
    with np.errstate(invalid="ignore"):
        np.sqrt(x.detach().resolve_neg().numpy(), out=root.numpy())
    return root


def _maximum(a: Tensor, b: Tensor) -> Tensor:
    return torch.where((a > b) | torch.isnan(a), a, b)


def _minimum(a: Tensor, b: Tensor) -> Tensor:
    return torch.where((a < b) | torch.isnan(a), a, b)


def _sign(x: Tensor) -> Tensor:
    return torch.where(torch.isnan(x), x, torch.sign(x))  # torch's own sign of NaN is 0


def _where(condition: Tensor, a: Tensor, b: Tensor) -> Tensor:
    return torch.where(condition != 0, a, b)


def _norm(x: Tensor) -> Tensor:
    length: Tensor = torch.linalg.vector_norm(x, dtype=torch.float64)
    return length.to(x.dtype)


OPS: dict[str, Any] = {
    "add": torch.add,
    "sub": torch.sub,
    "mul": torch.mul,
    "div": torch.div,
    "pow": torch.pow,
    "neg": torch.neg,
    "sqrt": _sqrt,
    "abs": torch.abs,
    "sign": _sign,
    "exp": torch.exp,
    "log": torch.log,
    "sin": torch.sin,
    "cos": torch.cos,
    "maximum": _maximum,
    "minimum": _minimum,
    "lt": torch.lt,
    "le": torch.le,
    "gt": torch.gt,
    "ge": torch.ge,
    "eq": torch.eq,
    "ne": torch.ne,
    "where": _where,
    "norm": _norm,
}
#: What `engines/rewriting/torch_order.py` puts into a graph: torch's own product and sum in one rounding, and its root.
FUSED: dict[str, Any] = {"fma": lambda a, b, c: torch.addcmul(c, a, b), "torch_sqrt": torch.sqrt}


@lru_cache
def table(dtype: torch.dtype, device: torch.device) -> Table:
    """The torch engine in one floating type on one device."""

    def scalar(value: float) -> Tensor:
        # Not a Python number: torch computes number / tensor by way of 1 / tensor, which rounds twice.
        return torch.tensor(value, dtype=dtype, device=device)

    return Table(scalar, OPS | FUSED | ROUNDINGS)
