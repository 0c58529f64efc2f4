"""A network's page in a real browser: what must be read with the map is on it, and nothing is missing or in the way."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

import surefoot as sf
from surefoot.watch.network.recorder import Recorder
from surefoot.watch.show import Watch
from tests.browser import chromium, opened

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OFF = "surefoot.view.walkers.map(w => w.walk.residual[w.walk.last])"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def shown() -> Watch:
    x = torch.linspace(-1, 1, 32).reshape(32, 1)

    def loss(model: torch.nn.Module) -> torch.Tensor:
        return torch.nn.functional.mse_loss(model(x), torch.sin(3 * x))

    recorder = Recorder(loss, name="a sine")
    for make in (sf.optim.SGD, sf.optim.RMSProp, sf.optim.Adam):
        torch.manual_seed(0)
        model = torch.nn.Sequential(torch.nn.Linear(1, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
        optimizer = make(model.parameters(), lr=0.02)
        for step in range(41):
            recorder.record(make.__name__, step, model, optimizer, lr=0.02)
            optimizer.zero_grad()
            loss(model).backward()
            optimizer.step()
    return sf.watch(recorder)


@pytest.fixture(scope="module")
def page(shown: Watch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = shown.save(tmp_path_factory.mktemp("network") / "page.html")
    return path


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_quiet_and_fits_and_axe_finds_nothing_serious(
    browser: Browser, page: Path, theme: Any, width: int
) -> None:
    with opened(browser, page, width=width, theme=theme, motion="reduce") as seen:
        assert seen.page.evaluate("document.documentElement.scrollWidth") == width
        found = Axe().run(seen.page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == []
        assert seen.errors == []
        assert seen.requests == [page.as_uri()]
    assert page.stat().st_size < 300_000


def test_what_the_plane_leaves_out_stands_on_it(browser: Browser, page: Path, shown: Watch) -> None:
    with opened(browser, page, motion="reduce") as seen:
        text = seen.page.inner_text("main")
        first, second = shown.shown.axes
        for wanted in ("Loss on the plane is not loss on the path", f"{first} →", f"↑ {second}", "of the variance"):
            assert wanted in text
        assert "Effective learning rate of 0.weight" in text
        table = seen.page.inner_text("#numbers")
        assert "loss of the plane here" in table
        residuals = [walk.residual[-1] for walk in shown.shown.walks]
        assert seen.page.evaluate(OFF) == pytest.approx(residuals, rel=1e-6)
        for share in residuals:
            assert f"{share:.0%}" in table
        assert seen.page.evaluate("surefoot.view.start") == pytest.approx(
            list(shown.shown.walks[0].points[0]), rel=1e-5
        )


def test_the_widest_bands_optimizer_is_chosen_and_its_settings_told(browser: Browser, page: Path, shown: Watch) -> None:
    with opened(browser, page, motion="reduce") as seen:
        chosen = seen.page.evaluate("surefoot.view.focus.title")
        assert chosen in ("RMSProp", "Adam")  # gradient descent has one rate for all: no band
        assert "0.02" in seen.page.inner_text("#settings")
        bands = seen.page.evaluate(
            "surefoot.panels.charts().flatMap(c => c.series.filter(s => s.band).map(s => s.band))"
        )
        walk = next(walk for walk in shown.shown.walks if walk.name == chosen)
        assert len(bands) == 2
        assert bands[0][1][-1] == pytest.approx(walk.spread["0.weight"][1][-1], rel=1e-5)
