"""Stills and films: what is in the files, and what is said where they cannot be made."""

import os
import stat
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import surefoot as sf
from surefoot.errors import UserError
from surefoot.pages.palette import DARK, LIGHT
from surefoot.watch.film import encode, movie
from surefoot.watch.film.picture import where_it_left


@pytest.fixture
def short(monkeypatch):
    """Films of eight frames."""
    monkeypatch.setattr(movie.frames, "__defaults__", (8,))


@pytest.fixture(scope="module")
def ravine():
    return sf.watch("ravine", optimizers=["sgd", "adam"], steps=40)


def pixels_of(image, colour):
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return int(np.all(np.asarray(image.convert("RGB")) == wanted, axis=2).sum())


def test_a_png_has_both_walks_in_the_palettes_colours(ravine, tmp_path):
    with Image.open(ravine.save(tmp_path / "walk.png")) as image:
        assert image.width > 1000
        assert all(pixels_of(image, colour) > 200 for colour in LIGHT.series[:2])
        assert pixels_of(image, LIGHT.series[2]) == 0


@pytest.mark.parametrize("name", ["walk.png", "walk.gif"])
def test_dark_pictures_have_the_dark_themes_colours(ravine, tmp_path, short, name):
    with Image.open(ravine.save(tmp_path / name, theme="dark")) as image:
        image.seek(getattr(image, "n_frames", 1) - 1)
        assert all(pixels_of(image, colour) > 50 for colour in (*DARK.series[:2], DARK.surface, DARK.ink))
        assert not any(pixels_of(image, colour) for colour in (*LIGHT.series[:2], LIGHT.surface))


def test_a_theme_is_light_or_dark(ravine, tmp_path):
    with pytest.raises(UserError, match="theme must be light or dark, got 'blue'"):
        ravine.save(tmp_path / "walk.png", theme="blue")


def test_an_svg_is_well_formed_and_carries_its_text(ravine, tmp_path):
    path = ravine.save(tmp_path / "walk.svg")
    texts = ["".join(element.itertext()) for element in ElementTree.parse(path).iter() if element.tag.endswith("}text")]
    assert {"Ravine", "effective learning rate of x"} <= {text.strip() for text in texts}
    assert any("Adam" in text for text in texts)


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_same_picture_gives_the_same_bytes(ravine, tmp_path, ending):
    first, second = (ravine.save(tmp_path / f"{name}.{ending}").read_bytes() for name in "ab")
    assert first == second


def test_a_gif_has_its_frames_and_what_moves_moves(ravine, tmp_path, short):
    told = []
    path = ravine.save(tmp_path / "walk.gif", lambda done, total: told.append(done))
    with Image.open(path) as image:
        assert image.n_frames == 8
        seen = []
        for frame in range(8):
            image.seek(frame)
            seen.append(pixels_of(image, LIGHT.series[1]))
    assert told == list(range(1, 9))
    assert seen[-1] > seen[0] > 0  # the trail grows
    assert path.stat().st_size < 300_000


def test_a_frame_is_the_figure_drawn_anew(ravine):
    """What blitting leaves on the canvas is what drawing everything would."""
    stage = movie._Stage(ravine.picture())
    stage.frame(10)
    blitted = stage.frame(30).astype(int)
    for artist in stage._moving(30):
        artist.set_animated(False)
    stage.figure.canvas.draw()
    drawn = np.asarray(stage.figure.canvas.buffer_rgba())[..., :3].astype(int)
    assert np.abs(blitted - drawn).mean() < 0.2  # heads lie over the frame's edge when blitted, under it when not


def test_a_films_steps_begin_and_end_with_the_walks():
    steps = movie.shown(300, 120)
    assert (steps[0], steps[-1], len(steps)) == (0, 300, 120)
    assert np.all(np.diff(steps) >= 0)


def test_a_moving_minimum_moves_in_the_film():
    picture = sf.watch("jump", optimizers=["adam"], settings={"jump": {"when": 20}}, steps=40).picture()
    stage = movie._Stage(picture)
    before, after = stage.frame(10), stage.frame(40)
    assert picture.moves
    assert (before != after).any(axis=2).mean() > 0.2


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_every_colour_drawn_with_is_in_the_gifs_palette(theme):
    assert {*theme.series, theme.ink, theme.surface, theme.line} <= set(encode.colours(theme))
    assert len(encode.colours(theme)) < 256


def test_where_a_walk_left_is_on_the_edge_and_one_that_came_back_has_no_mark():
    bounds = (-1.0, 1.0, -1.0, 1.0)
    walk = np.array([[0.0, 0.0], [3.0, 0.0], [0.5, 0.5], [0.5, 2.5], [np.nan, np.nan]])
    assert where_it_left(walk, bounds) == (2, (0.5, 1.0))
    assert where_it_left(walk[:3], bounds) is None
    assert where_it_left(np.array([[0.0, 0.0], [np.inf, np.nan]]), bounds) == (0, (0.0, 0.0))


def test_a_diverging_walk_is_marked_with_its_step(tmp_path):
    shown = sf.watch("ravine", optimizers=["sgd"], settings={"sgd": {"lr": 0.1}})
    assert "left at step" in shown.save(tmp_path / "walk.svg").read_text()


@pytest.fixture
def ffmpeg(tmp_path, monkeypatch):
    """A program called ffmpeg that writes down how it was called and how many bytes it was given."""

    def install(code):
        folder = tmp_path / "bin"
        folder.mkdir()
        program = folder / "ffmpeg"
        program.write_text(f"#!{sys.executable}\nimport sys\n{code}")
        program.chmod(program.stat().st_mode | stat.S_IEXEC)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return install


def test_ffmpeg_is_given_whole_frames(ravine, tmp_path, short, ffmpeg):
    ffmpeg("open(sys.argv[-1], 'w').write(' '.join(sys.argv[1:]) + ' ' + str(len(sys.stdin.buffer.read())))")
    said = ravine.save(tmp_path / "walk.mp4").read_text().split()
    width, height = map(int, said[said.index("-s") + 1].split("x"))
    assert int(said[-1]) == 8 * width * height * 3
    assert width % 2 == height % 2 == 0  # H.264 takes no odd sizes in yuv420p
    assert "yuv420p" in said


def test_what_ffmpeg_complains_of_is_in_the_message(ravine, tmp_path, short, ffmpeg):
    ffmpeg("print('Unknown encoder libx264', file=sys.stderr); sys.exit(1)")
    with pytest.raises(UserError, match=r"ffmpeg could not write .*: Unknown encoder libx264; save a \.gif instead"):
        ravine.save(tmp_path / "walk.mp4")


def test_without_ffmpeg_an_mp4_is_refused_before_any_frame_is_drawn(ravine, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match=r"a \.mp4 needs ffmpeg, and there is none on the PATH"):
        ravine.save(tmp_path / "walk.mp4")


def test_without_matplotlib_the_extra_is_named(ravine, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(UserError, match=r"pip install 'surefoot\[film\]'"):
        ravine.save(tmp_path / "walk.png")


@pytest.mark.parametrize(
    ("name", "message"),
    [("walk", "must end in"), ("walk.jpg", "must end in"), ("nowhere/walk.png", "cannot be written")],
)
def test_a_path_that_cannot_be_is_refused(ravine, tmp_path, name, message):
    with pytest.raises(UserError, match=message):
        ravine.save(tmp_path / name)


@pytest.mark.slow
def test_the_chapters_film_has_120_frames_and_stays_small(tmp_path):
    path = sf.watch("terrain").save(tmp_path / "terrain.gif")
    with Image.open(path) as image:
        assert image.n_frames == 120
    assert path.stat().st_size < 400_000
