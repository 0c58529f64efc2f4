"""torch's AdamW: Adam's form with the decay on the parameter, as the rule `adamw` has it."""

from typing import Any, Unpack

from torch import Tensor

from surefoot.optim.options import Own
from surefoot.optim.torch.adam import Adam, Betas
from surefoot.optim.torch.arguments import given
from surefoot.optim.torch.optimizer import TorchOptimizer


class AdamW(TorchOptimizer):
    """`torch.optim.AdamW` by the rules `adam` and `amsgrad`, with decoupled weight decay.

    Args:
        params, lr, betas, eps, amsgrad, maximize, capturable, differentiable, foreach, fused: as `Adam`'s.
        weight_decay: of the parameter, in [0, inf); a step multiplies it by 1 - lr * weight_decay first.
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
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        **own: Unpack[Own],
    ) -> None:
        super().__init__(params, {**given(locals()), "decoupled_weight_decay": True})

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:  # an older AdamW's groups do not say it
            group["decoupled_weight_decay"] = True
