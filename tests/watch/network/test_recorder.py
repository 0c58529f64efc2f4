"""A loop of a user's own: what is kept of it, and every mistake in one line."""

import numpy as np
import pytest
import torch
from torch import nn

import surefoot as sf
from surefoot.errors import UserError
from surefoot.watch.network.losses import Losses, flat
from surefoot.watch.network.recorder import Recorder


def two_weights():
    """A model of two parameters, on which the loss is (w - 3)^2 + 10 (b + 1)^2."""
    torch.manual_seed(0)
    return nn.Linear(1, 1)


def bowl(model):
    return ((model.weight - 3) ** 2).sum() + 10 * ((model.bias + 1) ** 2).sum()


def run(recorder, make, name, steps=12, **settings):
    model = two_weights()
    optimizer = make(model.parameters(), **settings)
    every = []
    for step in range(steps + 1):
        recorder.record(name, step, model, optimizer, **settings)
        every.append(flat(model))
        optimizer.zero_grad()
        bowl(model).backward()
        optimizer.step()
    return np.array(every)


@pytest.fixture
def recorded():
    recorder = Recorder(bowl, name="bowl", layers=["weight", "bias"])
    points = {name: run(recorder, make, name, lr=0.04) for name, make in MAKES.items()}
    return recorder, points


MAKES = {"SGD": sf.optim.SGD, "AdaGrad": sf.optim.AdaGrad, "torch's": torch.optim.Adam}


def test_of_two_parameters_the_plane_shows_all_and_its_loss_is_the_models(recorded):
    recorder, points = recorded
    shown = sf.watch(recorder).shown
    assert shown.title == "bowl"
    assert "hold 100% of the variance" in shown.caption
    for walk in shown.walks:
        weight, bias = points[walk.name].astype(np.float64).T
        exact = (weight - 3) ** 2 + 10 * (bias + 1) ** 2
        np.testing.assert_allclose(walk.loss, exact, rtol=1e-4)
        np.testing.assert_allclose(walk.beneath, exact, rtol=1e-4)
        assert walk.residual.max() < 1e-6
        assert walk.settings == {"lr": 0.04}


def test_the_ground_is_the_loss_at_its_corners(recorded):
    recorder, points = recorded
    shown = sf.watch(recorder).shown
    walk = shown.walks[0]
    # Where the plane lies is told by where it shows three snapshots.
    into = np.linalg.solve(np.c_[walk.points[[0, 3, 9]], np.ones(3)], points[walk.name][[0, 3, 9]].astype(np.float64))
    west, east, south, north = shown.bounds
    for (row, y), (column, x) in [((0, south), (0, west)), ((-1, north), (0, west)), ((-1, north), (-1, east))]:
        weight, bias = np.array([x, y, 1]) @ into
        exact = (weight - 3) ** 2 + 10 * (bias + 1) ** 2
        assert shown.surface[row, column] == pytest.approx(exact, rel=1e-2)


def test_rates_are_the_chapters_and_unknown_of_others(recorded):
    recorder, points = recorded
    walks = {walk.name: walk for walk in sf.watch(recorder).shown.walks}
    assert np.isnan(walks["SGD"].rate["weight"][0])
    np.testing.assert_allclose(walks["SGD"].rate["weight"][1:], 0.04, rtol=1e-6)
    slopes = 2 * (points["AdaGrad"][:, 0] - 3)
    np.testing.assert_allclose(
        walks["AdaGrad"].rate["weight"][1:], 0.04 / np.sqrt(np.cumsum(slopes**2)[:-1] + 1e-8), rtol=1e-4
    )
    assert walks["torch's"].rate == {}


def test_a_layers_rates_are_their_quantiles():
    model = nn.Linear(100, 1, bias=False)
    optimizer = sf.optim.AdaGrad(model.parameters(), lr=1.0)
    recorder = Recorder(lambda model: model.weight.sum())
    for step in range(3):
        recorder.record("AdaGrad", step, model, optimizer)
        model.weight.grad = torch.arange(1.0, 101.0).reshape(1, 100)
        optimizer.step()
    walk = sf.watch(recorder).shown.walks[0]
    rates = 1 / np.arange(1, 101) / np.sqrt(2)
    np.testing.assert_allclose(walk.rate["weight"][2], np.quantile(rates, 0.5), rtol=1e-5)
    np.testing.assert_allclose([end[2] for end in walk.spread["weight"]], np.quantile(rates, [0.05, 0.95]), rtol=1e-5)


def test_by_default_the_first_the_middle_and_the_last_weight_are_looked_at():
    model = nn.Sequential(*(nn.Linear(2, 2) for _ in range(5)))
    optimizer = sf.optim.SGD(model.parameters(), lr=0.1)
    recorder = Recorder(lambda model: model(torch.ones(1, 2)).sum())
    for step in range(3):
        recorder.record("SGD", step, model, optimizer)
        model(torch.ones(1, 2)).sum().backward()
        optimizer.step()
    assert list(sf.watch(recorder).shown.walks[0].rate) == ["0.weight", "2.weight", "4.weight"]


def test_a_models_loss_is_asked_of_a_copy_and_dropout_is_the_same_everywhere():
    model = nn.Sequential(nn.Linear(2, 50), nn.Dropout(0.5), nn.Linear(50, 1), nn.BatchNorm1d(1))
    x = torch.randn(20, 2)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    losses = Losses(model, lambda model: (model(x) ** 2).mean())
    state = torch.random.get_rng_state()
    point = np.linspace(-1, 1, losses.size)
    assert losses(point) == losses(point) != losses(point * np.linspace(1, 2, losses.size))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_a_training_that_diverges_says_so_and_keeps_the_others_plane():
    recorder = Recorder(bowl)
    run(recorder, sf.optim.SGD, "SGD", lr=0.04)
    alone = sf.watch(recorder).shown
    run(recorder, sf.optim.SGD, "Wild", steps=80, lr=5.0)
    both = sf.watch(recorder).shown
    assert any(note.startswith("Wild ran away: at step 1 ") for note in both.notes)
    assert np.isnan(both.walks[1].points[-1]).all()
    width, both_width = (shown.bounds[1] - shown.bounds[0] for shown in (alone, both))
    assert both_width < 3 * width


def test_recording_stops_being_finite():
    model = two_weights()
    recorder = Recorder(bowl)
    assert recorder.record("SGD", 0, model)
    with torch.no_grad():
        model.weight.fill_(torch.inf)
    assert not recorder.record("SGD", 1, model)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_snapshots_are_no_plane(count):
    recorder, model = Recorder(bowl), two_weights()
    for step in range(count):
        recorder.record("SGD", step, model)
    with pytest.raises(UserError, match="paths must hold 3 snapshots or more to lie in a plane, got"):
        sf.watch(recorder)


@pytest.mark.parametrize(
    ("name", "step", "model", "message"),
    [
        ("SGD", 2, nn.Linear(4, 1), "model must have 2 parameters, as the first one recorded, got 5"),
        ("SGD", 1, nn.Linear(1, 1), "step must be above 1, the last recorded of SGD, got 1"),
    ],
)
def test_what_does_not_go_on_is_refused(name, step, model, message):
    recorder = Recorder(bowl)
    recorder.record("SGD", 1, two_weights())
    with pytest.raises(UserError, match=message):
        recorder.record(name, step, model)


def test_an_unknown_layer_is_named():
    with pytest.raises(UserError, match="layers: the model has no trained parameter 'wieght'; did you mean 'weight'"):
        Recorder(bowl, layers=["wieght"]).record("SGD", 0, two_weights())


def test_a_model_of_one_parameter_makes_no_plane():
    recorder, model = Recorder(lambda model: model.weight.sum()), nn.Linear(1, 1, bias=False)
    for step in range(3):
        recorder.record("SGD", step, model)
    with pytest.raises(UserError, match="two parameters or more: one makes no plane"):
        sf.watch(recorder)


@pytest.mark.parametrize("options", [{"optimizers": ["sgd"]}, {"steps": 3}, {"layers": ["weight"]}])
def test_what_was_recorded_cannot_be_told_how_to_train(recorded, options):
    with pytest.raises(UserError, match="what was recorded is shown as it is: leave out optimizers"):
        sf.watch(recorded[0], **options)
