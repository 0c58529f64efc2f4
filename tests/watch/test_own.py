"""A user's own function: live where it can be rewritten, recorded where not, one line where it cannot be walked on."""

import numpy as np
import pytest
import torch

import surefoot as sf
from surefoot.errors import UserError
from surefoot.watch.scene import Recording, Scene

START = (1.5, 0.7)


def plain(x, y, *, depth=3.0):
    """A bowl."""
    return x * x + depth * y * y


def spread(x, y):
    return torch.log(1 + (x - 1) ** 2 + 5 * (y - torch.sin(x)) ** 2)


def together(p):
    return torch.log(1 + (p[0] - 1) ** 2 + 5 * (p[1] - torch.sin(p[0])) ** 2)


def branching(x, y):
    if x > 0.5:
        return (x - 1) ** 2 + y * y
    return (x - 1) ** 2 + 2 * y * y


def test_plain_arithmetic_is_live_with_a_slider_for_each_parameter():
    shown = sf.watch(plain, START).shown
    assert isinstance(shown, Scene)
    land = shown.landscapes[0]
    assert (land.name, land.teaches) == ("plain", "A bowl.")
    assert (land.parameters["depth"].low, land.parameters["depth"].high) == (0.3, 30)


@pytest.mark.parametrize("function", [spread, together])
def test_a_torch_function_is_live_and_its_minimum_is_found(function):
    shown = sf.watch(function, START)
    assert isinstance(shown.shown, Scene)
    (minimum,) = shown.picture().minima(0)
    assert minimum == pytest.approx((1.0, np.sin(1.0)), abs=1e-4)
    west, east, south, north = shown.shown.landscapes[0].bounds
    assert west < 1 < START[0] < east
    assert south < START[1] < np.sin(1.0) < north


def test_live_and_recorded_walks_are_the_same():
    def undone(x, y):
        torch._assert(bool(x > -100), "a branch that is never taken keeps this from being rewritten")
        return spread(x, y)

    live = sf.watch(spread, START, optimizers=["adam", "sgd"], steps=50).picture()
    recorded = sf.watch(undone, START, optimizers=["adam", "sgd"], steps=50).picture()
    assert recorded.notes
    assert not live.notes
    for ours, torchs in zip(live.walks, recorded.walks, strict=True):
        # Learning rates are rounded to two digits, from gradients at the start and, when live, over the plot.
        if ours.rate["x"][1] == torchs.rate["x"][1]:
            np.testing.assert_allclose(ours.points, torchs.points, rtol=1e-9)


def test_a_branch_is_recorded_and_the_page_says_why():
    shown = sf.watch(branching, START, optimizers=["adam"], steps=20)
    assert isinstance(shown.shown, Recording)
    reason = "torch cannot record it as one formula, for it branches on a value or reads one"
    assert shown.shown.notes[0] == f"These walks were recorded, and have no sliders: {reason}."
    assert shown.shown.notes[0] in shown.html()
    grid = shown.shown.surface
    west, east, south, north = shown.shown.bounds
    assert grid[0, 0] == pytest.approx(float(branching(torch.tensor(west), torch.tensor(south))), rel=1e-5)
    assert grid[-1, -1] == pytest.approx(float(branching(torch.tensor(east), torch.tensor(north))), rel=1e-5)


def test_a_recorded_walk_follows_torchs_gradient():
    shown = sf.watch(branching, START, optimizers=["sgd"], settings={"sgd": {"lr": 0.1}}, steps=3).shown
    walked = shown.walks[0]
    expected = [np.array(START)]
    for _ in range(3):
        x, y = expected[-1]
        expected.append(expected[-1] - 0.1 * np.array([2 * (x - 1), (2 if x > 0.5 else 4) * y]))
    np.testing.assert_allclose(walked.points, expected, rtol=1e-12)
    assert shown.notes[1] == "Settings: SGD lr 0.1."


def test_a_file_of_ones_own(tmp_path):
    (tmp_path / "mine.py").write_text("def f(x, y):\n    return x * x + 3 * y * y\n")
    assert sf.watch(f"{tmp_path}/mine.py:f", START).shown.landscapes[0].name == "f"


def vector(x, y):
    return torch.stack([x, y])


def cut(x, y):
    return torch.tensor(float(x.detach()) ** 2 + float(y.detach()))


def number(x, y):
    return float(x.detach()) + float(y.detach())


def undefined(x, y):
    return torch.log(x - 100) + y


def steep(x, y):
    return torch.sqrt(x - 1.5) + y


def failing(x, y):
    raise RuntimeError("no such place\nand more")


def three(x, y, z):
    return x + y + z


def kinked(x, y):
    return torch.abs(x - 1.5) + y * y


def kinked_in_words(x, y):
    return abs(x - 1.5) + y * y


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (vector, r"function vector must return a scalar, got a tensor of shape \(2,\)"),
        (cut, "function cut has no gradient: its value is not computed from x and y"),
        (number, "function number must return a scalar torch tensor, got float"),
        (undefined, "function undefined must be finite at the start 1.5,0.7, got nan"),
        (steep, "function steep must have a gradient at the start 1.5,0.7, got inf,1"),
        (failing, "function failing fails.*: RuntimeError: no such place$"),
        (three, "function three must take x and y, or one tensor of two, got 3 arguments"),
        (kinked, "function kinked is not differentiable at the start 1.5,0.7: the slopes along x"),
        (kinked_in_words, "function kinked_in_words is not differentiable at the start"),
        (7, "landscape must be a name, file.py:function or a function, got int"),
    ],
)
def test_what_cannot_be_walked_on_is_said_in_one_line(function, message):
    with pytest.raises(UserError, match=message) as told:
        sf.watch(function, START)
    assert "\n" not in str(told.value)


def test_a_steep_but_smooth_start_is_no_kink():
    sf.watch(lambda x, y: 1e6 * x * x + y * y, (1e-3, 1.0), optimizers=["adam"], steps=1)


def test_a_start_is_needed_and_must_lie_in_the_plot():
    with pytest.raises(UserError, match=r"start must be given for a function of your own"):
        sf.watch(plain)
    with pytest.raises(UserError, match=r"start must lie in the plot, x in \[0, 1\]"):
        sf.watch(plain, START, bounds=(0, 1, 0, 1))
