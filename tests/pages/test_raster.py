"""Areas as masks: each layer its own colour and hatching, ids that do not collide."""

import re

import numpy as np

from surefoot.pages import raster
from surefoot.pages.palette import style


def test_layers_take_the_palettes_colours_by_name():
    layers = [raster.Layer(k, f"kind {k}", np.full((4, 4), 200, np.uint8)) for k in range(3)]
    svg = str(raster.ground("g", layers))
    assert re.findall(r'fill="([^"]+)"', svg) == [style(k).colour for k in range(3)]
    assert re.findall(r'<mask id="([^"]+)"', svg) == ["g-0", "g-1", "g-2"]


def test_the_key_names_each_layer_and_escapes_it():
    key = str(raster.key("k", [raster.Layer(0, "a<b", np.zeros((1, 1), np.uint8))]))
    assert "a&lt;b" in key
    assert key.count("<li>") == 1


def test_hatchings_of_neighbouring_positions_differ():
    whole = np.ones((120, 120), bool)
    patterns = [raster.hatched(whole, position).tobytes() for position in range(5)]
    assert len(set(patterns)) == 5


def test_nothing_is_drawn_outside():
    where = np.zeros((10, 10), bool)
    where[2, 3] = True
    for position in range(5):
        strength = raster.hatched(where, position)
        assert (strength > 0).sum() == 1
        assert strength[2, 3] > 0
