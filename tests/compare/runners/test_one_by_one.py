"""Trials one after another: what vmap cannot take, and what it is told apart by."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from surefoot.compare.runners import one_by_one
from surefoot.compare.runners.check import reason_not_batchable
from surefoot.errors import UserError
from surefoot.rules import RULES
from surefoot.tasks import TASKS, find
from surefoot.tasks.batches import order
from tests.compare.runners.lane_cases import (
    Branching,
    Double,
    Dropping,
    Images,
    Normed,
    Recurrent,
    Tied,
    quiet,
    same_bits,
    spread,
    task,
    trial,
)


class Sparse(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(nn.EmbeddingBag(12, 6, sparse=True), nn.Linear(6, 12))


class Peeking(nn.Module):
    """Divides by a number of its own that it takes out of the tensor."""

    def __init__(self) -> None:
        super().__init__()
        self.out = nn.Linear(16, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(x) / self.out.weight.abs().max().item()


class Scaled(nn.Module):
    """With a parameter of no axis, as a learned temperature is."""

    def __init__(self) -> None:
        super().__init__()
        self.out, self.scale = nn.Linear(16, 3), nn.Parameter(torch.tensor(1.5))

    def forward(self, x: Tensor) -> Tensor:
        return self.out(x) * self.scale


BATCHABLE = {"scaled": (Scaled, False), "conv": (Images, False), "norms": (Normed, False), "tied": (Tied, True)}
NOT_BATCHABLE = {
    "recurrent": (Recurrent, True, "only by a slow way round"),
    "branching": (Branching, False, "depends on values"),
    "peeking": (Peeking, False, "depends on values"),
    "dropping": (Dropping, False, "draws random numbers in training"),
    "sparse": (Sparse, True, "vmap cannot take sparse gradients"),
}


@pytest.mark.parametrize("name", TASKS)
def test_the_built_in_tasks_run_as_lanes(name: str) -> None:
    assert reason_not_batchable(find(name)) == ""


@pytest.mark.parametrize("name", BATCHABLE)
def test_these_models_run_as_lanes(name: str) -> None:
    model, words = BATCHABLE[name]
    assert reason_not_batchable(task(model, words)) == ""


@pytest.mark.parametrize("name", NOT_BATCHABLE)
def test_these_models_run_one_by_one_for_a_reason_and_every_rule_trains_them(name: str) -> None:
    model, words, why = NOT_BATCHABLE[name]
    alone = task(model, words)
    reason = reason_not_batchable(alone)
    assert why in reason
    assert "\n" not in reason
    outcomes = one_by_one.run(alone, [trial(rule, 3, "confirm", lr=0.02) for rule in RULES], RULES, 20, quiet)
    for outcome in outcomes:
        assert outcome.diverged_at is None
        assert outcome.validation_loss.min() < outcome.validation_loss[0]
        assert np.isfinite([outcome.test_loss, outcome.test_score]).all()


def test_a_model_that_cheats_vmap_is_found_out() -> None:
    class Counting(nn.Linear):
        """Gives every further call another answer."""

        calls = 0

        def forward(self, x: Tensor) -> Tensor:
            Counting.calls += 1
            return super().forward(x) * Counting.calls

    assert "vmap gives this model another" in reason_not_batchable(task(lambda: Counting(16, 3)))


def test_a_model_that_fails_by_itself_is_the_users_mistake() -> None:
    with pytest.raises(UserError, match="task small: its model or loss fails on a minibatch: RuntimeError: mat1") as e:
        reason_not_batchable(task(lambda: nn.Linear(15, 3)))
    assert "\n" not in str(e.value)


TORCH: dict[str, tuple[float, Callable[..., torch.optim.Optimizer]]] = {
    "sgd": (0.1, torch.optim.SGD),
    "adam": (0.01, torch.optim.Adam),
}


@pytest.mark.parametrize("name", TORCH)
def test_it_is_the_loop_one_would_write_oneself(name: str) -> None:
    lr, optimizer_class = TORCH[name]
    doubled = task(lambda: Double(nn.Sequential(nn.Linear(16, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3))))
    (ours,) = one_by_one.run(doubled, [trial(name, 100, "confirm", lr=lr)], RULES, 20, quiet)
    model, losses, held_out = doubled.build(100), [], []
    optimizer = optimizer_class(model.parameters(), lr=lr)
    for rows in torch.from_numpy(order(100, len(doubled.train.y), 16, 20)):
        held_out.append(loss_of(model.eval(), *doubled.validation).item())
        model.train()
        optimizer.zero_grad()
        loss = loss_of(model, doubled.train.x[rows], doubled.train.y[rows])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    held_out.append(loss_of(model.eval(), *doubled.validation).item())
    np.testing.assert_allclose(ours.train_loss, [losses[0], *losses], rtol=1e-7)
    np.testing.assert_allclose(ours.validation_loss, held_out, rtol=1e-7)
    np.testing.assert_allclose(ours.test_loss, loss_of(model, *doubled.test).item(), rtol=1e-7)


def loss_of(model: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    return nn.functional.cross_entropy(model(x), y)


@pytest.mark.parametrize("model", [Dropping, Normed])
def test_the_same_call_twice_gives_the_same_bits_and_leaves_torchs_generator(model: Callable[[], nn.Module]) -> None:
    trials = spread(5, list(RULES), "confirm")
    state = torch.get_rng_state()
    first = one_by_one.run(task(model), trials, RULES, 8, quiet)
    assert torch.equal(state, torch.get_rng_state())
    torch.rand(3)
    again = one_by_one.run(task(model), trials[::-1], RULES, 8, quiet)[::-1]
    assert all(map(same_bits, first, again))


def test_the_first_loss_is_that_of_the_first_update_under_dropout() -> None:
    (outcome,) = one_by_one.run(task(Dropping), [trial("adam", 5)], RULES, 3, quiet)
    assert outcome.train_loss[0] == outcome.train_loss[1]


def test_a_parameter_that_the_loss_ignores_is_left_alone() -> None:
    made = []

    class Idle(nn.Linear):
        def __init__(self) -> None:
            super().__init__(16, 3)
            self.idle = nn.Parameter(torch.ones(2))
            made.append(self)

    trials = [trial("adam"), trial("momentum")]
    one_by_one.run(task(Idle), trials, RULES, 5, quiet)
    assert made
    assert all(torch.equal(model.idle, torch.ones(2)) for model in made)
