"""Memory that overlaps: the answer is that of stepping one parameter after the other."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from surefoot.optim import RuleOptimizer, from_rule
from surefoot.rules import Rule
from surefoot.testing.engines import static_choices
from tests.optim.eager import OPTIMIZERS, batched, eager, randoms, same
from tests.rules.own import EVERY, named

Memory = tuple[list[Tensor], list[Tensor]]


def grad_is_parameter(base: Tensor) -> Memory:
    return [base[:8]], [base[:8]]


def grad_overlaps_with_an_offset(base: Tensor) -> Memory:
    return [base[:8]], [base[3:11]]


def grad_overlaps_from_before(base: Tensor) -> Memory:
    return [base[3:11]], [base[:8]]


def grad_is_the_next_parameter(base: Tensor) -> Memory:
    return [base[:8], base[8:16]], [base[8:16], base[16:24]]


def grad_is_the_parameter_before(base: Tensor) -> Memory:
    return [base[:8], base[8:16]], [base[16:24], base[:8]]


def grads_are_one(base: Tensor) -> Memory:
    return [base[:8], base[8:16]], [base[16:24], base[16:24]]


def parameters_overlap(base: Tensor) -> Memory:
    return [base[:8], base[4:12]], [base[12:20], base[16:24]]


def parameters_are_one_memory(base: Tensor) -> Memory:
    return [base[:8], base[:8]], [base[12:20], base[16:24]]


def a_strided_one_among_overlapping_ones(base: Tensor) -> Memory:
    return [base[:8], base[2:18:2], base[4:12]], [base[12:20], base[16:24], base[:8]]


def a_strided_one_before_the_dense_one_it_overlaps(base: Tensor) -> Memory:
    return [base[2:18:2], base[:8]], [base[8:16], base[16:24]]


def a_strided_one_whose_gradient_is_the_next_dense_one(base: Tensor) -> Memory:
    return [base[16:24:2], base[:8]], [base[:8:2], base[8:16]]


def a_dense_one_whose_gradient_is_the_strided_one_before(base: Tensor) -> Memory:
    return [base[8:24:2], base[:8]], [base[:8].flip(0), base[8:16]]


def strided_ones_between_each_other_beside_a_dense_one(base: Tensor) -> Memory:
    return [base[8:24:2], base[9:24:2], base[:8]], [base[8:16], base[16:24], base[:8]]


ARRANGEMENTS: dict[Callable[[Tensor], Memory], bool] = {  # and whether the kernel may take it
    grad_is_parameter: True,
    grad_overlaps_with_an_offset: False,
    grad_overlaps_from_before: False,
    grad_is_the_next_parameter: False,
    grad_is_the_parameter_before: False,
    grads_are_one: True,
    parameters_overlap: False,
    parameters_are_one_memory: False,
    a_strided_one_among_overlapping_ones: False,
    a_strided_one_before_the_dense_one_it_overlaps: False,
    a_strided_one_whose_gradient_is_the_next_dense_one: False,
    a_dense_one_whose_gradient_is_the_strided_one_before: False,
    strided_ones_between_each_other_beside_a_dense_one: True,
}


@pytest.mark.parametrize("optimizer_class", OPTIMIZERS, ids=lambda c: c.__name__)
@pytest.mark.parametrize("arrangement", ARRANGEMENTS, ids=lambda a: a.__name__)
def test_the_eager_answer(optimizer_class: type[RuleOptimizer], arrangement: Callable[[Tensor], Memory]) -> None:
    base, other = randoms(24), randoms(24)
    tensors, grads = arrangement(base)
    parameters = [torch.nn.Parameter(x) for x in tensors]
    for p, g in zip(parameters, grads, strict=True):
        p.grad = g
    optimizer = optimizer_class(parameters)
    for _ in range(3):
        optimizer.step()
    eager(optimizer_class.rule, *arrangement(other))
    assert same(base, other, optimizer_class.rule)
    assert (batched(optimizer) > 0) == ARRANGEMENTS[arrangement]


@pytest.mark.parametrize("optimizer_class", OPTIMIZERS, ids=lambda c: c.__name__)
def test_a_gradient_that_begins_to_overlap_later(optimizer_class: type[RuleOptimizer]) -> None:
    base, other, apart = randoms(24), randoms(24), randoms(8, seed=5)
    p = torch.nn.Parameter(base[:8])
    optimizer = optimizer_class([p])
    p.grad = apart.clone()
    optimizer.step()
    assert batched(optimizer) == 1
    p.grad = base[2:10]
    optimizer.step()
    assert batched(optimizer) == 0

    q = torch.nn.Parameter(other[:8])
    strided = optimizer_class([q])
    q.grad = torch.stack([apart, apart], 1)[:, 0]  # eager from the start
    strided.step()
    q.grad = other[2:10]
    strided.step()
    assert same(base, other, optimizer_class.rule)


@pytest.mark.parametrize("rule", [rule for rule in EVERY if rule.static], ids=named)
def test_across_groups_whose_options_need_kernels_of_their_own(rule: Rule) -> None:
    """The kernel would step groups one and three at once, before group two, whose gradient is the third's data."""
    results = []
    for apart in (False, True):
        base = randoms(40)
        parameters = [torch.nn.Parameter(base[k : k + 8]) for k in (0, 8, 16)]
        for p, g in zip(parameters, (base[24:32], base[16:24], base[32:40]), strict=True):
            p.grad = g
        first, second = static_choices(rule)[:2]
        groups = [{"params": [p], **s} for p, s in zip(parameters, (first, second, first), strict=True)]
        made = [from_rule(rule)([group]) for group in groups] if apart else [from_rule(rule)(groups)]
        for _ in range(3):
            for optimizer in made:
                optimizer.step()
        results.append(base)
    assert same(*results, rule)
