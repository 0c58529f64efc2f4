"""What holds for all tests: a browser is asked for by name, and property tests are the same on every run of CI."""

import os
import shutil

import pytest
from hypothesis import settings

CI = bool(os.environ.get("CI"))

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.register_profile("nightly", max_examples=10_000, deadline=None)  # `make test-nightly`
settings.load_profile("ci" if CI else "here")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """A test that opens a page fails in CI where there is no Chromium; elsewhere it is skipped, and says so."""
    if item.get_closest_marker("browser") is None or shutil.which("chromium") or shutil.which("google-chrome"):
        return
    message = "no Chromium on this machine; install it (Debian: apt-get install chromium) to run the browser tests"
    (pytest.fail if CI else pytest.skip)(message)
