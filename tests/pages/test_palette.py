"""The palette against WCAG's contrast formula and a published model of colour blindness."""

import re
from itertools import combinations

import numpy as np
import pytest

from surefoot.pages import palette
from surefoot.pages.palette import DARK, LIGHT, Theme

# Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
# Ottosson 2020, OKLab.
TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
themes = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


def linear(colour: str) -> np.ndarray:
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    dark, light = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)  # the well-known lightest grey for text


@themes
@pytest.mark.parametrize("behind", ["page", "surface"])
def test_every_series_stands_out_from_the_background(theme: Theme, behind: str) -> None:
    assert min(contrast(colour, getattr(theme, behind)) for colour in theme.series) >= 3


@themes
@pytest.mark.parametrize("behind", ["page", "surface", "soft"])
@pytest.mark.parametrize("text", ["ink", "muted", "accent"])
def test_every_text_can_be_read(theme: Theme, behind: str, text: str) -> None:
    assert contrast(getattr(theme, text), getattr(theme, behind)) >= 4.5


@themes
@pytest.mark.parametrize("vision", VISION)
def test_no_two_series_look_alike(theme: Theme, vision: str) -> None:
    seen = [np.clip(np.asarray(VISION[vision]) @ linear(colour), 0, 1) for colour in theme.series]
    lab = [TO_LAB @ np.cbrt(TO_LMS @ colour) for colour in seen]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(lab, 2)) > 0.085


def test_colour_is_never_the_only_carrier() -> None:
    styles = [palette.style(i) for i in range(72)]
    assert len({(s.colour, s.dash) for s in styles}) == len({(s.colour, s.marker) for s in styles}) == 72
    assert len({s.marker for s in styles[:9]}) == len({s.dash for s in styles[:9]}) == 9


def test_both_themes_name_the_same_properties() -> None:
    blocks = [
        sorted(re.findall(r"(--[\w-]+):", block)) for block in re.findall(r"color-scheme: \w+;([^}]*)", palette.css())
    ]
    assert len(blocks) == 3
    assert blocks[0] == blocks[1] == blocks[2]
    used = {variable[4:-1] for i in range(72) for variable in (palette.style(i).colour, palette.style(i).band)}
    assert used <= set(blocks[0])
