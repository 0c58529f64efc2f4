"""A training step under torch.compile: the optimizer's step is run as it is, between what is compiled."""

import pytest
import torch

import surefoot.optim
import surefoot.optim.torch

CLASSES = [surefoot.optim.torch.Adam, surefoot.optim.torch.SGD, surefoot.optim.AdaGrad, surefoot.optim.LAMB]


@pytest.fixture(autouse=True)
def fresh_compiler():
    yield
    torch._dynamo.reset()


def trained(optimizer_class, compiled: bool) -> list[torch.Tensor]:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    optimizer = optimizer_class(model.parameters(), lr=0.05)
    x, y = torch.randn(16, 4), torch.randn(16, 1)

    def training_step() -> torch.Tensor:
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    step = torch.compile(training_step, backend="eager") if compiled else training_step
    losses = [step().detach() for _ in range(5)]
    assert losses[-1] < losses[0]
    assert int(optimizer.state[model[0].weight]["step"]) == 5
    return [p.detach() for p in model.parameters()]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("optimizer_class", CLASSES, ids=lambda c: f"{c.__module__}.{c.__name__}")
def test_a_compiled_training_step_trains_as_the_plain_one(optimizer_class) -> None:
    assert all(map(torch.equal, trained(optimizer_class, False), trained(optimizer_class, True)))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_compiled_step_alone_counts_and_steps() -> None:
    p, q = torch.nn.Parameter(torch.zeros(3)), torch.nn.Parameter(torch.zeros(3))
    compiled, plain = surefoot.optim.torch.Adam([p]), surefoot.optim.torch.Adam([q])
    step = torch.compile(compiled.step, backend="eager")
    for k in range(3):
        p.grad, q.grad = torch.ones(3) * k, torch.ones(3) * k
        step()
        plain.step()
    assert torch.equal(p, q)
    assert compiled.state[p]["step"] == 3
