"""Adam's averages start at zero; what the correction does about it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import walk
from surefoot.rules import find


def steps(correction: str) -> NDArray[np.float64]:
    """The lengths of the first 2,000 steps under a gradient of 3, by lr."""
    settings: dict[str, Any] = {"bias_correction": correction, "eps": 0.0, "lr": 1.0}
    return np.abs(np.diff(walk(find("adam"), lambda x, t: 3.0, 0.0, 2000, **settings)))


@claim(
    "Bias correction removes what Adam's averages owe to starting at zero, above all in the first steps.",
    "the chapter, on Adam; Kingma & Ba 2015, section 3",
)
def corrects() -> Evidence:
    """Under a constant gradient every corrected step is lr long; without correction they grow to several lr first."""
    corrected, plain = steps("moments"), steps("none")
    return Evidence.of(
        Figure("largest deviation from lr, corrected", float(np.abs(corrected - 1).max()), "=", 0.0, 1e-9),
        Figure("first step without, by lr", float(plain[0]), "=", 0.1 / np.sqrt(0.001), 1e-9),
        Figure("longest step without, by lr", float(plain.max()), ">", 5.0),
    )
