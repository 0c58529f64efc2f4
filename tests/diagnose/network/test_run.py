"""Runs against the edge, where it is known what must be seen: bowls, and the networks of Cohen et al."""

import json
import math

import pytest
import torch
from torch import nn

from surefoot import Task, UserError
from surefoot.diagnose.network import wording
from surefoot.diagnose.network.finding import Finding, Look
from surefoot.diagnose.network.run import on_task
from surefoot.optim import Adam

#: Rows whose second-moment matrix is diag(4, 1): the mean square error of a linear model has the Hessian 2 diag(4, 1).
ROWS = [[2.0, 1.0], [-2.0, -1.0], [2.0, -1.0], [-2.0, 1.0]]


def quadratic(**changes) -> Task:
    return Task(
        name="bowl", model=lambda: nn.Linear(2, 1, bias=False), loss=nn.functional.mse_loss, batch_size=4, steps=60,
        train=(ROWS, [[1.0], [-1.0], [1.0], [-1.0]]), validation=(ROWS, [[0.0]] * 4), test=(ROWS, [[0.0]] * 4),
        **changes,
    )  # fmt: skip


@pytest.mark.parametrize(("lr", "verdict"), [(0.1, "below the edge"), (0.24, "at the edge of stability")])
def test_on_a_bowl_the_ratio_is_lr_times_curvature_over_two(lr, verdict) -> None:
    finding = on_task(quadratic(), "sgd", lr=lr)
    assert finding.looks[0].sharpness == pytest.approx(8, rel=1e-5)
    assert finding.ratio == pytest.approx(lr * 8 / 2, rel=1e-5)
    assert finding.verdict == verdict


def test_past_the_edge_a_bowl_throws_the_run_out() -> None:
    finding = on_task(quadratic(), "sgd", steps=400, lr=0.5)
    assert finding.diverged
    assert finding.verdict == "diverged"
    assert "diverged" in wording.sentence(finding)


def test_the_rate_that_leaves_the_edge_is_run() -> None:
    finding = on_task(quadratic(), "sgd", lr=0.24)
    assert finding.lr_below == pytest.approx(0.24 * 0.5 / 0.96, rel=0.05)
    assert finding.checked is not None
    assert finding.checked.settings["lr"] == finding.lr_below
    assert finding.checked.verdict == "below the edge"


def test_strides_are_those_of_the_optimizers_state() -> None:
    p = nn.Parameter(torch.tensor([1.0, -2.0]))
    optimizer = Adam([p], lr=0.1)
    for _ in range(3):
        p.grad = torch.tensor([0.5, 2.0])
        optimizer.step()
    torch.testing.assert_close(optimizer.effective_lr(p), 0.1 / torch.tensor([0.5, 2.0]), rtol=1e-5, atol=0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("optimizer", "settings", "edge"),
    [("sgd", {"lr": 1.0}, 2), ("adam", {"lr": 1e-2}, 38), ("momentum", {"lr": 1.0}, 38)],
)
def test_full_batch_training_sharpens_until_it_sits_at_the_published_edge(optimizer, settings, edge) -> None:
    """Cohen et al. 2021 (gradient descent, heavy ball), 2022 (Adam: 38 / lr at beta1 = 0.9)."""
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    X, Y = X[:300] / 16, nn.functional.one_hot(torch.tensor(y[:300]), 10).float()
    task = Task(
        name="digits, squared error", model=lambda: nn.Sequential(nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 10)),
        loss=nn.functional.mse_loss, train=(X, Y), validation=(X, Y), test=(X, Y), batch_size=300, steps=1000,
    )  # fmt: skip
    finding = on_task(task, optimizer, **settings)
    assert finding.edge == pytest.approx(edge, rel=1e-6)
    assert finding.verdict == "at the edge of stability"
    assert finding.ratio == pytest.approx(1, abs=0.12)


def test_a_finding_is_plain_data() -> None:
    finding = on_task(quadratic(), "sgd", lr=0.24)
    record = json.loads(json.dumps(finding.record()))
    assert record["verdict"] == "at the edge of stability"
    assert record["checked"]["verdict"] == "below the edge"
    assert len(record["looks"]) == 17


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"lr": -1}, "lr must be in"),
        ({"looks": 0}, "looks must be at least 1, got 0"),
        ({"steps": 0}, "steps must be at least 1, got 0"),
        ({"rows": -3}, "rows must be at least 1, got -3"),
        ({"momentum": 0.9}, "sgd has no hyperparameter 'momentum'"),
    ],
)
def test_what_cannot_be_is_refused_by_name(given, message) -> None:
    with pytest.raises(UserError, match=message):
        on_task(quadratic(), "sgd", **given)


def finding(ratios, **changes) -> Finding:
    looks = tuple(Look(k, 1.0, 1.0, 2 * r, 0.0) for k, r in enumerate(ratios))
    plain = {
        "task": "t",
        "optimizer": "sgd",
        "settings": {"lr": 0.1},
        "seed": 0,
        "rows": 1,
        "edge": 2.0,
        "looks": looks,
    }
    return Finding(**plain, products=1, looking=0.0, training=0.0, **changes)


def test_advice_tells_a_lower_rate_that_helped_from_one_that_did_not() -> None:
    assert "could be 4.0 times larger" in wording.advice(finding([math.nan, 0.25, 0.2, 0.2]))
    assert "left it by itself" in wording.advice(finding([math.nan, 1.2, 0.5, 0.2, 0.2, 0.2]))
    helped = finding([math.nan, 1, 1, 1], checked=finding([math.nan, 0.5, 0.5, 0.5]))
    assert "stays below the edge (0.5 of it)" in wording.advice(helped)
    met_again = finding([math.nan, 1, 1, 1], checked=finding([math.nan, 0.5, 1, 1]))
    assert "the curvature rose to 1 of the edge" in wording.advice(met_again)
