"""Guards tell apart whatever makes a tensor unfit for the kernel, and without them everything is as it was."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from surefoot.optim import Adam, guard
from surefoot.optim.guard import Guard
from tests.optim.eager import batched, parameter, randoms
from tests.optim.test_moves import CHANGES

OTHERS: dict[str, Callable[[Tensor], Tensor]] = {
    "other type": lambda x: x.double(),
    "half": lambda x: x.bfloat16(),
    "fewer": lambda x: x[:2],
    "other shape": lambda x: x.reshape(3, 4),
    "one axis more": lambda x: x[..., None],
    "transposed in memory": lambda x: x.T.clone(memory_format=torch.contiguous_format).T,
    "every second element": lambda x: torch.stack([x, -x], 2)[:, :, 0],
    "expanded": lambda x: x[:, :1].expand(4, 3),
    "sparse": lambda x: x.to_sparse(),
    "elsewhere": lambda x: x.to("meta"),
    "parameter": torch.nn.Parameter,
    "negated view": torch._neg_view,
    "conjugate's part": lambda x: torch.complex(x, x).conj().imag,
    "complex": lambda x: torch.complex(x, x),
}


def test_this_torch_has_guards_that_can_be_relied_on() -> None:
    assert guard._is_reliable()


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_not_alike_is_told(other: str) -> None:
    x, y = randoms(4, 3), randoms(4, 3, seed=2)
    watching = Guard()
    assert not watching.holds([x, y])
    watching.remember([x, y])
    assert watching.holds([x, y])
    assert watching.holds([y.clone(), x])
    assert not watching.holds([x, OTHERS[other](y)])
    assert not watching.holds([OTHERS[other](x), y])


def test_what_is_changed_in_place_is_told() -> None:
    x = randoms(4, 3)
    watching = Guard()
    for change in (x.t_, lambda: x.resize_(12), lambda: setattr(x, "data", randoms(12, dtype=torch.float64))):
        watching = Guard()
        watching.remember([x])
        assert watching.holds([x])
        change()
        assert not watching.holds([x])


def test_it_keeps_nothing_alive() -> None:
    x = randoms(3)
    Guard().remember([x])
    watching = Guard()
    watching.remember([x])
    assert x._use_count() == 1  # type: ignore[attr-defined]


def test_it_gives_up_on_what_changes_all_the_time() -> None:
    watching = Guard()
    for size in range(guard.PATIENCE):
        x = torch.zeros(size)
        watching.remember([x])
        assert watching.holds([x])
    watching.remember([torch.zeros(9)])
    assert not watching.holds([torch.zeros(9)])


@pytest.mark.parametrize("change", CHANGES)
def test_without_guards_everything_is_as_it_is_with_them(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for reliable in (True, False):
        monkeypatch.setattr(guard, "_is_reliable", lambda reliable=reliable: reliable)
        p = parameter(4, 6)
        optimizer, ways = Adam([p], lr=0.1), []
        for step in range(8):
            p.grad = randoms(4, 6, seed=step)
            if step in (2, 5):
                p.grad = CHANGES[change](p.grad)
            optimizer.step()
            ways.append(batched(optimizer))
        results.append((p.detach(), ways))
    assert torch.equal(results[0][0], results[1][0])
    assert results[0][1] == results[1][1]
    assert 1 in results[0][1]
