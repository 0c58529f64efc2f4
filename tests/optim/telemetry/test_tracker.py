"""`surefoot.track`: figures against what they are defined as, and steps that are the same with it and without."""

import copy
import json
import math
from io import StringIO

import numpy as np
import pytest
import torch
from rich.console import Console
from torch import nn

import surefoot as sf
from surefoot.errors import UserError
from surefoot.optim import CLASSES, LAMB, SGD, AdaGrad, Adam, RMSProp
from surefoot.optim.telemetry import tracker as module
from surefoot.optim.telemetry.live import shown
from surefoot.optim.telemetry.measures import QUANTILES, RATES
from tests.optim.sparse.gradients import random_gradients, sparse, table


def numbers(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def parameter(*shape, seed=0, dtype=torch.float64):
    return nn.Parameter(numbers(*shape, seed=seed).to(dtype))


def train(optimizer, steps, first=0):
    for k in range(first, first + steps):
        for n, p in enumerate(p for group in optimizer.param_groups for p in group["params"]):
            p.grad = numbers(*p.shape, seed=100 * k + n).to(p.dtype)
        optimizer.step()


def test_every_figure_is_what_it_is_defined_as():
    p, q = parameter(20), parameter(5, seed=1)
    optimizer = AdaGrad([{"params": [p]}, {"params": [q], "lr": 0.5}], lr=0.1, eps=1e-4)
    train(optimizer, 4)
    tracker = sf.track(optimizer, every=1, names=[("p", p), ("q", q)])
    before = [v.detach().clone() for v in (p, q)]
    p.grad, q.grad = numbers(20, seed=7), numbers(5, seed=8)
    p.grad[3:10] = 0.0
    optimizer.step()
    for row, v, old in zip(tracker.frame().to_dict("records"), (p, q), before, strict=True):
        rates = (0.1 if v is p else 0.5) / (optimizer.state[v]["G"] + 1e-4).sqrt()
        np.testing.assert_allclose([row[name] for name in RATES], np.quantile(rates, QUANTILES), rtol=1e-12)
        assert row["update_ratio"] == pytest.approx(((v - old).norm() / old.norm()).item(), rel=1e-12)
        assert row["sparsity"] == pytest.approx(7 / 20 if v is p else 0.0)
        assert row["second_moment"] == pytest.approx((v.grad**2).mean().item(), rel=1e-12)
        assert math.isnan(row["trust_ratio"])
        assert (row["tensor"], row["elements"]) == (("p", 20) if v is p else ("q", 5))
        assert row["group"] == (0 if v is p else 1)


def test_a_group_counts_every_element_once():
    p, q = parameter(30), parameter(4000, seed=1)  # of q a part is looked at
    optimizer = RMSProp([p, q])
    tracker = sf.track(optimizer, every=1)
    old = torch.cat([p.detach().flatten(), q.detach().flatten()]).clone()
    p.grad, q.grad = numbers(30, seed=3), 10 * numbers(4000, seed=4)
    q.grad[::2] = 0.0
    optimizer.step()
    (row,) = tracker.frame("group").to_dict("records")
    new, g = torch.cat([p.detach(), q.detach()]), torch.cat([p.grad, q.grad])
    rates = torch.cat([optimizer.effective_lr(p), optimizer.effective_lr(q)])
    assert row["elements"] == 4030
    assert row["sparsity"] == pytest.approx(2000 / 4030, abs=0.05)
    assert row["second_moment"] == pytest.approx((g**2).mean().item(), rel=0.15)
    assert row["update_ratio"] == pytest.approx(((new - old).norm() / old.norm()).item(), rel=0.1)
    low, high = np.quantile(rates, [0.2, 0.35])
    assert low <= row["effective_lr_q25"] <= high


def test_the_trust_ratio_of_lamb():
    p = parameter(50)
    optimizer = LAMB([p], lr=0.1, weight_decay=0.25, eps=1e-3)
    tracker = sf.track(optimizer, every=1)
    x, g = p.detach().clone(), numbers(50, seed=5)
    p.grad = g
    optimizer.step()
    u = g / (g.abs() + 1e-3) + 0.25 * x  # the first step: both averages, corrected, are the gradient's own
    (row,) = tracker.frame().to_dict("records")
    assert row["trust_ratio"] == pytest.approx((x.norm() / u.norm()).item(), rel=1e-12)
    rates = 0.1 * row["trust_ratio"] / (g.abs() + 1e-3)
    np.testing.assert_allclose([row[name] for name in RATES], np.quantile(rates, QUANTILES), rtol=1e-12)


def test_the_trust_ratio_of_a_large_tensor_is_estimated():
    p = parameter(300, 200)
    optimizer = LAMB([p], lr=0.1)
    tracker = sf.track(optimizer, every=1)
    x, g = p.detach().clone(), numbers(300, 200, seed=5)
    p.grad = g
    optimizer.step()
    u = g / (g.abs() + 1e-6) + 0.01 * x
    assert tracker.frame()["trust_ratio"][0] == pytest.approx((x.norm() / u.norm()).item(), rel=0.1)


def test_drift_is_in_decades_from_the_first_quarter_to_the_last():
    p, q = parameter(10), parameter(10)
    optimizer = SGD([p, q], lr=0.0)
    tracker = sf.track(optimizer, every=1)
    for k in range(8):
        p.grad = torch.full((10,), 10.0 ** (k / 7)).double()
        q.grad = torch.ones(10).double()
        optimizer.step()
    drift = tracker.frame().groupby("tensor")["drift"].last()
    squares = 100.0 ** (np.arange(8) / 7)
    assert drift.iloc[0] == pytest.approx(np.log10(squares[-2:].mean() / squares[:2].mean()))
    assert drift.iloc[1] == 0.0
    assert tracker.frame("group")["drift"].iloc[-1] == pytest.approx(drift.iloc[0] / 2)


@pytest.mark.parametrize("optimizer_class", CLASSES.values(), ids=CLASSES)
def test_not_a_bit_of_the_training_changes(optimizer_class):
    def run(tracked):
        torch.manual_seed(0)
        complex_one = nn.Parameter(torch.view_as_complex(numbers(4, 2).float()))
        ps = [parameter(3, 5), parameter(7, dtype=torch.float32), parameter(6, dtype=torch.bfloat16), table()]
        ps[0].data = ps[0].data.t().contiguous().t()
        optimizer = optimizer_class([*ps, complex_one], lr=0.01)
        if tracked:
            sf.track(optimizer, every=1)
        for k, grad in enumerate(random_gradients(6)):
            for n, p in enumerate(ps[:3]):
                p.grad = numbers(*p.shape, seed=10 * k + n).to(p.dtype)
            ps[3].grad = grad
            complex_one.grad = torch.view_as_complex(numbers(4, 2, seed=k).float())
            optimizer.step()
        optimizer.catch_up()
        return [*ps, complex_one], [v for p in (*ps, complex_one) for v in optimizer.state[p].values()]

    for one, other in zip(run(True), run(False), strict=True):
        assert all(map(torch.equal, one, other))


def test_hooks_closures_schedulers_and_loaded_state_go_together_with_it():
    p = parameter(6)
    optimizer = Adam([p], lr=0.1)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    tracker = sf.track(optimizer, every=1)
    called = []
    optimizer.register_step_post_hook(lambda *_: called.append(len(tracker.records)))

    def closure():
        optimizer.zero_grad()
        loss = (p**2).sum()
        loss.backward()
        return loss

    losses = []
    for _ in range(3):
        losses.append(optimizer.step(closure).item())
        schedule.step()
    optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    optimizer.step(closure)
    assert called == [1, 2, 3, 4]
    assert losses[0] > losses[-1]
    middle = tracker.frame()["effective_lr_q50"].to_numpy()
    assert middle[1] < 0.6 * middle[0]


def test_steps_that_do_nothing_are_not_recorded():
    p = parameter(3)
    optimizer = SGD([p])
    tracker = sf.track(optimizer, every=1)
    optimizer.step()
    assert (tracker.steps, len(tracker.records), len(tracker.frame())) == (0, 0, 0)


def test_tensors_without_gradient_are_left_out():
    p, q = parameter(3), parameter(3)
    optimizer = SGD([("p", p), ("q", q)])
    tracker = sf.track(optimizer, every=1)
    q.grad = torch.ones(3).double()
    optimizer.step()
    p.grad = torch.ones(3).double()
    optimizer.step()
    assert [r.names for r in tracker.records] == [("q",), ("p", "q")]
    assert tracker.frame()["drift"].tolist() == [0.0, 0.0, 0.0]


def test_rows_of_a_sparse_gradient():
    p = table()
    optimizer = AdaGrad([p], lr=0.1, eps=0.0)
    tracker = sf.track(optimizer, every=1)
    values = torch.full((3, 6), 2.0, dtype=torch.float64)
    values[0, :3] = 0.5
    p.grad = sparse([4, 9, 30], values)
    before = p.detach()[[4, 9, 30]].clone()
    optimizer.step()
    (row,) = tracker.frame().to_dict("records")
    assert (row["effective_lr_q05"], row["effective_lr_q50"], row["effective_lr_q95"]) == pytest.approx(
        (0.05, 0.05, 0.2)
    )
    assert row["sparsity"] == pytest.approx(1 - 18 / 240)
    assert row["second_moment"] == pytest.approx((values**2).sum().item() / 240)
    assert row["update_ratio"] == pytest.approx((0.1 * math.sqrt(18) / before.norm()).item())
    (group,) = tracker.frame("group").to_dict("records")
    assert group["sparsity"] == pytest.approx(row["sparsity"])
    assert group["second_moment"] == pytest.approx(row["second_moment"])


def test_a_gradient_that_names_nothing_and_a_tensor_without_elements_spoil_no_figure_of_the_group():
    p, q, none = table(), parameter(4), parameter(0)
    optimizer = AdaGrad([p, q, none], lr=0.1)
    tracker = sf.track(optimizer, every=1)
    for rows in ([1], []):
        p.grad = sparse(rows, torch.ones(len(rows), 6, dtype=torch.float64))
        q.grad, none.grad = torch.full_like(q, 2.0), torch.ones_like(none)
        optimizer.step()
    tensors = tracker.frame().query("step == 2").to_dict("records")
    assert (tensors[0]["sparsity"], tensors[0]["second_moment"]) == (1.0, 0.0)
    assert (tensors[1]["sparsity"], tensors[1]["second_moment"]) == (0.0, 4.0)
    _, group = tracker.frame("group").to_dict("records")
    assert group["sparsity"] == pytest.approx(240 / 244)
    assert group["second_moment"] == pytest.approx(4 * 4 / 244)


def test_the_loss_scale_is_taken_off_the_gradient():
    p = parameter(4)
    optimizer = SGD([p], lr=0.1, clip_norm=1.0)
    tracker = sf.track(optimizer, every=1)
    p.grad = torch.full((4,), 50.0, dtype=torch.float64)
    optimizer.step()
    assert tracker.frame()["second_moment"][0] == pytest.approx(0.25, rel=1e-5)  # of a norm of 1


def test_names_are_the_models_or_the_optimizers_or_places():
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))

    def names(optimizer, given):
        tracker = sf.track(optimizer, every=1, names=given)
        for p in model.parameters():
            p.grad = torch.ones_like(p)
        optimizer.step()
        tracker.stop()
        return tracker.frame()["tensor"].tolist()

    expected = ["0.weight", "0.bias", "1.weight", "1.bias"]
    assert names(SGD(model.parameters()), model) == expected
    assert names(SGD(model.parameters()), model.named_parameters()) == expected
    assert names(SGD(model.named_parameters()), None) == expected
    assert names(SGD(model.parameters()), None)[1] == "group 0, tensor 1"


def test_a_group_that_is_added_later_is_named_by_its_place():
    optimizer = SGD([parameter(3)])
    tracker = sf.track(optimizer, every=1)
    train(optimizer, 1)
    optimizer.add_param_group({"params": [parameter(2)]})
    train(optimizer, 1)
    assert tracker.frame()["tensor"].tolist() == ["group 0, tensor 0", "group 0, tensor 0", "group 1, tensor 0"]


def test_drift_is_each_tensors_own_where_another_has_no_gradient_at_times():
    p, q = parameter(3), parameter(3)
    optimizer = SGD([("p", p), ("q", q)])
    tracker = sf.track(optimizer, every=1)
    for k in range(8):
        p.grad = torch.full_like(p, 10.0**k)
        q.grad = torch.full_like(q, 10.0 ** (2 * k)) if k in (2, 4) else None
        optimizer.step()
    rows = tracker.frame().to_dict("records")
    assert [row["drift"] for row in rows if row["tensor"] == "q"] == pytest.approx([0, 8])
    first, last = (1 + 100) / 2, (10.0**12 + 10.0**14) / 2
    assert rows[-1]["drift"] == pytest.approx(math.log10(last / first))


def test_a_frame_without_records_has_its_columns():
    optimizer = SGD([parameter(3)])
    tracker = sf.track(optimizer)
    columns = {by: list(tracker.frame(by)) for by in ("tensor", "group")}
    assert len(tracker.frame()) == 0
    train(optimizer, 1)
    assert columns == {by: list(tracker.frame(by)) for by in columns}


def test_every_so_many_steps():
    p = parameter(3)
    optimizer = SGD([p])
    with sf.track(optimizer, every=3) as tracker:
        train(optimizer, 8)
    train(optimizer, 8)
    assert [r.step for r in tracker.records] == [1, 4, 7]
    assert optimizer._observer is None


def test_by_default_every_hundred_steps_or_as_many_as_pay_for_it(monkeypatch):
    """A clock by which every step takes 1 s, and a record `cost` s more."""
    clock = {"now": 0.0, "cost": 0.0}
    monkeypatch.setattr(module, "perf_counter", lambda: clock["now"])

    class Outlet:
        def __call__(self, record):
            clock["now"] += clock["cost"]

    def recorded(cost):
        p = parameter(3)
        optimizer = SGD([p])
        clock.update(now=0.0, cost=cost)
        tracker = sf.track(optimizer)
        tracker._outlets.append(Outlet())
        for _ in range(1000):
            clock["now"] += 1.0
            train(optimizer, 1)
        return [r.step for r in tracker.records], tracker.overhead

    assert recorded(0.0)[0] == [1, 101, 201, 301, 401, 501, 601, 701, 801, 901]
    steps, overhead = recorded(2.5)
    assert steps == [1, 251, 501, 751]
    assert overhead == pytest.approx(4 * 2.5 / (1000 + 10))


def test_old_records_are_thinned():
    p = parameter(3)
    optimizer = SGD([p])
    tracker = sf.track(optimizer, every=1, keep=8)
    train(optimizer, 40)
    steps = [r.step for r in tracker.records]
    assert len(steps) <= 8
    assert (steps[0], steps[-1]) == (1, 40)
    assert steps == sorted(steps)


def test_figures_of_parameters_that_diverge_are_not_numbers_and_do_not_stop_it(tmp_path):
    p = parameter(3)
    optimizer = RMSProp([p])
    tracker = sf.track(optimizer, every=1)
    tracker.jsonl(tmp_path / "figures.jsonl")
    p.grad = torch.tensor([1.0, float("nan"), float("inf")], dtype=torch.float64)
    optimizer.step()
    assert math.isnan(tracker.frame()["update_ratio"][0])
    (line,) = (tmp_path / "figures.jsonl").read_text().splitlines()
    assert json.loads(line)["update_ratio"] is None


def test_lines_of_json_are_the_frame(tmp_path):
    p, q = parameter(3), parameter(4)
    optimizer = Adam([("p", p), ("q", q)])
    tracker = sf.track(optimizer, every=1)
    train(optimizer, 2)
    tracker.jsonl(tmp_path / "figures.jsonl")
    train(optimizer, 2)
    lines = [json.loads(line) for line in (tmp_path / "figures.jsonl").read_text().splitlines()]
    frame = tracker.frame()
    assert list(lines[0]) == list(frame)
    assert [(line["step"], line["tensor"]) for line in lines] == list(zip(frame["step"], frame["tensor"], strict=True))
    assert [line["update_ratio"] for line in lines] == frame["update_ratio"].tolist()
    with pytest.raises(UserError, match="path must be a new file"):
        tracker.jsonl(tmp_path / "figures.jsonl")


class Writer:
    def __init__(self):
        self.scalars = {}

    def add_scalar(self, tag, value, step):
        self.scalars[tag, step] = value


def test_tensorboard_is_written_what_was_and_what_will_be_recorded():
    p = parameter(3)
    optimizer = SGD([("w", p)], lr=0.5)
    tracker = sf.track(optimizer, every=1)
    writer = Writer()
    train(optimizer, 1)
    tracker.tensorboard(writer)
    train(optimizer, 1)
    assert writer.scalars["w/effective_lr_q50", 1] == writer.scalars["group 0/effective_lr_q50", 2] == 0.5
    assert not any("trust_ratio" in tag for tag, _ in writer.scalars)
    with pytest.raises(UserError, match="writer must be a"):
        tracker.tensorboard("runs")


def test_a_summary_writer_of_torchs(tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from torch.utils.tensorboard import SummaryWriter

    p = parameter(3)
    optimizer = SGD([("w", p)], lr=0.5)
    with SummaryWriter(str(tmp_path)) as writer:
        sf.track(optimizer, every=1).tensorboard(writer)
        train(optimizer, 2)
    read = EventAccumulator(str(tmp_path)).Reload()
    assert [e.value for e in read.Scalars("w/effective_lr_q50")] == [0.5, 0.5]


def view(optimizer, height=40, terminal=True):
    text = StringIO()
    console = Console(file=text, force_terminal=terminal, width=120, height=height)
    tracker = sf.track(optimizer, every=1)
    with shown(tracker._outlets, tracker._records, console):
        train(optimizer, 2)
    tracker.stop()
    train(optimizer, 1)
    assert tracker._outlets == []
    return text.getvalue()


def test_the_live_table():
    text = view(Adam([("first.weight", parameter(3)), ("[red]", parameter(40))]))
    last = text[text.rindex("step 2 ") :]
    assert "group 0" in last
    assert "first.weight" in last
    assert "[red]" in last  # a name is no markup
    assert "trust" not in text
    assert "trust" in view(LAMB([parameter(3)]))


def test_the_live_table_has_room_for_the_largest():
    text = view(SGD([(f"layer {k}", parameter(3, seed=k)) for k in range(30)]), height=15)
    assert "6 of 30 tensors, those with the largest steps for their size" in text


def test_nothing_is_shown_where_there_is_no_terminal():
    assert view(SGD([parameter(3)]), terminal=False) == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"every": 0}, "every must be a whole number from 1, got 0"),
        ({"every": True}, "every must be a whole number from 1, got True"),
        ({"sample": 1.5}, r"sample must be a whole number from 1, got 1\.5"),
        ({"keep": -1}, "keep must be a whole number from 1, got -1"),
        ({"names": ["w"]}, r"names must be a model or its named_parameters\(\), got list"),
        ({"names": 5}, "names must be .*, got int"),
        ({"names": {"ab": torch.ones(1)}}, "names must be .*, got dict"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(UserError, match=message):
        sf.track(SGD([parameter(3)]), **options)


def test_one_tracker_at_a_time_and_only_of_our_optimizers():
    optimizer = SGD([parameter(3)])
    tracker = sf.track(optimizer)
    with pytest.raises(UserError, match="must not be tracked already"):
        sf.track(optimizer)
    tracker.stop()
    sf.track(optimizer)
    tracker.stop()  # of the one before: nothing
    with pytest.raises(UserError, match="must not be tracked already"):
        sf.track(optimizer)
    with pytest.raises(UserError, match="optimizer must be one of surefoot's, got Adam"):
        sf.track(torch.optim.Adam([parameter(3)]))
    with pytest.raises(UserError, match="by must be 'tensor' or 'group', got 'layer'"):
        tracker.frame("layer")
    released = SGD([parameter(3)])
    sf.optim.release(released)
    with pytest.raises(UserError, match="must not release its gradients"):
        sf.track(released)


def test_a_copy_of_a_tracked_optimizer_is_not_tracked():
    optimizer = SGD([parameter(3)])
    tracker = sf.track(optimizer, every=1)
    train(copy.deepcopy(optimizer), 2)
    assert tracker.steps == 0
