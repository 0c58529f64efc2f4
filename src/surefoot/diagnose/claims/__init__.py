"""Statements on optimizers, each in a file of its own, computed anew and held against its source.

A claim is a file in `published`, `derived` or `chapter`, the three kinds of source; nothing else needs to know of it.
"""

from surefoot.diagnose.claims.catalogue import every, find, names
from surefoot.diagnose.claims.claim import Claim, Evidence, Figure, claim
from surefoot.diagnose.claims.wording import listing, show

__all__ = ["Claim", "Evidence", "Figure", "claim", "every", "find", "listing", "names", "show"]
