"""AMSGrad as a class of its own, in the manner of torch's Adam."""

from typing import Any, Unpack

from torch import Tensor

from surefoot.optim.options import Own
from surefoot.optim.torch.adam import Adam, Betas
from surefoot.optim.torch.arguments import given
from surefoot.optim.torch.optimizer import TorchOptimizer


class AMSGrad(TorchOptimizer):
    """`torch.optim.Adam(..., amsgrad=True)` under the algorithm's own name. Its state is that optimizer's.

    Args:
        params, lr, betas, eps, weight_decay, maximize, capturable, differentiable, foreach, fused: as `Adam`'s.
        decoupled_weight_decay: decay as AdamW does.
        own: `rounding`, `state_dtype`, `clip_norm`, `clip_value`, which torch has not (docs/use.md).

    Raises:
        UserError: a ValueError with torch's message, for a setting outside its domain.
        RuntimeError: for `fused` with `foreach` or `differentiable`.
    """

    rule = Adam.rule
    convention = Adam.convention

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-3,
        betas: Betas = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
        **own: Unpack[Own],
    ) -> None:
        super().__init__(params, {**given(locals()), "amsgrad": True})

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group["amsgrad"] = True
