"""The walks of the page, in real Chromium, are those of the NumPy float64 engine."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page

from surefoot.engines.analysis.edge import edge
from surefoot.engines.graph import Graph
from surefoot.rules import CHAPTER, find
from surefoot.testing.engines import static_choices
from surefoot.watch import page as explorer
from surefoot.watch.scene import Landscape, Scene, Walker
from surefoot.watch.show import watch
from surefoot.watch.trajectories import walk
from tests.browser import chromium, opened

pytestmark = pytest.mark.browser

#: At settings under which neighbouring walks do not part: chaos would make of an ulp, in which libraries' exp, pow and
#: sin may differ, any distance. Those that suit the landscapes are such.
STEPS = 1000
TAKE = """([land, rule, hyper, statics, start, steps]) => {
  const walk = surefoot.walkOf(land, rule, hyper, statics, start, steps);
  const all = { last: walk.last, x: walk.at, loss: [walk.loss], rate: walk.rate, ...walk.state };
  return Object.fromEntries(Object.entries(all).map(([k, v]) => [k, k === "last" ? v : v.map(a => Array.from(a))]));
}"""


@pytest.fixture(scope="module")
def scene() -> Scene:
    scene = watch("ravine", optimizers=CHAPTER, steps=STEPS).shown
    assert isinstance(scene, Scene)
    return scene


@pytest.fixture(scope="module")
def page(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    path = tmp_path_factory.mktemp("walks") / "page.html"
    path.write_text(explorer.html(scene), encoding="utf-8")
    with chromium() as browser, opened(browser, path, motion="reduce") as seen:
        yield seen.page
        assert seen.errors == []


def assert_walks_agree(page: Page, scene: Scene, land: Landscape, walker: Walker) -> None:
    rule = walker.rule
    settings = rule.settings({**land.settings.get(rule.name, {}), **walker.settings})
    hyper = {name: settings[name] for name in rule.hyper}
    statics = [choices.index(settings[name]) for name, choices in rule.static.items()]  # type: ignore[arg-type]
    got = page.evaluate(TAKE, [land.name, rule.name, hyper, statics, list(land.start), STEPS])
    expected = walk(rule, land, steps=STEPS, settings=settings, noise=scene.noise)
    assert got["last"] == STEPS
    close = {"rtol": 1e-12, "err_msg": f"{rule.name} on {land.name}"}
    np.testing.assert_allclose(np.array(got["x"]).T, expected.points, atol=1e-300, **close)
    np.testing.assert_allclose(got["loss"][0], expected.loss, atol=1e-300, **close)
    for j, name in enumerate(land.field.coordinates):
        np.testing.assert_allclose(np.array(got["rate"][j], float), expected.rate[name], **close)
        for slot in {s.split()[0] for s in expected.state}:
            np.testing.assert_allclose(got[slot][j], expected.state[f"{slot} {name}"], atol=1e-300, **close)


@pytest.mark.parametrize("name", CHAPTER)
def test_in_the_ravine(page: Page, scene: Scene, name: str) -> None:
    (walker,) = (w for w in scene.walkers if w.rule.name == name)
    assert_walks_agree(page, scene, scene.landscapes[0], walker)


@pytest.mark.parametrize("name", CHAPTER)
def test_the_edge_of_stability_is_that_of_python(page: Page, scene: Scene, name: str) -> None:
    rule = find(name)
    for static in static_choices(rule):
        settings = rule.settings({**static, **{n: 0.6 for n in rule.hyper if n in ("beta", "beta1")}})
        hyper = {n: settings[n] for n in rule.hyper}
        numbers = [rule.static[n].index(choice) for n, choice in static.items()]  # type: ignore[arg-type]
        got = page.evaluate(
            "([name, statics, hyper]) => surefoot.edgeOf("
            "surefoot.view.walkers.find(w => w.name === name).variants[statics.join('|')], hyper)",
            [name, numbers, hyper],
        )
        assert got == pytest.approx(edge(Graph.of(rule, static), hyper), rel=1e-7), static


@pytest.mark.slow
@pytest.mark.parametrize("ground", ["terrain", "quadratic", "rosenbrock", "himmelblau", "drift", "sparse", "noisy"])
def test_on_landscapes_with_every_rule(page: Page, scene: Scene, ground: str) -> None:
    (land,) = (one for one in scene.landscapes if one.name == ground)
    for walker in scene.walkers:
        assert_walks_agree(page, scene, land, walker)


def test_the_walks_are_not_trivial(scene: Scene) -> None:
    for walker in scene.walkers:
        land = scene.landscapes[0]
        points = walk(walker.rule, land, steps=50, settings=land.settings[walker.rule.name]).points
        assert np.hypot(*(points[-1] - points[0])) > 0.1, walker.rule.name
