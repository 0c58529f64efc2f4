"""Optimizer classes made from rules: their signature, their text, and what they refuse."""

import inspect
import math
from pathlib import Path

import pytest
import torch

import surefoot.optim
from surefoot.errors import UserError
from surefoot.optim import CLASSES, RuleOptimizer, from_rule
from surefoot.optim.options import OPTIONS
from surefoot.rules import RULES, Rate, Rule, norm
from surefoot.rules.vocabulary import Value
from tests.optim.eager import OPTIMIZERS, parameter

every_optimizer = pytest.mark.parametrize("optimizer_class", OPTIMIZERS, ids=lambda c: c.__name__)
ABSURD = (math.inf, -math.inf, math.nan, "big", None, True, [0.1])


@every_optimizer
def test_the_signature_is_the_rules(optimizer_class: type[RuleOptimizer]) -> None:
    rule = optimizer_class.rule
    signature = inspect.signature(optimizer_class)
    assert list(signature.parameters) == ["params", *rule.defaults, "maximize", "sparse", *OPTIONS]
    for name, default in rule.defaults.items():
        assert signature.parameters[name].default == default
    group = optimizer_class([parameter(2)]).param_groups[0]
    assert {name: group[name] for name in rule.defaults} == dict(rule.defaults)
    assert group["maximize"] is False


@every_optimizer
def test_the_doc_tells_every_setting(optimizer_class: type[RuleOptimizer]) -> None:
    doc = str(optimizer_class.__doc__)
    assert doc.startswith(str(inspect.getdoc(optimizer_class.rule.function)))
    for name in (*optimizer_class.rule.defaults, "params", "maximize", *OPTIONS):
        assert f"\n    {name}: " in doc


@every_optimizer
def test_absurd_hyperparameters_are_refused_by_name(optimizer_class: type[RuleOptimizer]) -> None:
    for name, domain in optimizer_class.rule.hyper.items():
        below = [domain.low - 1] if math.isfinite(domain.low) else []
        above = [domain.high + 1] if math.isfinite(domain.high) else []
        for value in (*ABSURD, *below, *above, torch.ones(2)):
            with pytest.raises(UserError, match=f"^{name} must be") as caught:
                optimizer_class([parameter(2)], **{name: value})
            assert "\n" not in str(caught.value)


def test_arguments_may_be_given_by_place_and_unknown_ones_are_refused() -> None:
    adam = CLASSES["adam"]([parameter(2)], 0.5, 0.25)
    assert (adam.param_groups[0]["lr"], adam.param_groups[0]["beta1"]) == (0.5, 0.25)
    with pytest.raises(TypeError, match="betas"):
        CLASSES["adam"]([parameter(2)], betas=(0.9, 0.99))
    with pytest.raises(TypeError, match="params"):
        CLASSES["adam"]()


def test_the_package_offers_a_class_for_every_rule_by_its_title() -> None:
    assert {c.__name__ for c in CLASSES.values()} == {rule.title for rule in RULES.values()}
    for name, optimizer_class in CLASSES.items():
        assert getattr(surefoot.optim, RULES[name].title) is optimizer_class
        assert RULES[name].title in dir(surefoot.optim)
        assert issubclass(optimizer_class, torch.optim.Optimizer)
    with pytest.raises(AttributeError, match="did you mean 'Adam'"):
        surefoot.optim.adam  # noqa: B018


def test_a_class_from_a_file_and_under_another_name(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("def halve(x, g, *, t, lr=0.5):\n    return x * lr\n")
    optimizer_class = from_rule(f"{file}:halve", "Halver")
    p = torch.nn.Parameter(torch.ones(2))
    p.grad = torch.zeros(2)
    optimizer = optimizer_class([p])
    optimizer.step()
    assert p.tolist() == [0.5, 0.5]
    assert repr(optimizer).startswith("Halver (")
    assert from_rule("adam").__name__ == "adam"


def steps_slot(x: Value, g: Value, step: Value, *, t: Value, lr: Rate = 0.1) -> tuple[Value, Value]:
    return x - lr * g, step + g


def params_setting(x: Value, g: Value, *, t: Value, params: float = 0.1) -> Value:
    return x - params * g


def branches(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
    return x if t > 1 else g


def number_norm(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
    return x - norm(lr) * g


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (steps_slot, "rule steps_slot must not use the name 'step', torch's own in an optimizer"),
        (params_setting, "rule params_setting must not use the name 'params'"),
        (branches, "rule branches cannot be traced: a rule cannot branch on a value"),
        (number_norm, "rule number_norm takes the norm of one number"),
    ],
)
def test_what_cannot_become_an_optimizer_is_said_when_it_is_made(function, message: str) -> None:
    assert Rule.of(function)
    with pytest.raises(UserError, match=message):
        from_rule(function)
