"""A survey tells every change that a step must take into account, and without surveys everything is as it was."""

import gc
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from surefoot.optim import Adam, layout, survey
from surefoot.optim.survey import Place, Survey
from tests.optim.eager import batched, parameter, randoms
from tests.optim.test_guard import OTHERS
from tests.optim.test_moves import CHANGES

Table = np.ndarray[Any, np.dtype[np.int64]]


class Watched:
    """Two parameters with gradients, one without, some state, and a survey of them."""

    def __init__(self, *shape: int) -> None:
        self.x, self.y, self.idle = parameter(*shape), parameter(5), parameter(2)
        self.x.grad, self.y.grad = randoms(*shape, seed=3), randoms(5)
        self.kept = {p: {"step": torch.zeros(()), "m": torch.zeros_like(p)} for p in (self.x, self.y)}
        self.state: dict[Any, Any] = {**self.kept, "note": 7}
        self.groups: list[dict[str, Any]] = [{"params": [self.x, self.idle]}, {"params": [self.y]}]
        self.table: Table = np.array(
            [
                [self.x.data_ptr(), self.y.data_ptr()],
                [self.x.grad.data_ptr(), self.y.grad.data_ptr()],
                [self.kept[p]["m"].data_ptr() for p in (self.x, self.y)],
            ]
        )
        slots = [[values["m"] for values in self.kept.values()]]
        sizes = np.tile([48 if len(shape) > 1 else 20, 20], (3, 1))
        self.survey = Survey(self.groups, self.state, [Place([self.x, self.y], slots, self.table, sizes)])

    def stands(self) -> bool:
        found = self.survey.stands(self.groups, self.state)
        self.survey.release()
        return found


def test_this_torch_can_be_surveyed() -> None:
    assert survey.available()


def test_nothing_has_changed() -> None:
    watched = Watched(4, 3)
    assert all(watched.stands() for _ in range(3))
    assert watched.x.grad is not None
    watched.x.grad.add_(1.0)
    watched.x.data.mul_(2.0)
    watched.state[watched.x]["m"].add_(1.0)
    assert watched.stands()


def test_gradients_elsewhere_are_told_and_found() -> None:
    watched = Watched(4, 3)
    before = watched.table.copy()
    watched.x.grad = randoms(4, 3)
    assert watched.stands()
    assert watched.table[1, 0] == watched.x.grad.data_ptr()
    before[1, 0] = watched.table[1, 0]
    assert (watched.table == before).all()
    assert watched.stands()


@pytest.mark.parametrize("other", [other for other in OTHERS if other not in ("parameter", "elsewhere")])
def test_another_kind_of_tensor_is_told(other: str) -> None:
    watched, strange = Watched(4, 3), OTHERS[other](randoms(4, 3))
    x, own = watched.x, watched.x.data
    x.grad = None
    if strange.layout is torch.strided:  # torch lets a parameter have a gradient that is as itself alone
        x.data = strange
        x.grad = strange.clone(memory_format=torch.preserve_format) if strange.is_contiguous() else strange
        assert not watched.stands()
        x.data = own
    else:
        x.grad = strange
    if strange.is_neg() and x.grad is not None:
        x.grad = strange
    assert not watched.stands()


@pytest.mark.parametrize("change", ["t_", "resize_", "data", "unsqueeze_"])
def test_what_is_changed_in_place_is_told(change: str) -> None:
    changes: dict[str, Callable[[Tensor], object]] = {
        "t_": lambda x: x.t_(),
        "resize_": lambda x: x.resize_(12),
        "data": lambda x: setattr(x, "data", randoms(4, 3, dtype=torch.float64)),
        "unsqueeze_": lambda x: x.unsqueeze_(0),
    }
    watched = Watched(4, 3)
    assert watched.x.grad is not None
    changes[change](watched.x.grad)
    assert not watched.stands()
    watched = Watched(4, 3)
    changes[change](watched.x.data if change == "data" else watched.x.detach())
    watched.x.data = watched.x.data.clone()
    assert not watched.stands()


THINGS: dict[str, Callable[[Watched], object]] = {
    "a gradient is gone": lambda w: setattr(w.x, "grad", None),
    "a gradient is new": lambda w: setattr(w.idle, "grad", randoms(2)),
    "a parameter lies elsewhere": lambda w: setattr(w.x, "data", w.x.detach().clone()),
    "a parameter is another": lambda w: w.groups[0]["params"].__setitem__(1, parameter(2)),
    "a parameter more": lambda w: w.groups[0]["params"].append(parameter(2)),
    "a parameter less": lambda w: w.groups[0]["params"].pop(),
    "another list": lambda w: w.groups[0].update(params=list(w.groups[0]["params"])),
    "a group more": lambda w: w.groups.append({"params": []}),
    "groups in another order": lambda w: w.groups.reverse(),
    "the state is cleared": lambda w: w.state.clear(),
    "another state": lambda w: setattr(w, "state", dict(w.state)),
    "a slot is another": lambda w: w.state[w.x].update(m=torch.zeros(4, 3)),
    "a slot more": lambda w: w.state[w.x].update(n=torch.zeros(4, 3)),
    "a slot less": lambda w: w.state[w.x].pop("step"),
    "a slot lies elsewhere": lambda w: setattr(w.state[w.x]["m"], "data", torch.zeros(4, 3)),
    "an entry is another": lambda w: w.state.update(note=[8]),
    "bodies are swapped": lambda w: torch.utils.swap_tensors(w.x, parameter(4, 3)),  # type: ignore[no-untyped-call]
}


@pytest.mark.parametrize("thing", THINGS)
def test_everything_that_a_step_rests_on_is_looked_at(thing: str) -> None:
    watched = Watched(4, 3)
    assert watched.stands()
    THINGS[thing](watched)
    assert not watched.stands()


def test_gradients_are_held_until_they_are_let_go() -> None:
    watched = Watched(4, 3)
    assert watched.survey.stands(watched.groups, watched.state)
    gone = weakref.ref(watched.x.grad)
    assert watched.x.grad is not None
    uses = watched.x.grad._use_count()  # type: ignore[attr-defined]
    watched.survey.release()
    assert watched.x.grad._use_count() == uses - 1  # type: ignore[attr-defined]
    watched.survey.release()
    watched.x.grad = None
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("tensors", [1, 3])
def test_without_surveys_everything_is_as_it_is_with_them(
    change: str, tensors: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = []
    for can in (True, False):
        monkeypatch.setattr(layout, "available", lambda can=can: can)
        parameters = [parameter(4, 6, seed=k) for k in range(tensors)]
        optimizer, ways = Adam(parameters, lr=0.1), []
        for step in range(12):
            for k, p in enumerate(parameters):
                p.grad = randoms(4, 6, seed=10 * step + k)
            if step in (5, 8):
                changed = parameters[-1].grad
                assert changed is not None
                parameters[-1].grad = CHANGES[change](changed)
            optimizer.step()
            ways.append(batched(optimizer))
        results.append(([p.detach() for p in parameters], ways))
    assert all(map(torch.equal, results[0][0], results[1][0]))
    assert results[0][1] == results[1][1]
    assert results[0][1][4] == tensors


def test_a_gradient_that_comes_to_overlap_its_neighbour(monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for can in (True, False):
        monkeypatch.setattr(layout, "available", lambda can=can: can)
        memory = randoms(32)
        apart, grads = [memory[:8].requires_grad_(), memory[8:16].requires_grad_()], [memory[16:24], memory[24:32]]
        optimizer = Adam(apart, lr=0.1)
        for step in range(7):
            apart[0].grad, apart[1].grad = grads[0], memory[3:11] if step == 5 else grads[1]
            optimizer.step()
            assert batched(optimizer) == (0 if step == 5 else 2)
        results.append(memory.detach())
    assert torch.equal(*results)


def test_addresses_half_written_are_looked_at_again() -> None:
    """One gradient goes elsewhere as another changes its strides; then the first comes back to where it was."""
    ours, others = [[parameter(4, 6, seed=k) for k in range(2)] for _ in range(2)]
    optimizer, plain = Adam(ours, lr=0.1), torch.optim.Adam(others, lr=0.1)
    first, odd = randoms(4, 6), randoms(6, 4, seed=5).T
    for step in range(8):
        grads = [first.clone() if step == 5 else first, odd if step == 5 else randoms(4, 6, seed=step)]
        for p, q, g in zip(ours, others, grads, strict=True):
            p.grad, q.grad = g, g.clone()
        if step == 6:
            first.neg_()
            ours[0].grad, others[0].grad = first, first.clone()
        optimizer.step()
        plain.step()
    for p, q in zip(ours, others, strict=True):
        torch.testing.assert_close(p, q)


def test_steps_without_any_gradient_stay_without_effect() -> None:
    p = parameter(3)
    optimizer, before = Adam([p]), p.detach().clone()
    for _ in range(4):
        optimizer.step()
    p.grad = randoms(3)
    optimizer.step()
    assert not torch.equal(p, before)


def test_a_layout_is_surveyed_once_it_has_stood_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "SETTLED", 2)
    monkeypatch.setattr(layout, "DOUBT", 2)
    p = parameter(3)
    p.grad = randoms(3)
    optimizer, surveyed = Adam([p]), []
    for step in range(10):
        if step == 4:
            p.data = p.data.clone()
        optimizer.step()
        assert optimizer._layout is not None
        surveyed.append(optimizer._layout._survey is not None)
    assert surveyed == [False] * 2 + [True] * 2 + [False] * 3 + [True] * 3
