"""Ctrl-C ends a long run of orbits, and nothing is left running."""

import os
import signal
import threading

import numpy as np
import pytest

from surefoot.engines.field import Field
from surefoot.engines.orbits import interruptible
from surefoot.engines.orbits.orbit import Orbits, compose
from surefoot.rules import find
from tests.engines.landscapes import bowl


def interrupt_soon() -> None:
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    timer.daemon = True
    timer.start()


def test_what_is_interrupted_is_told_to_stop_and_waited_for() -> None:
    told, ended = threading.Event(), threading.Event()

    def work() -> None:
        told.wait()
        ended.set()

    interrupt_soon()
    with pytest.raises(KeyboardInterrupt):
        interruptible.run(work, told.set)
    assert ended.is_set()


def test_an_error_of_the_work_comes_through() -> None:
    with pytest.raises(ZeroDivisionError):
        interruptible.run(lambda: 1 // 0, lambda: None)


@pytest.mark.parametrize("count", [1, 1000])
def test_orbits_that_would_take_minutes(count: int) -> None:
    orbits = Orbits(compose(find("rmsprop"), Field.of(bowl)))
    interrupt_soon()
    with pytest.raises(KeyboardInterrupt):
        orbits.run(np.ones((1, count)), 10**10)
    np.testing.assert_array_equal(orbits.run([[0.0]], 5).x, [[0.0]])


def test_a_run_of_many_is_that_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    orbits = Orbits(compose(find("rmsprop"), Field.of(bowl)))
    start = np.linspace(-1, 1, 150)[np.newaxis]
    few = orbits.run(start, 30, every=4, tail=7)
    monkeypatch.setattr("surefoot.engines.orbits.orbit.LONG", 0)
    many = orbits.run(start, 30, every=4, tail=7)
    for name in ("variables", "path", "left"):
        np.testing.assert_array_equal(getattr(many, name), getattr(few, name))
