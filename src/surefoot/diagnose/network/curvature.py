"""The Hessian of a model's loss, as an operator on vectors, and its product with the optimizer's strides."""

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from surefoot.diagnose.network.lanczos import Operator
from surefoot.errors import UserError
from surefoot.tasks.task import Task


class Hessian:
    """The loss of a model on fixed rows, and its second derivative at the model's present parameters.

    Products go by differentiating twice, exactly (Pearlmutter 1994): each costs about as much as two gradients, and
    none builds the matrix. The model is copied, so that its buffers and its random numbers are left as they are.
    """

    def __init__(self, task: Task, model: nn.Module, x: Tensor, y: Tensor) -> None:
        loss, self._parameters = _loss(task, model, x, y)
        self.loss = float(loss.detach())
        self._grads = torch.autograd.grad(loss, self._parameters, create_graph=True, allow_unused=True)

    @property
    def size(self) -> int:
        """The number of parameters."""
        return sum(p.numel() for p in self._parameters)

    def times(self, vector: Tensor) -> Tensor:
        """(n,) the Hessian times a vector (n,), parameters in the model's order, each flattened.

        Raises:
            UserError: where some layer can be differentiated only once.
        """
        parts = _split(vector, self._parameters)
        pairs = [(g, part) for g, part in zip(self._grads, parts, strict=True) if g is not None and g.requires_grad]
        if not pairs:
            return torch.zeros_like(vector)
        try:
            products = torch.autograd.grad(
                [g for g, _ in pairs], self._parameters, [part for _, part in pairs], retain_graph=True,
                allow_unused=True,
            )  # fmt: skip
        except (RuntimeError, NotImplementedError) as error:
            cause = " ".join(str(error).split())
            raise UserError(
                f"task: its loss must be twice differentiable to measure curvature; torch says: {cause}"
            ) from error
        return _join(products, self._parameters)

    def between(self, rates: Sequence[Tensor]) -> Operator:
        r"""The operator $D^{1/2} H D^{1/2}$ for strides D: its eigenvalues are those of D H, and it is symmetric.

        Args:
            rates: the effective learning rate of each parameter, shaped like it; a negative one counts as 0.
        """
        root = torch.cat([r.clamp(min=0).sqrt().reshape(-1) for r in rates])
        return lambda vector: root * self.times(root * vector)


def check(task: Task, model: nn.Module, x: Tensor, y: Tensor) -> None:
    """Hold a product of the Hessian, along the gradient, against how the gradient changes that way.

    Raises:
        UserError: where the product has next to nothing of the change: some layer can be differentiated only once, and
            torch takes it for a linear one without a word.
    """
    hessian = Hessian(task, model, x, y)
    vector = _gradient(task, model, x, y, torch.zeros(hessian.size))
    if not vector.norm() > 0:
        return
    vector /= vector.norm()
    product = hessian.times(vector)
    errors = []
    for length in (1e-1, 1e-2, 1e-3):  # a long step leaves the parabola or crosses kinks, a short one is all rounding
        ahead, behind = (_gradient(task, model, x, y, sign * length * vector) for sign in (1, -1))
        change = (ahead - behind) / (2 * length)
        errors.append(float((change - product).norm() / max(float(change.norm()), 1e-3)))
    if min(errors) > 0.9:
        raise UserError(
            "task: its loss must be twice differentiable to measure curvature; torch's second derivative misses "
            f"{min(errors):.0%} of how the gradient changes (some layer may be differentiable only once)"
        )


def _loss(task: Task, model: nn.Module, x: Tensor, y: Tensor, shift: Tensor | None = None) -> tuple[Tensor, list[Any]]:
    """The loss of a copy of the model, its parameters moved by `shift`, and those parameters."""
    probe = copy.deepcopy(model).train()
    parameters = [p for p in probe.parameters() if p.requires_grad]
    if shift is not None:
        with torch.no_grad():
            for p, part in zip(parameters, _split(shift, parameters), strict=True):
                p.add_(part)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)  # the same dropout at every look
        return task.loss(probe(x), y), parameters


def _gradient(task: Task, model: nn.Module, x: Tensor, y: Tensor, shift: Tensor) -> Tensor:
    loss, parameters = _loss(task, model, x, y, shift)
    return _join(torch.autograd.grad(loss, parameters, allow_unused=True), parameters)


def _split(vector: Tensor, like: Sequence[Tensor]) -> list[Tensor]:
    parts = torch.split(vector, [p.numel() for p in like])
    return [part.view_as(p) for part, p in zip(parts, like, strict=True)]


def _join(parts: Sequence[Tensor | None], like: Sequence[Tensor]) -> Tensor:
    filled = [torch.zeros_like(p) if part is None else part for part, p in zip(parts, like, strict=True)]
    return torch.cat([part.detach().reshape(-1) for part in filled])
