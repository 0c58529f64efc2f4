"""The page as a reader gets it: whole, offline, in both themes, on a phone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from surefoot.diagnose import exercise
from surefoot.errors import UserError
from tests.browser import chromium, opened

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return exercise.write(tmp_path_factory.mktemp("exercise") / "exercise.html")


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


def test_every_check_on_it_came_out_as_it_must(page):
    text = page.read_text()
    assert text.count("0 ✓") == 8
    assert "proved ✓" in text
    assert "NOT" not in re.sub(r"<script.*?</script>|<style.*?</style>", "", text, flags=re.DOTALL)
    assert "fell at each of 20,000 steps" in re.sub(r"\s+", " ", text)


def test_it_loads_nothing_and_is_small(page):
    text = page.read_text()
    assert "http://" not in text.replace("http://www.w3.org/", "")
    assert "https://" not in text
    assert len(text) < 400_000


def test_all_ids_are_different(page):
    ids = re.findall(r' id="([^"]+)"', page.read_text())
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_opens_without_complaint_and_fits(browser, page, theme, width):
    with opened(browser, page, width=width, theme=theme) as shown:
        assert shown.page.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.page.locator("svg.plot").count() == 15
        assert shown.errors == []
        assert shown.requests == [page.as_uri()]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_accessible(browser, page, theme):
    with opened(browser, page, width=390, theme=theme) as shown:
        assert Axe().run(shown.page).response["violations"] == []


def test_formulas_are_typeset_by_the_browser(browser, page):
    with opened(browser, page) as shown:
        fraction = shown.page.locator("ol.derivation mfrac").first
        over, under = (fraction.locator("xpath=*").nth(i).bounding_box() for i in (0, 1))
        assert over["y"] + over["height"] <= under["y"] + 2


def test_a_place_that_cannot_be_written_is_named_in_one_line(tmp_path):
    with pytest.raises(UserError, match="cannot be written"):
        exercise.write(tmp_path / "missing" / "page.html")
