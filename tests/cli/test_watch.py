"""`surefoot watch`, as it is typed."""

import webbrowser

import pytest

from surefoot.cli import main


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder of its own, a display, and no browser but one that writes down what it is shown."""
    opened = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or True)
    return tmp_path, opened


def test_it_writes_a_page_opens_it_and_says_where_it_is(here, capsys):
    folder, opened = here
    assert main(["watch", "ravine", "--optimizers", "adagrad,rmsprop"]) == 0
    page = folder / "surefoot-ravine.html"
    assert capsys.readouterr().out == f"{page}\n"
    assert opened == [page.as_uri()]
    assert "RMSProp" in page.read_text()


@pytest.mark.parametrize("way", ["option", "ci", "no display"])
def test_nothing_is_opened_where_that_was_not_wanted_or_cannot_be(here, monkeypatch, capsys, way):
    folder, opened = here
    if way == "ci":
        monkeypatch.setenv("CI", "true")
    if way == "no display":
        monkeypatch.delenv("DISPLAY")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        monkeypatch.setattr("sys.platform", "linux")
    assert main(["watch", "kink", "--optimizers", "sgd", *(["--no-open"] if way == "option" else [])]) == 0
    assert opened == []
    assert (folder / "surefoot-kink.html").exists()


def test_a_folder_that_cannot_be_written_gives_way_to_the_temporary_one(here, monkeypatch, capsys):
    folder, _ = here
    (folder / "temporary").mkdir()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(folder / "temporary"))
    (folder / "surefoot-kink.html").mkdir()  # a folder stands where the page should
    assert main(["watch", "kink", "--optimizers", "sgd", "--no-open"]) == 0
    assert capsys.readouterr().out == f"{folder / 'temporary' / 'surefoot-kink.html'}\n"


def test_options_reach_the_walk(here, capsys):
    folder, _ = here
    command = ["watch", "ravine", "--optimizers", "adam", "--start", "-1,0.5", "--steps", "12"]
    assert main([*command, "--set", "adam.lr=0.125", "--set", "ravine.condition=10", "--save", "walk.svg"]) == 0
    assert capsys.readouterr().out == "walk.svg\n"
    assert "Adam  lr 0.125" in (folder / "walk.svg").read_text()


def test_basins(here, capsys):
    folder, _ = here
    assert main(["watch", "saddle", "--optimizers", "adam", "--basins", "--save", "basins.png"]) == 0
    assert (folder / "basins.png").stat().st_size > 5000


def test_a_function_of_ones_own_names_its_page(here, capsys):
    folder, opened = here
    (folder / "mine.py").write_text("def bowl(x, y):\n    return x * x + y * y\n")
    assert main(["watch", "mine.py:bowl", "--start", "1,1"]) == 0
    assert opened == [(folder / "surefoot-bowl.html").as_uri()]


TASK = """
import torch, surefoot as sf
def task():
    torch.manual_seed(0)
    return sf.Task(name="lines", model=lambda: torch.nn.Linear(3, 2), loss=torch.nn.functional.mse_loss,
                   train=(torch.randn(30, 3), torch.randn(30, 2)), steps=20)
"""


def test_a_task_of_ones_own_is_trained_and_shown_in_one_plane(here, capsys):
    folder, _ = here
    (folder / "mine.py").write_text(TASK)
    words = ["--optimizers", "sgd,adam", "--steps", "4", "--set", "adam.lr=0.125", "--layers", "bias"]
    assert main(["watch", "mine.py:task", *words, "--save", "walk.svg"]) == 0
    drawn = (folder / "walk.svg").read_text()
    for text in (
        "lines",
        "Adam  lr 0.12",
        "effective learning rate of bias",
        "Loss on the plane is not loss on the path",
    ):
        assert text in drawn
    assert capsys.readouterr() == ("walk.svg\n", "")
    assert main(["watch", "mine.py:task", "--optimizers", "sgd", "--layers", "biass"]) == 2
    assert "did you mean 'bias'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["ravin"], "unknown landscape 'ravin'; did you mean 'ravine'?"),
        (["digit"], "unknown landscape 'digit'; did you mean 'digits'?"),
        (["--layers", "x"], "layers are those of a network; a landscape has coordinates, whose rates are all shown"),
        (
            ["diabetes", "--start", "1,1"],
            "start and bounds are those of a landscape; a network starts at its seed's weights",
        ),
        (["--start", "1"], "--start must be two numbers X,Y, got '1'"),
        (["--start", "1,2,3"], "--start must be two numbers X,Y, got '1,2,3'"),
        (["--set", "lr=1"], "--set must be NAME.SETTING=VALUE, as adam.lr=0.01, got 'lr=1'"),
        (["--set", "adam.lr=1", "--set", "adam.lr=2"], "--set adam.lr must be given once, got 1.0 and 2"),
        (["--theme", "dark"], "--theme is that of films and stills: say where to with --save walk.gif"),
        (["--theme", "blue"], "theme must be light or dark, got 'blue'"),
        (["--set", "adam.lr"], "--set must be NAME.SETTING=VALUE, as adam.lr=0.01, got 'adam.lr'"),
        (["--set", "adam.lr=fast"], "lr must be a number in [0, inf), got 'fast'"),
        (["--optimizers", ","], "optimizers must name at least one rule, got none; surefoot rules lists them"),
        (["--save", "walk.bmp"], "save: walk.bmp must end in .html, .gif, .mp4, .png or .svg"),
        (
            ["--save", "no/walk.png"],
            "save: no/walk.png cannot be written (No such file or directory); name another file",
        ),
        (["--basins"], "--basins draws a picture: say where to with --save basins.png"),
        (["--basins", "--save", "b.gif"], "save: b.gif must end in .png or .svg"),
        (["mine.py:f", "--start", "1,1"], "mine.py:f: there is no file mine.py; give an existing file.py:attribute"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(here, capsys, words, message):
    assert main(["watch", *words]) == 2
    assert capsys.readouterr().err == f"surefoot: {message}\n"
