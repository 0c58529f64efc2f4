"""Networks in a plane: against numpy's own decomposition, torch's optimizer, and a loss that is known exactly."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

import surefoot as sf
from surefoot.errors import UserError
from surefoot.rules import find
from surefoot.tasks.batches import order
from surefoot.watch.network.paths import Paths
from surefoot.watch.network.plane import Plane, recording
from surefoot.watch.network.retrace import retraced


def bowl(flat):
    return float(0.5 * flat @ flat)


def two_paths(parameters=5):
    random = np.random.default_rng(0)
    walks = {name: np.cumsum(random.standard_normal((9, parameters)), axis=0) for name in ("A", "B")}
    return Paths("bowl", bowl, walks, {name: np.arange(9) * 10 for name in walks})


def test_the_plane_is_that_of_the_principal_components():
    points = np.concatenate(list(two_paths().snapshots.values()))
    plane, reference = Plane.through(points), PCA(2).fit(points)
    np.testing.assert_allclose(plane.explained, reference.explained_variance_ratio_)
    np.testing.assert_allclose(np.abs(plane.directions @ reference.components_.T), np.eye(2), atol=1e-12)
    flat, residual = plane.seen(points)
    np.testing.assert_allclose(
        residual, np.linalg.norm(points - reference.inverse_transform(reference.transform(points)), axis=1)
    )
    np.testing.assert_allclose(np.sum(flat**2) + np.sum(residual**2), np.sum((points - points.mean(axis=0)) ** 2))


def test_the_surface_is_the_loss_on_the_plane_and_the_loss_of_a_walk_that_on_its_path():
    paths = two_paths()
    shown = recording(paths)
    plane = Plane.through(np.concatenate(list(paths.snapshots.values())))
    assert shown.surface[0, 0] == pytest.approx(bowl(plane.at(shown.bounds[0], shown.bounds[2])))
    assert shown.surface[-1, 0] == pytest.approx(bowl(plane.at(shown.bounds[0], shown.bounds[3])))
    for walk in shown.walks:
        np.testing.assert_allclose(walk.loss, [bowl(p) for p in paths.snapshots[walk.name]])
        assert walk.residual.max() > 0
    assert "is not the loss on the path" in shown.notes[1]
    assert f"explains {plane.explained.sum():.0%} of the variance" in shown.notes[0]


def test_paths_in_a_plane_have_no_residual():
    shown = recording(two_paths(parameters=2))
    assert max(walk.residual.max() for walk in shown.walks) < 1e-12
    assert shown.notes[0].startswith("The plane explains 100%")


def test_paths_can_be_watched_and_saved(tmp_path):
    shown = sf.watch(two_paths())
    assert "is not the loss on the path" in shown.save(tmp_path / "walk.html").read_text()
    assert shown.save(tmp_path / "walk.png").stat().st_size > 10_000


@pytest.fixture(scope="module")
def task():
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


def test_a_retraced_training_is_that_of_torchs_own_loop(task):
    settings = {**find("adam").form("torch"), "lr": 0.01}
    found = retraced(task, {"adam": settings}, seed=3)
    model = task.build(3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for rows in order(3, len(task.train.x), 16, 30):
        optimizer.zero_grad()
        task.loss(model(task.train.x[torch.as_tensor(rows)]), task.train.y[torch.as_tensor(rows)]).backward()
        optimizer.step()
    ours = found.snapshots["Adam"]
    assert ours.shape == (31, 21)
    expected = torch.nn.utils.parameters_to_vector(model.parameters()).detach().numpy()
    np.testing.assert_allclose(ours[-1], expected, rtol=1e-4, atol=1e-6)
    with torch.no_grad():
        assert found.loss(ours[-1]) == pytest.approx(float(task.loss(model(task.train.x), task.train.y)), rel=1e-4)


def test_a_studys_optimizers_set_out_from_one_point_each_with_its_own_settings(task):
    ranking = [
        SimpleNamespace(optimizer=name, settings=find(name).settings({"lr": lr}))
        for name, lr in [("sgd", 0.5), ("rmsprop", 0.01)]
    ]
    shown = sf.watch(SimpleNamespace(task=task, verdict=SimpleNamespace(ranking=ranking))).shown
    sgd, rmsprop = shown.walks
    assert [sgd.name, rmsprop.name] == ["SGD", "RMSProp"]
    np.testing.assert_allclose(sgd.points[0], rmsprop.points[0])
    assert list(sgd.rate) == ["0.weight", "2.weight"]
    assert np.all(sgd.rate["0.weight"][1:] == 0.5)
    assert sgd.loss[-1] < sgd.loss[0]


@pytest.mark.slow
def test_a_real_study_is_watched(tmp_path):
    study = sf.compare("breast_cancer", optimizers=["sgd", "adam"], trials=2, seeds=1, steps=40, store=":memory:")
    shown = sf.watch(study)
    assert [walk.name for walk in shown.shown.walks] == [
        find(standing.optimizer).title for standing in study.verdict.ranking
    ]
    assert len(shown.html()) < 300_000
    assert shown.save(tmp_path / "walk.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("snapshots", "steps", "message"),
    [
        ({}, {}, "paths must hold at least one optimizer's snapshots, got none"),
        ({"A": np.zeros((1, 3))}, {"A": [0]}, r"snapshots of A must be .* got shape \(1, 3\)"),
        ({"A": np.zeros((2, 3))}, {"A": [0]}, "steps of A must hold one number for each of its 2 snapshots"),
        (
            {"A": np.zeros((2, 3)), "B": np.zeros((2, 4))},
            {"A": [0, 1], "B": [0, 1]},
            r"snapshots must be of one model, got \[3, 4\] parameters",
        ),
        ({"A": np.zeros((2, 3))}, {"A": [0, 1]}, "snapshots must differ: nothing was trained"),
        ({"A": np.array([[0, 0], [1, np.nan]])}, {"A": [0, 1]}, "snapshots must be finite: a training that diverged"),
    ],
)
def test_what_is_no_path_is_refused(snapshots, steps, message):
    with pytest.raises(UserError, match=message):
        sf.watch(Paths("bowl", bowl, snapshots, steps))
