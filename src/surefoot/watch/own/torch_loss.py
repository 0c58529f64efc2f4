"""A torch function of two numbers, called in whichever of the two ways it is written, with its gradient by autograd."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from surefoot.errors import UserError
from surefoot.watch.scene import Array


@dataclass(frozen=True)
class TorchLoss:
    """`f(x, y)` or `f(p)`, p being a tensor of two, in float64.

    Attributes:
        name: the function's name. function: the function. spread: whether it takes the two apart.
    """

    name: str
    function: Callable[..., Any]
    spread: bool

    @classmethod
    def of(cls, function: Callable[..., Any]) -> "TorchLoss":
        """Read off the signature how it is called.

        Raises:
            UserError: if it takes neither two arguments nor one.
        """
        name = getattr(function, "__name__", type(function).__name__)
        try:
            parameters = inspect.signature(function).parameters.values()
        except (TypeError, ValueError):
            raise UserError(
                f"function {name} must have a readable signature; wrap it: lambda x, y: {name}(x, y)"
            ) from None
        needed = [
            p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty
        ]
        if len(needed) not in (1, 2):
            raise UserError(f"function {name} must take x and y, or one tensor of two, got {len(needed)} arguments")
        return cls(name, function, len(needed) == 2)

    def __call__(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """The loss at one point, given as two tensors without dimensions, as one without dimensions.

        Raises:
            UserError: if the function fails or returns something else than one real number.
        """
        try:
            loss = self.function(x, y) if self.spread else self.function(torch.stack([x, y]))
        except Exception as error:
            reason = str(error).partition("\n")[0]
            raise UserError(f"function {self.name} fails at the start: {type(error).__name__}: {reason}") from error
        if not isinstance(loss, torch.Tensor):
            raise UserError(f"function {self.name} must return a scalar torch tensor, got {type(loss).__name__}")
        if loss.numel() != 1 or loss.is_complex():
            got = "a complex number" if loss.is_complex() else f"a tensor of shape {tuple(loss.shape)}"
            hint = "take its abs() or real" if loss.is_complex() else "sum it, or take one entry"
            raise UserError(f"function {self.name} must return a scalar, got {got}; {hint}")
        return loss.reshape(())

    def value(self, x: float, y: float) -> float:
        """The loss at one point."""
        with torch.no_grad():
            return float(self(*_tensors(x, y)))

    def gradient(self, x: float, y: float) -> Array:
        """The gradient at one point, (2,).

        Raises:
            UserError: if the loss does not follow from the coordinates by operations that torch differentiates.
        """
        point = [p.requires_grad_() for p in _tensors(x, y)]
        loss = self(*point)
        if not loss.requires_grad:
            raise UserError(
                f"function {self.name} has no gradient: its value is not computed from x and y by differentiable torch "
                "operations (float(), .item(), numpy and math cut the way)"
            )
        slopes = torch.autograd.grad(loss, point, allow_unused=True)
        return np.array([0.0 if slope is None else float(slope) for slope in slopes])

    def both(self, x: float, y: float) -> tuple[float, Array]:
        """Loss and gradient at one point."""
        return self.value(x, y), self.gradient(x, y)


def _tensors(x: float, y: float) -> list[torch.Tensor]:
    return [torch.tensor(float(number), dtype=torch.float64) for number in (x, y)]
