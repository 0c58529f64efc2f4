"""Whether many tensors are still what they were, asked in one call: by the guards that torch.compile was built on.

To ask one tensor one thing costs Python some 80 ns; a step has to ask for type, layout, shape and strides of every
parameter and gradient. torch's guards compare all of that, flags of views and devices included, in as much for each
tensor. They are not public: in a torch that we have not tried, or where they do not tell what they must, the answer is
always no.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor

#: Of other versions it is not known what a call like ours does.
TRIED = ("2.13.",)
#: Tensors that change back and forth are not worth guarding anew each time.
PATIENCE = 3


class Guard:
    """Remembers what tensors were like, to tell whether they are so still. It keeps none of them."""

    def __init__(self) -> None:
        self._same: Callable[..., bool] = _never
        self._left = PATIENCE

    def holds(self, tensors: Sequence[Tensor]) -> bool:
        """Whether these are like those remembered, in order: type, dtype, device, layout, shape, strides, flags."""
        return self._same(*tensors)

    def remember(self, tensors: Sequence[Tensor]) -> None:
        """From now on, hold tensors against these; after a few times no more."""
        self._same = _check(tensors) if self._left and _is_reliable() else _never
        self._left -= self._left > 0


def _never(*_: Tensor) -> bool:
    return False


def _check(tensors: Sequence[Tensor]) -> Callable[..., bool]:
    guards: Any = torch._C._dynamo.guards.TensorGuards
    check: Callable[..., bool] = guards(*tensors, dynamic_dims_sizes=None, dynamic_dims_strides=None).check
    return check


@cache
def _is_reliable() -> bool:
    """Whether torch has guards that tell apart everything that matters here."""
    if not torch.__version__.startswith(TRIED):
        return False
    x = torch.ones(2, 3)
    shapes = [x[:1], torch.ones(3, 2), torch.ones(2, 3, 1), torch.ones(3, 2).T, torch.ones(2, 6)[:, ::2]]
    others = [*shapes, x.double(), x.to_sparse(), x.to("meta"), torch.nn.Parameter(x), torch._neg_view(x)]
    try:
        check = _check([x])
        return check(torch.zeros(2, 3)) and not any(check(other) for other in others)
    except (AttributeError, TypeError, RuntimeError):
        return False
