"""A comparison's progress: bars on a terminal, plain lines elsewhere."""

import io

from rich.console import Console

from surefoot.cli import progress


def tell(progress):
    progress.say("8 optimizers, 32 settings each")
    progress.start("search", 1000)
    progress.advance(400)
    progress.start("confirm", 500)
    progress.advance(500)
    progress.start("nothing left to do", 0)
    progress.done()
    progress.done()


def test_in_a_pipe_a_long_phase_says_how_long_it_will_take_each_time_as_long_has_passed_again(capsys, monkeypatch):
    clock = iter([0.0, 1.0, 4.0, 5.0, 9.0])
    monkeypatch.setattr(progress, "monotonic", lambda: next(clock))
    lines = progress.Lines()
    lines.start("search", 100)
    for _ in range(4):
        lines.advance(20)
    told = ["search ...", "search: 40% done, about 6 s to go", "search: 80% done, about 2 s to go"]
    assert capsys.readouterr().err.splitlines() == told


def test_in_a_pipe_progress_is_plain_lines_on_standard_error(capsys):
    tell(progress.on_standard_error(quiet=False))
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["8 optimizers, 32 settings each", "search ...", "confirm ..."]


def test_quiet_is_quiet(capsys):
    tell(progress.on_standard_error(quiet=True))
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_each_phase_has_a_bar_that_shows_how_far_it_is():
    screen = io.StringIO()
    tell(progress.Bars(Console(file=screen, force_terminal=True, width=80, color_system=None)))
    lines = screen.getvalue().splitlines()
    assert "40%" in [line for line in lines if "search" in line][-1]
    assert "100%" in [line for line in lines if "confirm" in line][-1]
    assert any("8 optimizers, 32 settings each" in line for line in lines)
    assert not any("nothing left" in line for line in lines)


def test_bars_can_end_before_they_began():
    progress.Bars(Console(file=io.StringIO(), force_terminal=True)).done()
