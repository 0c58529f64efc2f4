"""What torch's optimizers have in common: how flags of stepping agree, older groups, and what a loss scale leaves."""

import inspect
from typing import Any

import torch

from surefoot.optim.intake import inverse
from surefoot.optim.optimizer import Closure, RuleOptimizer


class TorchOptimizer(RuleOptimizer):
    """An optimizer with torch's conventions. Abstract: its subclasses have torch's names and arguments.

    With a `torch.amp.GradScaler`, gradients are unscaled after the step, as in torch: by the scaler before it, or with
    `fused=True` by the step. (Other optimizers of ours leave float16 ones as they are.)
    """

    def __init__(self, params: Any, defaults: dict[str, Any]) -> None:
        super().__init__(params, defaults)
        _check_how(self.defaults)

    @property
    def _step_supports_amp_scaling(self) -> bool:
        return bool(self.defaults.get("fused"))

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        parameters = inspect.signature(type(self)).parameters.values()
        standard = {p.name: p.default for p in parameters if p.default is not p.empty}
        for group in self.param_groups:  # those of an older version have fewer keys
            for name, default in standard.items():
                group.setdefault(name, default)

    def _step(self, closure: Closure | None = None) -> Any:
        loss = super()._step(closure)
        grad_scale = getattr(self, "grad_scale", None)
        if grad_scale is not None:
            self._unscale_gradients(inverse(grad_scale))
        return loss

    @torch.no_grad()
    def _unscale_gradients(self, factor: float) -> None:
        """Leave gradients as torch's fused step leaves them: unscaled, unless it was none because one is not finite."""
        found_inf = getattr(self, "found_inf", None)
        if found_inf is None or not found_inf.item():
            grads = [p.grad for group in self.param_groups for p in group["params"] if p.grad is not None]
            for g in {id(g): g for g in grads}.values():
                g.mul_(factor)


def _check_how(defaults: dict[str, Any]) -> None:
    """Refuse contradictions among `foreach`, `fused` and `differentiable`, as torch does.

    Raises:
        RuntimeError: with torch's message.
    """
    if defaults.get("fused"):
        if defaults["differentiable"]:
            raise RuntimeError("`fused` does not support `differentiable`")
        if defaults["foreach"]:
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
