"""The declared form `torch` of every rule that torch has walks as torch's optimizer does."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.optim import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop

from surefoot.optim import from_rule
from surefoot.rules import RULES, Rule

Settings = dict[str, Any]
#: A rule's title and its form, to torch's optimizer with the same settings.
TORCH: dict[tuple[str, str], Callable[[Any, Settings], Optimizer]] = {
    ("SGD", "torch"): lambda p, s: SGD(p, lr=s["lr"]),
    ("Momentum", "torch"): lambda p, s: SGD(p, lr=s["lr"], momentum=s["beta"]),
    ("Momentum", "torch nesterov"): lambda p, s: SGD(p, lr=s["lr"], momentum=s["beta"], nesterov=True),
    ("AdaGrad", "torch"): lambda p, s: Adagrad(p, lr=s["lr"], eps=s["eps"]),
    ("RMSProp", "torch"): lambda p, s: RMSprop(p, s["lr"], alpha=s["beta"], eps=s["eps"]),
    ("RMSPropMomentum", "torch"): lambda p, s: RMSprop(p, s["lr"], s["beta2"], s["eps"], momentum=s["beta1"]),
    ("Adam", "torch"): lambda p, s: Adam(p, s["lr"], (s["beta1"], s["beta2"]), s["eps"]),
    ("AMSGrad", "torch"): lambda p, s: Adam(p, s["lr"], (s["beta1"], s["beta2"]), s["eps"], amsgrad=True),
    ("AdamW", "torch"): lambda p, s: AdamW(p, s["lr"], (s["beta1"], s["beta2"]), s["eps"], s["weight_decay"]),
}
FORMS = [(rule, form) for rule in RULES.values() for form in rule.facts.forms if form.startswith("torch")]
STEPS = 250


def test_the_table_has_every_form_that_is_declared() -> None:
    assert set(TORCH) == {(rule.title, form) for rule, form in FORMS}


@pytest.mark.parametrize(("rule", "form"), FORMS, ids=lambda a: a.name if isinstance(a, Rule) else a)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_as_torch_over_many_steps(rule: Rule, form: str, dtype: torch.dtype) -> None:
    settings = rule.form(form)
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(200, generator=generator, dtype=torch.float64).to(dtype)
    ours, theirs = torch.nn.Parameter(start.clone()), torch.nn.Parameter(start.clone())
    optimizers = from_rule(rule)([ours], **settings), TORCH[rule.title, form]([theirs], settings)
    for _ in range(STEPS):
        scale = 10 ** torch.empty(200, dtype=torch.float64).uniform_(-4, 2, generator=generator)
        ours.grad = (torch.randn(200, generator=generator, dtype=torch.float64) * scale).to(dtype)
        theirs.grad = ours.grad.clone()
        for optimizer in optimizers:
            optimizer.step()
    size = theirs.detach().abs().clamp(min=1)
    bound = 1e-12 if dtype is torch.float64 else 4 * STEPS * torch.finfo(dtype).eps
    assert not torch.equal(ours, start)
    assert ((ours - theirs).abs() <= bound * size).all()


@pytest.mark.parametrize(("rule", "form"), FORMS, ids=lambda a: a.name if isinstance(a, Rule) else a)
def test_as_torch_when_maximizing(rule: Rule, form: str) -> None:
    settings = rule.form(form)
    ours, theirs = (torch.nn.Parameter(torch.ones(5, dtype=torch.float64)) for _ in range(2))
    optimizer, other = from_rule(rule)([ours], maximize=True, **settings), TORCH[rule.title, form]([theirs], settings)
    other.param_groups[0]["maximize"] = True
    for k in range(5):
        ours.grad = torch.linspace(-1, 2, 5, dtype=torch.float64) * (k + 1)
        theirs.grad = ours.grad.clone()
        optimizer.step()
        other.step()
    assert torch.allclose(ours, theirs, rtol=1e-12, atol=1e-14)
