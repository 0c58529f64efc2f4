"""The page of a training run, in Chromium."""

import pytest

from surefoot.diagnose.network.finding import Finding, Look
from surefoot.diagnose.network.page import page
from tests.browser import chromium, opened

NAN = float("nan")


def finding(ratios, lr, **changes) -> Finding:
    looks = tuple(Look(10 * k, 1 / (k + 1), 3.0 + k, 2 * r, 0.0) for k, r in enumerate(ratios))
    return Finding("t<b>", "sgd", {"lr": lr}, 0, 64, 2.0, looks, products=9, looking=0.1, training=0.2, **changes)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_it_opens_without_a_complaint_and_shows_both_runs(tmp_path, width, theme) -> None:
    path = tmp_path / "run.html"
    lower = finding([NAN, 0.4, 0.5, 0.5], 0.25)
    path.write_text(page(finding([NAN, 0.7, 1.0, 1.1], 0.5, checked=lower)), encoding="utf-8")
    with chromium() as browser, opened(browser, path, width=width, theme=theme) as seen:
        seen.page.wait_for_selector("#chart-edge .js-line")
        assert seen.page.locator(".chart .main-svg").count() >= 3
        assert seen.page.locator("#runs button").count() == 2
        assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert "sits at the edge of stability" in seen.page.inner_text("h2.lede")
        assert seen.errors == []
        assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []


def test_names_are_escaped_and_the_same_finding_gives_the_same_bytes() -> None:
    one = finding([NAN, 0.7, 0.7, 0.7], 0.5)
    assert page(one) == page(one)
    assert "t<b>" not in page(one).partition("<script>")[0]
