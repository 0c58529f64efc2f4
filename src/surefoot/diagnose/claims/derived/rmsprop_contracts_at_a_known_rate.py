"""RMSProp's rate on a quadratic: linear below the threshold, sublinear on it."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import walk
from surefoot.rules import find


@claim(
    "Below its threshold RMSProp contracts in the end by |1 - rho| a step, rho = lr h/sqrt(eps); at rho = 2 the error "
    "falls only as sqrt(eps)/(h sqrt(2k)).",
    "derived: at the minimum v = 0; at rho = 2 the next term of the series decides",
)
def rmsprop() -> Evidence:
    """Tails at beta = 0.5, eps = 1e-4."""

    def path(rho: float, steps: int) -> NDArray[np.float64]:
        return np.abs(walk(find("rmsprop"), lambda x, t: x, 0.01, steps, lr=rho * 0.01, beta=0.5, eps=1e-4))

    figures = []
    for rho in (0.5, 1.5, 1.9):
        tail = path(rho, 250)[150:]
        figures.append(
            Figure(f"rate at rho = {rho:g}", float((tail[1:] / tail[:-1])[-1]), "=", abs(1 - rho), within=1e-4)
        )
    critical = path(2.0, 20_000)[-1]
    return Evidence.of(
        *figures, Figure("|e| at rho = 2, k = 20,000", critical, "=", 0.01 / sqrt(2 * 20_000), within=1e-2)
    )
