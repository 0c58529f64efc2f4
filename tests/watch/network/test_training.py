"""Tasks and studies: trained as torch would train them, and shown from one start."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

import surefoot as sf
from surefoot.errors import UserError
from surefoot.rules import Rate, find
from surefoot.tasks.batches import order
from surefoot.tasks.catalogue import TASKS
from surefoot.watch.landscapes import LANDSCAPES
from surefoot.watch.network import training


def signed(x, g, *, t, lr: Rate = 0.01):
    return x - lr * g / (abs(g) + 1)


def make_task():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(80, 3, generator=generator)
    y = (x.sum(dim=1, keepdim=True) > 0).float()
    return sf.Task(
        name="sides",
        model=lambda: torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1)),
        loss=torch.nn.functional.binary_cross_entropy_with_logits,
        train=(x, y),
        batch_size=16,
        steps=30,
    )


@pytest.fixture(scope="module")
def task():
    return make_task()


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr("surefoot.watch.network.surface.COLUMNS", (6,))


def test_a_path_is_that_of_torchs_own_loop(task):
    settings = {**find("adam").form("torch"), "lr": 0.01}
    path = training.paths(task, [(find("adam"), settings)], origin="", seed=3).paths["Adam"]
    model = task.build(3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    x, y = task.train
    for step, rows in enumerate(order(3, len(x), 16, 30)):
        expected = torch.nn.utils.parameters_to_vector(model.parameters()).detach().numpy()
        assert path.steps[step] == step
        np.testing.assert_allclose(path.snapshots[step], expected, rtol=1e-4, atol=1e-6)
        optimizer.zero_grad()
        task.loss(model(x[torch.as_tensor(rows)]), y[torch.as_tensor(rows)]).backward()
        optimizer.step()


def test_the_loss_is_that_of_the_model_on_the_training_rows(task):
    found = training.paths(task, [(find("sgd"), {"lr": 0.5})], origin="", seed=1)
    model = task.build(1)
    with torch.no_grad():  # fewer rows than ROWS: all of them, in another order
        assert found.loss(found.paths["SGD"].snapshots[0]) == pytest.approx(
            float(task.loss(model(task.train.x), task.train.y)), rel=1e-5
        )


def test_snapshots_are_evenly_spaced_and_few_where_models_are_large(task, monkeypatch):
    entrants = [(find("sgd"), {}), (find("adam"), {})]
    monkeypatch.setattr(training, "BYTES", 4 * 21 * 2 * 15)  # 15 snapshots of 21 parameters for two
    path = training.paths(task, entrants, origin="", steps=100).paths["Adam"]
    assert path.steps == (*range(0, 100, 7), 100)


def test_a_task_is_trained_with_defaults_and_what_was_given(task, quick):
    told = []
    shown = sf.watch(
        task, optimizers=["sgd", signed, signed], settings={"sgd": {"lr": 0.5}}, layers=["2.bias"],
        progress=lambda done, of: told.append((done, of)),
    ).shown  # fmt: skip
    sgd, first, second = shown.walks
    assert [walk.name for walk in shown.walks] == ["SGD", "signed", "signed 2"]
    assert (sgd.settings["lr"], first.settings["lr"]) == (0.5, 0.01)
    np.testing.assert_array_equal(first.points, second.points)
    np.testing.assert_array_equal(sgd.points[0], first.points[0])
    assert list(sgd.rate) == ["2.bias"]
    assert told == [(k, 90) for k in range(1, 91)]
    assert "the rules' defaults where none were given" in shown.notes[0]
    assert sgd.loss[-1] < sgd.loss[0]


def test_seeds_are_of_weights(task, quick):
    points = [sf.watch(task, optimizers=["sgd"], steps=5, seed=seed).shown.walks[0].loss[0] for seed in (0, 0, 1)]
    assert points[0] == points[1] != points[2]


def test_a_function_that_makes_a_task_will_do_and_so_will_a_file(quick, tmp_path):
    assert sf.watch(make_task, optimizers=["sgd"], steps=5).shown.title == "sides"
    path = tmp_path / "mine.py"
    path.write_text(
        "import surefoot as sf, torch\ntask = sf.Task(name='line', model=lambda: torch.nn.Linear(2, 1), "
        "loss=torch.nn.functional.mse_loss, train=(torch.randn(20, 2), torch.randn(20, 1)), steps=5)\n"
    )
    assert sf.watch(f"{path}:task", optimizers=["sgd"]).shown.title == "line"


def test_a_built_in_task_is_found_by_name_which_no_landscape_has(quick):
    assert not set(TASKS) & set(LANDSCAPES)
    shown = sf.watch("diabetes", optimizers=["sgd", "adam"], steps=4).shown
    assert shown.title == "diabetes"
    assert [walk.name for walk in shown.walks] == ["SGD", "Adam"]


def study_of(task):
    rules = {name: (find(rule), find(rule).settings({"lr": lr})) for name, rule, lr in STUDY}
    return SimpleNamespace(task=task, chosen=rules)


STUDY = [("sgd", "sgd", 0.5), ("rmsprop", "rmsprop", 0.02), ("signed", signed, 0.125)]


def test_a_studys_optimizers_walk_each_with_its_best_setting(task, quick):
    shown = sf.watch(study_of(task)).shown
    assert [(walk.name, walk.settings["lr"]) for walk in shown.walks] == [
        ("SGD", 0.5), ("RMSProp", 0.02), ("signed", 0.125)
    ]  # fmt: skip
    assert np.all(shown.walks[0].rate["0.weight"][1:] == 0.5)
    assert shown.notes[0].startswith("Each optimizer's best setting in the study was trained once more")


def test_some_of_a_study_can_be_asked_for(task, quick):
    shown = sf.watch(study_of(task), optimizers=["rmsprop"], settings={"rmsprop": {"beta": 0.5}}).shown
    assert [(walk.settings["lr"], walk.settings["beta"]) for walk in shown.walks] == [(0.02, 0.5)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizers": ["adam"]}, "optimizers: 'adam' is not in the study"),
        ({"settings": {"sgdd": {"lr": 1.0}}}, "settings for 'sgdd', which is not trained; did you mean 'sgd'"),
        ({"start": (1, 1)}, "start and bounds are those of a landscape"),
        ({"layers": ["0.wight"]}, "layers: the model has no trained parameter '0.wight'; did you mean '0.weight'"),
    ],
)
def test_mistakes_are_told_in_a_line(task, quick, options, message):
    with pytest.raises(UserError, match=message):
        sf.watch(study_of(task), **options)


def test_a_landscape_has_no_layers():
    with pytest.raises(UserError, match="layers are those of a network"):
        sf.watch("ravine", layers=["x"])


@pytest.mark.slow
def test_a_real_study_is_watched_and_saved(tmp_path, quick):
    study = sf.compare("breast_cancer", ["sgd", signed], trials=2, seeds=1, steps=40, store=":memory:")
    shown = sf.watch(study)
    assert [walk.name for walk in shown.shown.walks] == ["SGD", "signed"]
    best = {standing.optimizer: standing.settings["lr"] for standing in study.verdict.ranking}
    assert [walk.settings["lr"] for walk in shown.shown.walks] == [best["sgd"], best["signed"]]
    text = shown.save(tmp_path / "walk.svg").read_text()
    assert "Loss on the plane is not loss on the path" in text
    assert "PC 1 (" in text
    assert "% off" in text
    html = shown.html()
    assert len(html.encode()) < 300_000
    assert "Loss on the plane is not loss on the path" in html
