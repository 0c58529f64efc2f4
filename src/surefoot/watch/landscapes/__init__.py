"""Landscapes, a plain function each in the words that rules are written in; to add one, write it and name it below.

>>> find("himmelblau").start
(0.2, -1.0)
"""

from surefoot.watch.landscapes.catalogue import LANDSCAPES, find, landscape

__all__ = ["LANDSCAPES", "find", "landscape"]
