"""Layouts are surveyed from the second step on, so that short trainings meet surveys too."""

from collections.abc import Iterator

import pytest

from surefoot.optim import layout


@pytest.fixture(autouse=True, scope="module")
def _settled_at_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "SETTLED", 1)
        yield
