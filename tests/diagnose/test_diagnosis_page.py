"""The page of a diagnosis in Chromium: offline, no errors, no sideways scrolling, formulas set, in both themes."""

import pytest

from surefoot.diagnose.page import report
from surefoot.diagnose.run import diagnose
from surefoot.rules import find
from tests.browser import chromium, opened

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture(scope="module", params=["rmsprop", "adam", "lamb", "adagrad"])
def page(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("pages") / "page.html"
    path.write_text(report(diagnose(request.param), find(request.param), "lr"), encoding="utf-8")
    return path


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_opens_offline_and_fits(browser, page, width, theme):
    with opened(browser, page, width=width, theme=theme) as seen:
        assert seen.errors == []
        assert [url for url in seen.requests if not url.startswith("file:")] == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        heights = seen.page.evaluate(
            "[...document.querySelectorAll('math')].map(m => m.getBoundingClientRect().height)"
        )
        assert heights
        assert min(heights) > 5
        assert seen.page.locator("figure svg").count() >= 2
