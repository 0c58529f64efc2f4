"""Turns and medians, by a clock of our own."""

import doctest

import pytest

from benchmarks import draw, timing


@pytest.fixture
def clock(monkeypatch):
    """What advances the time by hand."""
    now = [0.0]
    monkeypatch.setattr(timing, "perf_counter", lambda: now[0])

    def advance(seconds):
        now[0] += seconds

    return advance


def test_every_contender_has_its_turn_in_every_round():
    calls = []
    contenders = {name: lambda name=name: calls.append(name) for name in "abc"}
    result = timing.interleaved(contenders, rounds=20, warmup=2)
    rounds = [calls[i : i + 3] for i in range(0, len(calls), 3)]
    assert len(rounds) == 22
    assert all(sorted(one) == ["a", "b", "c"] for one in rounds)
    assert len({tuple(one) for one in rounds}) > 1
    assert {of["rounds"] for of in result.values()} == {20}


def test_what_comes_before_is_not_timed_and_the_warmup_does_not_count(clock):
    times = iter([1000.0, 1.0, 4.0, 2.0])
    contenders = {"a": lambda: clock(next(times)), "b": lambda: clock(7.0)}
    result = timing.interleaved(contenders, rounds=3, warmup=1, before=lambda: clock(100.0))
    assert result["a"] == {"median": 2.0, "low": 1.5, "high": 3.0, "rounds": 3}
    assert result["b"] == {"median": 7.0, "low": 7.0, "high": 7.0, "rounds": 3}


@pytest.mark.parametrize("module", [draw, timing])
def test_examples(module):
    assert doctest.testmod(module).failed == 0
