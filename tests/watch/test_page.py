"""The explorer as a file: small, self-contained, the same bytes for the same scene, safe from what names contain."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from surefoot.rules import CHAPTER, Rule, find
from surefoot.rules.vocabulary import Value
from surefoot.watch import page, page_live, page_recording
from surefoot.watch.scene import Recording, Scene, Walk, Walker
from surefoot.watch.show import watch

LIMIT = 300_000  # bytes, with all landscapes and the chapter's eight


@pytest.fixture(scope="module")
def scene() -> Scene:
    scene = watch("ravine").shown
    assert isinstance(scene, Scene)
    return scene


def recording(title: str = "Own", frames: int = 500) -> Recording:
    turn = np.linspace(0, 6, frames)
    points = np.stack([np.cos(turn), np.sin(turn)], axis=1) * np.exp(-turn / 3)[:, None]
    walk = Walk("SGD", points, np.hypot(*points.T), np.arange(frames, dtype=float), rate={"x": np.full(frames, 0.1)})
    grid = np.add.outer(np.linspace(-1, 1, 40) ** 2, np.linspace(-1, 1, 60) ** 2)
    return Recording("own", title, "It spirals.", grid, (-1.5, 1.5, -1.0, 1.0), (walk,), notes=("A note.",))


def test_it_is_small_and_names_no_other_place(scene: Scene) -> None:
    html = page.html(scene)
    assert len(scene.landscapes) >= 14
    assert len(scene.walkers) == 8
    assert len(html.encode()) < LIMIT
    assert not re.search(r"https?://|url\(|@import|src=", html)
    assert "default-src &#39;none&#39;" in html
    assert "unsafe-eval" not in html


def test_a_long_walk_is_no_large_file() -> None:
    assert len(page.html(watch("noisy", steps=20_000).shown).encode()) < LIMIT


def test_twelve_rules_with_many_options_are_no_large_file(tmp_path: Path) -> None:
    text = "def own(x, g, *, t, lr=0.1, {}):\n    return x - (2 * lr * g if a else lr * g)\n"
    (tmp_path / "own.py").write_text(text.format(", ".join(f"{c}: bool = False" for c in "abcdef")))
    own = f"{tmp_path}/own.py:own"
    shown = watch("noisy", optimizers=[*CHAPTER, "rmsprop_momentum", own, own, "sgd"], steps=20_000).shown
    assert isinstance(shown, Scene)
    assert len(page.html(shown).encode()) < LIMIT
    offered = {walker["name"]: len(walker["statics"]) for walker in page_live.data(shown)["walkers"]}
    assert offered["momentum"] == 1  # those that take little room keep their options
    assert offered["own"] == 0
    fixed = next(walker["fixed"] for walker in page_live.data(shown)["walkers"] if walker["name"] == "own")
    assert fixed == [f"{c} False" for c in "abcdef"]  # and the page says so


def test_scripts_are_short_and_all_there() -> None:
    files = {path.stem: path.read_text().splitlines() for path in (page.HERE / "static").glob("*.js")}
    assert set(files) == set(page.SCRIPTS)
    assert all(len(lines) < 400 and max(map(len, lines)) <= 120 for lines in files.values())


def test_the_same_scene_gives_the_same_bytes(scene: Scene) -> None:
    assert page.html(scene) == page.html(scene)


def test_text_cannot_end_the_script(scene: Scene) -> None:
    attack = "</script><script>alert(1)</script><!--"
    hostile = replace(scene.landscapes[0], title=attack, teaches=attack)
    html = page.html(replace(scene, landscapes=(hostile,)))
    assert "<script>alert" not in html
    assert "<!--" not in html
    assert "<script>alert" not in page.html(recording(attack))


def test_a_rule_with_many_options_is_printed_as_chosen() -> None:
    def many(
        x: Value,
        g: Value,
        *,
        t: Value,
        a: bool = False,
        b: bool = False,
        c: bool = False,
        d: bool = False,
        e: bool = False,
        f: bool = False,
        h: bool = True,
    ) -> Value:
        return x - g * (2.0 if h else 1.0)

    scene = watch("ravine", optimizers=["sgd"]).shown
    assert isinstance(scene, Scene)
    crowded = replace(scene, walkers=(Walker(Rule.of(many)),), landscapes=scene.landscapes[:1])
    assert page_live.data(crowded)["walkers"][0]["statics"] == []
    assert page_live.functions(crowded).count("function step_many") == 1


def test_two_walkers_of_one_rule_are_told_apart(scene: Scene) -> None:
    adam = find("adam")
    twice = replace(scene, walkers=(Walker(adam, {"beta1": 0.5}), Walker(adam), Walker(adam)))
    titles = [walker["title"] for walker in page_live.data(twice)["walkers"]]
    assert titles == ["Adam (beta1=0.5)", "Adam 2", "Adam 3"]
    assert page_live.functions(twice).count('"0|0":') == 1


def test_a_long_recording_on_a_fine_grid_is_thinned() -> None:
    fine = replace(recording(frames=200_000), surface=np.ones((1000, 1500)))
    crowded = replace(fine, walks=tuple(replace(fine.walks[0], name=f"walk {k}") for k in range(8)))
    assert len(page.html(crowded).encode()) < LIMIT
    data = page_recording.data(crowded)
    assert data["recorded"]["steps"] > 100
    assert data["recorded"]["grid"]["columns"] / data["recorded"]["grid"]["rows"] == pytest.approx(1.5, rel=0.05)
