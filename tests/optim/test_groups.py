"""Groups of parameters, and parameters that have no gradient on some steps: each counts and scales by its own."""

import copy

import pytest
import torch

from surefoot.errors import UserError
from surefoot.optim import AdaGrad, Adam, Momentum, RMSProp, RuleOptimizer, from_rule
from surefoot.testing.engines import static_choices
from tests.optim.eager import OPTIMIZERS, batched, eager, parameter, randoms, same
from tests.rules.own import EVERY, named

every_optimizer = pytest.mark.parametrize("optimizer_class", OPTIMIZERS, ids=lambda c: c.__name__)


@pytest.mark.parametrize("rule", EVERY, ids=named)
def test_groups_with_their_own_options_and_rates_are_stepped_as_apart(rule) -> None:
    choices = [{**static, "lr": 0.01 * (k + 1)} for k, static in enumerate([*static_choices(rule)] * 2)]
    together = [parameter(7, seed=k) for k in range(len(choices))]
    apart = [parameter(7, seed=k) for k in range(len(choices))]
    optimizer = from_rule(rule)([{"params": [p], **choice} for p, choice in zip(together, choices, strict=True)])
    for p in together:
        p.grad = randoms(7)
    for _ in range(3):
        optimizer.step()
    assert batched(optimizer) == len(together)
    for p, q, choice in zip(apart, together, choices, strict=True):
        eager(rule, [p], [randoms(7)], **choice)
        assert same(p, q, rule)


@every_optimizer
def test_each_parameter_counts_the_steps_it_took(optimizer_class: type[RuleOptimizer]) -> None:
    together, apart = ([parameter(5, seed=k) for k in range(4)] for _ in range(2))
    optimizer, alone = optimizer_class(together), [optimizer_class([p]) for p in apart]
    for step in range(12):
        for k, (p, q) in enumerate(zip(together, apart, strict=True)):
            p.grad = None if step % (k + 1) else randoms(5, seed=step)
            q.grad = None if p.grad is None else p.grad.clone()
        optimizer.step()
        for each in alone:
            each.step()
    counts = [int(optimizer.state[p]["step"]) for p in together]
    assert counts == [12, 6, 4, 3]
    for p, q in zip(together, apart, strict=True):
        assert same(p, q, optimizer_class.rule)


@every_optimizer
def test_no_gradient_at_all_changes_nothing(optimizer_class: type[RuleOptimizer]) -> None:
    p = parameter(3)
    optimizer = optimizer_class([p])
    optimizer.step()
    assert torch.equal(p, parameter(3))
    assert len(optimizer.state) == 0


@every_optimizer
def test_a_group_added_later_starts_from_its_own_beginning(optimizer_class: type[RuleOptimizer]) -> None:
    first, late, fresh = parameter(5), parameter(5, seed=2), parameter(5, seed=2)
    optimizer = optimizer_class([first])
    first.grad, late.grad = randoms(5), randoms(5)
    optimizer.step()
    optimizer.add_param_group({"params": [late], "lr": 0.5})
    for _ in range(3):
        optimizer.step()
    assert (int(optimizer.state[first]["step"]), int(optimizer.state[late]["step"])) == (4, 3)
    eager(optimizer_class.rule, [fresh], [randoms(5)], lr=0.5)
    assert same(late, fresh, optimizer_class.rule)


def test_a_count_beyond_2_to_the_24_goes_on() -> None:
    p = parameter(3)
    optimizer = Adam([p])
    p.grad = randoms(3)
    optimizer.step()
    optimizer.state[p]["step"].fill_(2**24)
    optimizer.step()
    optimizer.step()
    assert int(optimizer.state[p]["step"]) == 2**24 + 2


def test_a_first_value_may_differ_by_group_and_becomes_state() -> None:
    p, q = parameter(2), parameter(2)
    optimizer = AdaGrad([{"params": [p], "initial": 0.5}, {"params": [q]}])
    p.grad = q.grad = torch.zeros(2)
    optimizer.step()
    assert optimizer.state[p]["G"].tolist() == [0.5, 0.5]
    assert optimizer.state[q]["G"].tolist() == [0, 0]


def test_an_option_changed_between_steps_takes_effect_and_completes_the_state() -> None:
    p = parameter(4)
    optimizer = RMSProp([p])
    p.grad = randoms(4)
    optimizer.step()
    assert "m" not in optimizer.state[p]
    optimizer.param_groups[0]["centered"] = True
    optimizer.step()
    assert torch.allclose(optimizer.state[p]["m"], 0.1 * p.grad)


def test_maximize_may_change_by_group() -> None:
    p, q = torch.nn.Parameter(torch.zeros(2)), torch.nn.Parameter(torch.zeros(2))
    optimizer = Momentum([{"params": [p], "maximize": True}, {"params": [q]}], lr=1.0)
    p.grad, q.grad = torch.ones(2), torch.ones(2)
    optimizer.step()
    assert (p.tolist(), q.tolist()) == ([1, 1], [-1, -1])


def test_a_bad_setting_of_a_group_is_refused_and_named() -> None:
    p = parameter(2)
    with pytest.raises(UserError, match=r"beta1 must be in \[0, 1\), got 1.5"):
        Adam([{"params": [p], "beta1": 1.5}])
    optimizer = Adam([p])
    with pytest.raises(UserError, match=r"lr must be in \[0, inf\), got -1"):
        optimizer.add_param_group({"params": [parameter(2)], "lr": -1})
    assert len(optimizer.param_groups) == 1


def test_a_direction_that_is_none_is_refused() -> None:
    with pytest.raises(UserError, match="maximize must be True or False"):
        Adam([parameter(3)], maximize="no")


@every_optimizer
def test_whole_numbers_may_stand_among_the_parameters_but_are_not_stepped(optimizer_class) -> None:
    """As the frozen weights of a quantised model do."""
    p, whole = parameter(3), torch.nn.Parameter(torch.ones(3, dtype=torch.int8), requires_grad=False)
    optimizer = optimizer_class([p, whole])
    p.grad = torch.ones(3)
    for _ in range(2):
        optimizer.step()
    again = optimizer_class([p, whole])
    again.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    again.step()
    assert whole.tolist() == [1, 1, 1]
    whole.grad = torch.ones(3, dtype=torch.int8)
    with pytest.raises(UserError, match=r"floating or complex type, got torch.int8"):
        optimizer.step()


def test_an_option_that_is_changed_later_is_checked_too() -> None:
    p = parameter(3)
    p.grad = torch.ones(3)
    optimizer = Adam([p])
    optimizer.param_groups[0]["eps_at"] = "bogus"
    with pytest.raises(UserError, match="eps_at must be one of"):
        optimizer.step()
