"""Gradient release: each parameter is stepped inside backward, once its gradient is there, and the gradient freed.

So the gradients of a model are never in memory together. Every parameter has an optimizer of its own for this, which
shares its state with the one that was given.
"""

from functools import partial
from typing import Any

from torch import Tensor

from surefoot.errors import UserError
from surefoot.optim.optimizer import RuleOptimizer


def release(optimizer: RuleOptimizer) -> "Release":
    """Step parameters inside backward from now on, and free every gradient once it has been used.

    The loop stays as it is: `optimizer.step()` is called after every backward as before, and has little left to do;
    `zero_grad()` nothing. Steps are the ordinary ones, bit for bit.

    Args:
        optimizer: one of surefoot's. Its parameters' gradients are stepped and freed in their
            post-accumulate hooks; parameters that it is given later are stepped by `step()` itself.

    Returns:
        What ends it, by its `remove()`.

    Raises:
        UserError: if a group has `clip_norm`, which needs all gradients at once, or the optimizer is tracked or
            releases gradients already.
            Later, from `step(closure)`, and from a second backward before `step()`: gradients cannot be accumulated.

    >>> import torch
    >>> from surefoot.optim import SGD
    >>> w = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
    >>> optimizer = SGD([w], lr=0.25)
    >>> handle = release(optimizer)
    >>> (w**2).sum().backward()
    >>> w.tolist(), w.grad
    ([0.5, -1.0], None)
    >>> optimizer.step()
    """
    if not isinstance(optimizer, RuleOptimizer):
        raise UserError(f"release: optimizer must be one of surefoot's, got {type(optimizer).__name__}")
    if optimizer._release is not None:
        raise UserError("release: the optimizer must not release gradients already; it does")
    if optimizer._observer is not None:
        raise UserError("release: the optimizer must not be tracked, since gradients are gone before they can be seen")
    handle = Release(optimizer)
    optimizer._release = handle
    return handle


class Release:
    """The hooks of an optimizer that steps inside backward."""

    def __init__(self, optimizer: RuleOptimizer) -> None:
        self._optimizer = optimizer
        self._stepped: set[int] = set()
        self._refuse_clipping()
        self._single: dict[int, RuleOptimizer] = {}
        self._hooks: list[Any] = []
        for number, group in enumerate(optimizer.param_groups):
            for p in group["params"]:
                if p.requires_grad:
                    self._single[id(p)] = optimizer._alone(p, group)
                    self._hooks.append(p.register_post_accumulate_grad_hook(partial(self._step, number)))

    def remove(self) -> None:
        """Go back to steps after backward."""
        for hook in self._hooks:
            hook.remove()
        self._optimizer._release = None

    def close(self, closure: object) -> None:
        """A step of the optimizer's own begins: all has been stepped once, and may be stepped again."""
        if closure is not None:
            raise UserError("step: closure must be None where gradients are released: backward itself makes the step")
        self._refuse_clipping()
        self._stepped.clear()

    def _refuse_clipping(self) -> None:
        if any(group.get("clip_norm") is not None for group in self._optimizer.param_groups):
            raise UserError(
                "release: clip_norm must be None, since it needs all gradients at once; clip_value may be set"
            )

    def _step(self, number: int, p: Tensor) -> None:
        if id(p) in self._stepped:
            raise UserError(
                "release: optimizer.step() must be called after every backward; released gradients are not accumulated"
            )
        self._stepped.add(id(p))
        single = self._single[id(p)]
        group = self._optimizer.param_groups[number]
        single.param_groups[0].update({name: value for name, value in group.items() if name != "params"})
        single.state[p] = self._optimizer.state[p]
        single._step()
        p.grad = None
