"""The explorer in a real browser: quiet, walked by keys and sliders, readable without seeing it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from surefoot.pages.palette import DARK, LIGHT
from surefoot.watch import page as explorer
from surefoot.watch.show import watch
from tests.browser import Opened, chromium, opened
from tests.watch.test_page import recording

pytestmark = pytest.mark.browser

BLANK = """selector => {
  const canvas = document.querySelector(selector);
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  return new Set(new Uint32Array(copy.getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size < 2;
}"""

#: Controls that reach out of the card or the list in which they stand.
OUTSIDE = """() => [...document.querySelectorAll(".settings input, .settings select, .walkers button, .fate")].filter(
  node => {
    const [inner, outer] = [node, node.closest(".card, li")].map(one => one.getBoundingClientRect());
    return inner.right > outer.right + 0.5 || inner.left < outer.left - 0.5 || node.scrollWidth > node.clientWidth + 1;
  }).map(node => node.outerHTML)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("live") / "page.html"
    path.write_text(explorer.html(watch("ravine").shown), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("played") / "page.html"
    path.write_text(explorer.html(recording()), encoding="utf-8")
    return path


def still(seen: Opened) -> Page:
    """The page at step 0, not playing."""
    seen.page.evaluate("surefoot.player.pause(); surefoot.player.seek(0)")
    return seen.page


def wait_until(page: Page, holds: str) -> None:
    """Poll from here: the page's policy forbids the evaluating that Playwright's own waiting does inside the page."""
    for _ in range(200):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never held: {holds}")


def step(page: Page) -> int:
    return int(page.evaluate("surefoot.player.t"))


def end_of(page: Page, name: str) -> list[float]:
    """Where a walker ends."""
    found: list[float] = page.evaluate(
        "name => { const w = surefoot.view.walkers.find(w => w.name === name).walk; return w.at.map(a => a[w.last]); }",
        name,
    )
    return found


def set_slider(page: Page, selector: str, position: int) -> None:
    page.locator(selector).evaluate(
        "(node, at) => { node.value = at; node.dispatchEvent(new Event('input')); }", position
    )


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_opens_from_disk_and_is_quiet(browser: Browser, live: Path, theme: Any, width: int) -> None:
    with opened(browser, live, width=width, theme=theme.name) as seen:
        wait_until(seen.page, "surefoot.player.t > 5")  # it plays by itself
        assert seen.page.evaluate("document.documentElement.scrollWidth") == width
        assert seen.page.evaluate(OUTSIDE) == []
        for selector in ("#stage canvas:nth-of-type(1)", "#stage canvas:nth-of-type(2)", "#map", ".panel canvas"):
            assert not seen.page.evaluate(BLANK, selector), selector
        assert seen.errors == []
        assert seen.requests == [live.as_uri()]


def test_every_landscape_can_be_chosen(browser: Browser, live: Path) -> None:
    with opened(browser, live, motion="reduce") as seen:
        count = seen.page.locator("#landscape option").count()
        titles = set()
        for k in range(count):
            seen.page.select_option("#landscape", index=k)
            titles.add(seen.page.locator("#title").text_content())
            assert not seen.page.evaluate(BLANK, "#stage canvas:nth-of-type(1)")
        assert len(titles) == count >= 14
        assert seen.errors == []


def test_sliders_change_the_walk_at_once(browser: Browser, live: Path) -> None:
    with opened(browser, live) as seen:
        page = still(seen)
        page.get_by_role("button", name="SGD: settings").click()
        before, other = end_of(page, "sgd"), end_of(page, "adam")
        set_slider(page, "#hyper-lr-slider", 300)
        assert end_of(page, "sgd") != before
        assert end_of(page, "adam") == other
        assert float(page.input_value("#hyper-lr")) == pytest.approx(page.evaluate("surefoot.view.focus.hyper.lr"))
        set_slider(page, "#parameter-condition-slider", 0)
        assert end_of(page, "adam") != other
        page.click("#reset")
        page.fill("#parameter-condition", "100")
        assert end_of(page, "sgd") == before
        assert seen.errors == []


def test_the_range_of_a_slider_is_the_rules_own(browser: Browser, live: Path) -> None:
    with opened(browser, live, motion="reduce") as seen:
        page = seen.page
        page.get_by_role("button", name="Adam: settings").click()
        for position, beta in ((0, 0.5), (1000, 0.9999)):
            set_slider(page, "#hyper-beta2-slider", position)
            assert page.evaluate("surefoot.view.focus.hyper.beta2") == beta
        set_slider(page, "#hyper-beta2-slider", 500)  # uniform in log(1 - beta): half way is the geometric mean
        assert page.evaluate("surefoot.view.focus.hyper.beta2") == pytest.approx(1 - (0.5 * 1e-4) ** 0.5, abs=1e-6)


def test_a_number_outside_its_domain_is_refused(browser: Browser, live: Path) -> None:
    with opened(browser, live, motion="reduce") as seen:
        page = seen.page
        page.get_by_role("button", name="Momentum: settings").click()
        before = end_of(page, "momentum")
        for text in ("1", "-0.1", "much", ""):
            page.fill("#hyper-beta", text)
            assert page.get_attribute("#hyper-beta", "aria-invalid") == "true"
            assert page.text_content("#hyper-beta-problem") == "must be in [0, 1)"
            assert end_of(page, "momentum") == before
        page.fill("#hyper-beta", "0.5")
        assert page.get_attribute("#hyper-beta", "aria-invalid") == "false"
        assert end_of(page, "momentum") != before


def test_a_static_option_changes_the_formula(browser: Browser, live: Path) -> None:
    with opened(browser, live, motion="reduce") as seen:
        page = seen.page
        page.get_by_role("button", name="Momentum: settings").click()
        before = end_of(page, "momentum")
        page.select_option("#static-form", label="nesterov")
        assert end_of(page, "momentum") != before


def test_noise_can_be_drawn_anew(browser: Browser, live: Path) -> None:
    with opened(browser, live, motion="reduce") as seen:
        page = seen.page
        assert page.locator("#noise").count() == 0  # the ravine has none
        assert not page.get_by_text("without the noise").is_visible()
        page.select_option("#landscape", label="Noisy gradient")
        assert page.get_by_text("without the noise").is_visible()
        before = end_of(page, "sgd")
        page.select_option("#noise", index=3)
        assert end_of(page, "sgd") != before
        page.select_option("#noise", index=0)
        assert end_of(page, "sgd") == before


def test_optimizers_come_and_go(browser: Browser, live: Path) -> None:
    with opened(browser, live, motion="reduce") as seen:
        page = seen.page
        rows = page.locator("#numbers tbody tr")
        count = rows.count()
        page.get_by_role("checkbox", name="LAMB").check()
        assert rows.count() == count + 1
        for box in page.locator("#walkers input").all():
            box.uncheck()
        assert rows.count() == 0
        assert seen.errors == []


def test_keys(browser: Browser, live: Path) -> None:
    with opened(browser, live) as seen:
        page = still(seen)
        last = page.evaluate("surefoot.view.steps")
        for key, at in (("ArrowRight", 1), ("Shift+ArrowRight", 11), ("ArrowLeft", 10), ("End", last), ("Home", 0)):
            page.keyboard.press(key)
            assert step(page) == at, key
        page.keyboard.press("Space")
        assert page.evaluate("surefoot.player.isPlaying")
        wait_until(page, "surefoot.player.t > 2")
        page.keyboard.press("Space")
        assert not page.evaluate("surefoot.player.isPlaying")
        page.focus("#play")
        page.keyboard.press("Space")  # once by the button, not twice
        assert page.evaluate("surefoot.player.isPlaying")


def test_keys_are_left_to_the_control_that_has_the_focus(browser: Browser, live: Path) -> None:
    with opened(browser, live) as seen:
        page = still(seen)
        before = end_of(page, "adam")
        page.focus("#parameter-condition-slider")
        page.keyboard.press("End")
        assert step(page) == 0
        assert end_of(page, "adam") != before


def test_everything_is_reached_by_tab_and_shows_it(browser: Browser, live: Path) -> None:
    with opened(browser, live, motion="reduce") as seen:
        page, reached = seen.page, set()
        for _ in range(60):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.id"))
            if page.evaluate("document.activeElement !== document.body"):
                assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        wanted = {"theme", "landscape", "play", "back", "forward", "scrub", "speed", "walker-0", "reset", "start-0"}
        assert wanted <= reached


def test_a_click_moves_the_start(browser: Browser, live: Path) -> None:
    with opened(browser, live) as seen:
        page = still(seen)
        box = page.locator("#map").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
        low, high, bottom, top = page.evaluate("surefoot.view.land.bounds")
        assert page.evaluate("surefoot.view.start") == pytest.approx(
            [low + (high - low) / 4, top - (top - bottom) / 4], abs=0.02
        )
        assert page.evaluate("surefoot.player.isPlaying")
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2, steps=4)
        page.mouse.up()
        assert page.evaluate("surefoot.view.start[0]") == pytest.approx(low + (high - low) / 3, abs=0.02)
        page.fill("#start-0", "99")
        assert page.get_attribute("#start-0", "aria-invalid") == "true"
        page.fill("#start-0", "1.25")
        assert page.evaluate("surefoot.view.walkers[0].walk.at[0][0]") == 1.25
        assert seen.errors == []


def test_a_hover_tells_the_numbers(browser: Browser, live: Path) -> None:
    with opened(browser, live, motion="reduce") as seen:
        page = seen.page
        for box in page.locator("#walkers input").all():
            if box.get_attribute("id") != "walker-4":
                box.uncheck()
        x, y = page.evaluate(
            "() => { const v = surefoot.view, w = v.walkers[4].walk, s = surefoot.stage;"
            " return [s.x(w.at[0][40]), s.y(w.at[1][40])]; }"
        )
        page.locator("#map").hover(position={"x": x, "y": y})
        text = page.locator("#tip").inner_text()
        assert text.startswith("Adam")
        for word in ("step", "loss", "effective rate of x", "m", "v"):
            assert word in text


def test_a_chart_scrubs(browser: Browser, live: Path) -> None:
    with opened(browser, live) as seen:
        page = still(seen)
        chart = page.get_by_role("img", name="over the steps").first
        box = chart.bounding_box()
        assert box is not None
        chart.click(position={"x": box["width"] / 2, "y": 50})
        assert 0.3 < step(page) / page.evaluate("surefoot.view.steps") < 0.7


def test_a_diverging_walk_is_marked_and_listed(browser: Browser, live: Path) -> None:
    with opened(browser, live, motion="reduce") as seen:
        page = seen.page
        page.get_by_role("button", name="SGD: settings").click()
        page.fill("#hyper-lr", "0.05")  # curvature 100: a plain step is stable below 0.02
        assert page.evaluate("surefoot.view.walkers[0].walk.diverged")
        left = page.evaluate("surefoot.view.walkers[0].walk.left")
        y = page.evaluate("Array.from(surefoot.view.walkers[0].walk.at[1])")
        assert abs(y[left - 1]) <= 2 < abs(y[left])
        assert page.text_content("#fate-0") == f"✕ diverged at step {left}"
        assert f"left the plot at step {left} and diverged" in (page.locator("#numbers tbody tr").first.inner_text())
        wait_until(page, "document.getElementById('live').textContent.includes('diverged')")
        assert seen.errors == []


def test_the_map_stays_in_sight_while_settings_are_moved(browser: Browser, live: Path) -> None:
    with opened(browser, live, motion="reduce") as seen:
        page = seen.page
        page.evaluate("document.getElementById('hyper-eps').scrollIntoView({ block: 'end' })")
        stage, slider = page.locator("#stage").bounding_box(), page.locator("#hyper-eps-slider").bounding_box()
        assert stage is not None
        assert slider is not None
        assert 0 <= stage["y"] < stage["y"] + stage["height"] < slider["y"]
        page.focus("#hyper-lr-slider")
        for _ in range(12):  # backwards through the list of optimizers: none is beneath the map
            page.keyboard.press("Shift+Tab")
            place = page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
            over = page.evaluate(
                "([x, y]) => document.activeElement.contains(document.elementFromPoint(x, y))",
                [place["x"] + place["width"] / 2, place["y"] + place["height"] / 2],
            )
            assert over, page.evaluate("document.activeElement.outerHTML")


@pytest.mark.parametrize("policy", ["", "default-src 'self' 'unsafe-inline'; img-src data:"])
def test_two_pages_in_one_notebook(browser: Browser, tmp_path: Path, policy: str) -> None:
    shown = [watch(name, optimizers=["sgd", "adam"])._repr_html_() for name in ("ravine", "beale")]
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">' if policy else ""
    path = tmp_path / "notebook.html"
    path.write_text(f"<!doctype html><html><head>{head}</head><body>{''.join(shown)}</body></html>", encoding="utf-8")
    with opened(browser, path, motion="reduce") as seen:
        frames = seen.page.frames[1:]
        assert [frame.evaluate("surefoot.view.land.name") for frame in frames] == ["ravine", "beale"]
        frames[0].fill("#hyper-lr", "0.5")
        assert frames[0].evaluate("surefoot.view.focus.hyper.lr") == 0.5
        assert frames[1].evaluate("surefoot.view.focus.hyper.lr") != 0.5
        assert seen.errors == []
        assert seen.requests == [path.as_uri()]


def test_motion_only_for_those_who_want_it(browser: Browser, live: Path) -> None:
    with opened(browser, live, motion="reduce") as seen:
        seen.page.wait_for_timeout(300)
        assert not seen.page.evaluate("surefoot.player.isPlaying")
        assert step(seen.page) == seen.page.evaluate("surefoot.view.steps")  # the whole walk, standing still


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("which", ["live", "played"])
def test_axe_finds_nothing_serious(browser: Browser, request: pytest.FixtureRequest, which: str, theme: Any) -> None:
    with opened(browser, request.getfixturevalue(which), theme=theme, motion="reduce") as seen:
        found = Axe().run(seen.page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == []


def test_what_a_screen_reader_is_told(browser: Browser, live: Path) -> None:
    with opened(browser, live) as seen:
        page = still(seen)
        page.keyboard.press("End")
        wait_until(page, "document.getElementById('live').textContent.includes('step 300 of 300')")
        assert "Adam loss" in (page.text_content("#live") or "")
        assert page.get_by_role("img", name="Contour map").count() == 1
        assert page.get_by_role("slider", name="lr: learning rate").count() == 1


def test_paper_is_light_and_has_no_controls(browser: Browser, live: Path) -> None:
    with opened(browser, live, theme="dark", motion="reduce") as seen:
        seen.page.emulate_media(media="print")
        wait_until(seen.page, f"surefoot.view.theme.surface === '{LIGHT.surface}'")
        assert not seen.page.locator(".transport").is_visible()
        assert seen.page.locator("#numbers").is_visible()


def test_a_recording_is_played_and_says_why_it_has_no_sliders(browser: Browser, played: Path) -> None:
    with opened(browser, played) as seen:
        page = still(seen)
        assert "recorded" in (page.text_content("#settings") or "")
        assert page.locator("#settings input").count() == 0
        assert page.get_by_text("A note.").is_visible()
        page.keyboard.press("End")
        assert page.locator("#numbers tbody tr").count() == 1
        assert not page.evaluate(BLANK, "#stage canvas:nth-of-type(1)")
        assert seen.errors == []
        assert seen.requests == [played.as_uri()]
