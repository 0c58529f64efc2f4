"""One bar for a piece of work."""

import io

import pytest
from rich.console import Console

from surefoot.cli import bar


def test_where_standard_error_is_no_terminal_not_a_byte_is_written(capsys):
    with bar.bar("frames") as told:
        told(1, 2)
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_it_shows_how_far_the_work_has_come_and_then_goes(monkeypatch):
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=80, color_system=None)
    monkeypatch.setattr(bar, "Console", lambda stderr: console)
    with bar.bar("frames") as told:
        told(1, 4)
    written = screen.getvalue()
    assert "frames" in written
    assert "25%" in written
    assert written.endswith("\x1b[2K"), "the bar's line is wiped at the end"


def test_a_failure_inside_comes_out(monkeypatch):
    monkeypatch.setattr(bar, "Console", lambda stderr: Console(file=io.StringIO(), force_terminal=True))
    with pytest.raises(ZeroDivisionError), bar.bar("frames"):
        raise ZeroDivisionError
