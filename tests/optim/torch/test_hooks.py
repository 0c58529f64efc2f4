"""What hooks around a step are given, and what they may give back: as in torch."""

from typing import Any

import pytest
import torch

import surefoot.optim.torch as ours
from tests.optim.torch.conformance import every_class

SOURCES = pytest.mark.parametrize("source", [torch.optim, ours], ids=["torch", "ours"])


@SOURCES
@every_class
def test_hooks_are_given_the_arguments_of_the_call(name: str, source: Any) -> None:
    optimizer, seen = getattr(source, name)([torch.zeros(1)]), []
    for register in (optimizer.register_step_pre_hook, optimizer.register_step_post_hook):
        register(lambda *given: seen.append(given))

    def closure() -> float:
        return 1.0

    optimizer.step()
    assert optimizer.step(closure) == 1.0
    assert seen == [(optimizer, (optimizer,), {})] * 2 + [(optimizer, (optimizer, closure), {})] * 2


@SOURCES
@every_class
def test_a_hook_before_the_step_may_give_other_arguments(name: str, source: Any) -> None:
    for new in (lambda o: ((o, lambda: 2.0), {}), lambda o: ((o,), {"closure": lambda: 2.0})):
        optimizer = getattr(source, name)([torch.zeros(1)])
        optimizer.register_step_pre_hook(lambda o, args, kwargs, new=new: new(o))
        assert optimizer.step() == 2.0
        assert optimizer.step(lambda: 3.0) == 2.0


@SOURCES
@every_class
def test_a_hook_that_gives_anything_else_is_refused(name: str, source: Any) -> None:
    optimizer = getattr(source, name)([torch.zeros(1)])
    optimizer.register_step_pre_hook(lambda *_: 5)
    with pytest.raises(RuntimeError, match=r"must return None or a tuple of \(new_args, new_kwargs\), but got 5"):
        optimizer.step()
