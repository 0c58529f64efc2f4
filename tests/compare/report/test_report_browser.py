"""The report in a real browser: it opens from disk, asks for nothing, complains of nothing, draws, and works."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from surefoot.compare.findings import Findings
from surefoot.compare.report import report
from surefoot.pages.palette import DARK, LIGHT
from tests.browser import Opened, chromium, opened
from tests.compare import synthetic

pytestmark = pytest.mark.browser

CLIPBOARDS = {
    "there": "() => { navigator.clipboard.writeText = async text => { window.copied = text } }",
    "missing": "() => { Object.defineProperty(navigator, 'clipboard', { value: undefined }) }",
    "refused": "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')) }",
}
MARKS = ".scatterlayer path, .scatterlayer .point"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Callable[[], Findings]], Path]:
    folder, done = tmp_path_factory.mktemp("reports"), {}

    def write(make: Callable[[], Findings]) -> Path:
        if make not in done:
            done[make] = folder / f"{make.__name__}.html"
            done[make].write_text(report(make()), encoding="utf-8")
        return done[make]

    return write


def hostile() -> Findings:
    attack = "<script>alert(1)</script>"
    return synthetic.eight(task=attack, names={"sgd": attack, "adam": '<a href="javascript:alert(1)">x</a>'})


def assert_quiet(seen: Opened, path: Path) -> None:
    assert seen.errors == []
    assert seen.requests == [path.as_uri()]


def colour_of(seen: Opened, selector: str, style: str) -> str:
    red, green, blue = seen.page.locator(selector).first.evaluate(
        f"node => getComputedStyle(node).{style}.match(/\\d+/g).slice(0, 3).map(Number)"
    )
    return f"#{red:02x}{green:02x}{blue:02x}"


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("width", [390, 1280])
def test_it_opens_from_disk_and_draws(browser, written, theme, width) -> None:
    path = written(synthetic.eight)
    with opened(browser, path, width=width, theme=theme.name) as seen:
        charts = seen.page.locator(".chart:visible")
        assert charts.count() == 11  # ranking, curves, eight searches, expectation
        assert all(chart.locator(MARKS).count() > 0 for chart in charts.all())
        assert seen.page.evaluate("document.documentElement.scrollWidth") == width
        assert colour_of(seen, "body", "backgroundColor") == theme.page
        assert colour_of(seen, "#chart-validation_score .js-line", "stroke") in theme.series
        assert_quiet(seen, path)


@pytest.mark.parametrize("make", [synthetic.one, synthetic.all_diverged, synthetic.falling, hostile])
def test_every_other_case_is_quiet_too(browser, written, make) -> None:
    path = written(make)
    with opened(browser, path, width=390, theme="dark") as seen:
        assert seen.page.evaluate("document.documentElement.scrollWidth") == 390
        assert all(chart.locator(MARKS).count() > 0 for chart in seen.page.locator(".chart:visible").all())
        assert_quiet(seen, path)


def test_hostile_names_are_shown_as_they_are(browser, written) -> None:
    with opened(browser, written(hostile)) as seen:
        assert seen.page.title() == "Which optimizer for <script>alert(1)</script>?"
        labels = seen.page.locator("#chart-ranking .ytick text").all_text_contents()
        assert any(label.startswith("<script>alert(1)") for label in labels)
        assert seen.page.locator("#chart-ranking a").count() == 0


def test_the_toggle_turns_page_and_charts(browser, written) -> None:
    with opened(browser, written(synthetic.eight)) as seen:
        for theme in (LIGHT, DARK, LIGHT):
            assert colour_of(seen, "body", "backgroundColor") == theme.page
            strokes = seen.page.locator("#chart-validation_score .js-line").evaluate_all(
                "lines => lines.map(line => line.style.stroke)"
            )
            shown = {
                f"#{int(r):02x}{int(g):02x}{int(b):02x}"
                for r, g, b in (s[4:-1].split(",") for s in strokes if s[:4] == "rgb(")
            }
            assert set(theme.series) <= shown
            seen.page.click("#theme")
        assert seen.errors == []


@pytest.mark.parametrize("clipboard", CLIPBOARDS)
def test_the_code_can_be_copied(browser, written, clipboard) -> None:
    with opened(browser, written(synthetic.eight)) as seen:
        seen.page.evaluate(CLIPBOARDS[clipboard])
        seen.page.click(".copy button")
        seen.page.wait_for_function("document.querySelector('.copy [role=status]').textContent")
        text = seen.page.evaluate("window.copied ?? getSelection().toString()")
        assert text.strip() == synthetic.eight().verdict.code.strip()
        assert seen.errors == []


def test_a_hover_tells_the_numbers(browser, written) -> None:
    with opened(browser, written(synthetic.eight)) as seen:
        point = seen.page.locator("#chart-ranking .points path").nth(3)
        point.scroll_into_view_if_needed()
        box = point.bounding_box()
        seen.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        seen.page.wait_for_selector("#chart-ranking .hovertext")
        assert "one seed: 0.9" in seen.page.locator("#chart-ranking .hovertext").text_content()
        assert seen.errors == []


def test_the_switch_shows_the_loss_and_the_legend_hides_a_name(browser, written) -> None:
    with opened(browser, written(synthetic.eight)) as seen:
        seen.page.click("label[for=show-loss]")
        loss = seen.page.locator("#chart-train_loss")
        seen.page.wait_for_selector("#chart-train_loss .js-line")
        lines = loss.locator(".js-line").count()
        seen.page.click("#legend-curves button[data-series=sgd]")
        assert loss.locator(".js-line").count() < lines
        assert seen.page.locator("#legend-curves button[data-series=sgd]").get_attribute("aria-pressed") == "false"
        seen.page.click("#legend-curves button[data-series=sgd]")
        assert loss.locator(".js-line").count() == lines
        assert seen.errors == []


def test_keys_reach_switch_and_toggle(browser, written) -> None:
    with opened(browser, written(synthetic.eight)) as seen:
        seen.page.focus("#show-score")
        seen.page.keyboard.press("ArrowRight")
        seen.page.wait_for_selector("#chart-train_loss .js-line")
        seen.page.focus("#theme")
        seen.page.keyboard.press("Enter")
        assert seen.page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_paper_is_light(browser, written) -> None:
    with opened(browser, written(synthetic.eight), theme="dark") as seen:
        seen.page.emulate_media(media="print")
        seen.page.wait_for_function(
            f"document.querySelector('#chart-validation_score .js-line').style.stroke !== '' && "
            f"getComputedStyle(document.documentElement).getPropertyValue('--page') === '{LIGHT.page}'"
        )
        assert colour_of(seen, "#chart-validation_score .js-line", "stroke") in LIGHT.series
