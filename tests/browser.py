"""A page in headless Chromium, with everything it complains of and everything it asks for written down."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass
class Opened:
    """An open page, the errors it reported, and the URLs it asked for."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium; start one for a module, it takes a second."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Browser,
    path: Path,
    *,
    width: int = 1280,
    theme: Literal["light", "dark"] = "light",
    motion: Literal["no-preference", "reduce"] = "no-preference",
) -> Iterator[Opened]:
    """A file opened from disk, in a window so wide, on a system of that theme whose user wants motion or does not."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion=motion)
    seen = Opened(page)
    page.on("console", lambda said: seen.errors.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("request", lambda request: seen.requests.append(request.url))
    try:
        page.goto(path.as_uri())
        yield seen
    finally:
        page.close()
