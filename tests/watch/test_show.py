"""`surefoot.watch` itself: what is shown, what overrules what, and every mistake in one line."""

import re

import numpy as np
import pytest

import surefoot as sf
from surefoot.errors import UserError
from surefoot.rules import CHAPTER, Rate, Rule
from surefoot.watch.landscapes import LANDSCAPES


def signed(x, g, *, t, lr: Rate = 0.5):
    return x - lr * g / (abs(g) + 1)


def test_by_default_the_chapters_eight_walk_over_the_chapters_terrain_five_of_them_at_once():
    scene = sf.watch().shown
    assert [w.rule.name for w in scene.walkers] == list(CHAPTER)
    assert sum(w.shown for w in scene.walkers) == 5
    assert [land.name for land in scene.landscapes] == list(LANDSCAPES)
    assert scene.landscapes[0].name == "terrain"


def test_the_landscape_asked_for_comes_first_and_those_asked_for_all_walk():
    scene = sf.watch("kink", optimizers=["lamb", signed, Rule.of(signed)]).shown
    assert scene.landscapes[0].name == "kink"
    assert len(scene.landscapes) == len(LANDSCAPES)
    assert [w.rule.name for w in scene.walkers] == ["lamb", "signed", "signed"]
    assert all(w.shown for w in scene.walkers)


def test_a_learning_rate_given_overrules_the_pace_on_every_landscape():
    scene = sf.watch("ravine", optimizers=["adam", "sgd"], settings={"adam": {"lr": 0.25}}).shown
    assert all(land.settings["adam"]["lr"] == 0.25 for land in scene.landscapes)
    assert len({land.settings["sgd"]["lr"] for land in scene.landscapes}) > 5
    assert sf.watch("ravine", optimizers=["adam"], settings={"adam": {"lr": 0.25}}).picture().labels == (
        "Adam  lr 0.25",
    )


def test_a_static_option_is_a_setting_too():
    shown = sf.watch("ravine", optimizers=["rmsprop"], settings={"rmsprop": {"centered": True}}, steps=5)
    assert "m x" in shown.picture().walks[0].state
    assert shown.picture().labels[0].endswith("centered True")


def test_a_landscapes_parameter_changes_the_ground_its_surface_and_the_pace():
    mild, steep = (
        sf.watch("ravine", optimizers=["sgd"], settings={"ravine": {"condition": c}}).shown.landscapes[0]
        for c in (1.0, 1000.0)
    )
    assert mild.field.parameters == {"condition": 1.0}
    assert mild.settings["sgd"]["lr"] > 100 * steep.settings["sgd"]["lr"]
    sparse = sf.watch("sparse", settings={"sparse": {"every": 4.0}}).shown.landscapes[0]
    assert sparse.surface.parameters == {"every": 4.0}


def test_start_steps_and_bounds():
    shown = sf.watch("ravine", (1, -1), optimizers=["adam"], steps=7, bounds=(-2, 2, -2, 2))
    walk = shown.picture().walks[0]
    assert np.all(walk.points[0] == (1, -1))
    assert len(walk.points) == 8
    assert shown.picture().bounds == (-2, 2, -2, 2)


def test_a_page_is_saved_and_shown_inline(tmp_path):
    shown = sf.watch("ravine", optimizers=["adam"])
    page = shown.save(tmp_path / "walk.html").read_text(encoding="utf-8")
    inline = shown._repr_html_()
    assert page.startswith("<!doctype html>")
    assert inline.startswith('<iframe sandbox="allow-scripts"')
    assert "default-src &amp;#39;none&amp;#39;" in inline
    assert inline.count('"') == 6  # the page within is escaped


def test_the_page_of_all_landscapes_stays_under_300_kb():
    assert len(sf.watch().html().encode()) < 300_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"landscape": "ravin"}, "unknown landscape 'ravin'; did you mean 'ravine'?"),
        ({"optimizers": ["adma"]}, "unknown optimizer 'adma'; did you mean 'adam'?"),
        ({"optimizers": []}, "optimizers must name at least one rule, got none; surefoot rules lists them"),
        ({"start": (9, 9)}, "start must lie in the plot, x in [-4, 4] and y in [-2, 2], got 9,9"),
        ({"start": (1,)}, "start must be two numbers, got (1,)"),
        ({"start": (1, float("nan"))}, "start must be two finite numbers, got 1,nan"),
        ({"start": "ab"}, "start must be two numbers, got 'ab'"),
        ({"steps": 0}, "steps must be a whole number in [1, 100000], got 0"),
        ({"steps": 2.5}, "steps must be a whole number in [1, 100000], got 2.5"),
        ({"steps": True}, "steps must be a whole number in [1, 100000], got True"),
        ({"seed": -1}, "seed must be a whole number, 0 or above, got -1"),
        ({"seed": "x"}, "seed must be a whole number, 0 or above, got 'x'"),
        ({"optimizers": "sgd,adam"}, "optimizers must be a list, got the text 'sgd,adam'; write ['sgd', 'adam']"),
        ({"settings": {"lr": 1}}, "settings must be dicts by name, as {'adam': {'lr': 0.1}}, got 1 for 'lr'"),
        ({"bounds": (0, 1)}, "bounds must be four numbers, x low, x high, y low, y high, got (0, 1)"),
        ({"bounds": (1, 0, 0, 1)}, "bounds must be x low < x high and y low < y high, all finite, got (1, 0, 0, 1)"),
        ({"settings": {"adam": {"lr": -1}}}, "lr must be in [0, inf), got -1"),
        ({"settings": {"adam": {"lrr": 1}}}, "adam has no hyperparameter 'lrr'; did you mean 'lr'?"),
        ({"settings": {"terrain": {"walls": 99}}}, "walls must be in [0, 20], got 99"),
        ({"settings": {"terrain": {"walls": "high"}}}, "walls must be in [0, 20], got 'high'"),
        ({"settings": {"terrain": {"wals": 9}}}, "terrain has no parameter 'wals'; did you mean 'walls'?"),
        ({"landscape": "beale", "settings": {"beale": {"a": 9}}}, "beale has no parameter 'a'; it has none"),
        (
            {"settings": {"adm": {"lr": 1}}},
            "settings for 'adm', which neither walks nor is walked on; did you mean 'adam'?",
        ),
    ],
)
def test_mistakes_are_said_in_one_line(arguments, message):
    with pytest.raises(UserError, match=f"^{re.escape(message)}$"):
        sf.watch(**arguments)
