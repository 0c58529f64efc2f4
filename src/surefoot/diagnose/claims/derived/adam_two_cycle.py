"""The 2-cycle that Adam has above its threshold, and what becomes of it at the defaults."""

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.lanes import paths
from surefoot.diagnose.claims.walk import Walk
from surefoot.diagnose.flow.losses import quadratic
from surefoot.rules import find


def on_cycle(beta1: float, beta2: float, lr: float) -> tuple[float, float]:
    """e'/e and m'/m after one step from the published cycle, bias correction being over; h = 1, eps = 1e-8."""
    c = (1 - beta1) / (1 + beta1)
    e = lr * c / 2 - 1e-8
    state = {"m": -c * e, "v": e * e}
    walk = Walk(find("adam"), e, state=state, lr=lr, beta1=beta1, beta2=beta2, bias_correction="none")
    walk.step(walk.x)
    return float(walk.x) / e, float(walk.state["m"] / state["m"])


@claim(
    "Above its threshold Adam has the 2-cycle |e| = lr c/2 - eps/h, c = (1 - beta1)/(1 + beta1), and does not stay on "
    "it at the default decays: it spikes.",
    "derived: on the cycle m = c h e with the gradient's sign",
)
def adam() -> Evidence:
    """One step from the cycle at three pairs of decays; then the tail of a run at the defaults."""
    figures = []
    for beta1, beta2 in [(0.9, 0.999), (0.5, 0.9), (0.0, 0.99)]:
        error, momentum = on_cycle(beta1, beta2, 1e-3)
        figures.append(Figure(f"e'/e at betas {beta1:g}, {beta2:g}", error, "=", -1.0, within=1e-9))
        figures.append(Figure(f"m'/m at betas {beta1:g}, {beta2:g}", momentum, "=", -1.0, within=1e-9))
    tail = np.abs(paths(find("adam"), quadratic, (0.01,), 30_000, [1e-3])[15_000:])
    amplitude = 1e-3 * (0.1 / 1.9) / 2 - 1e-8
    return Evidence.of(
        *figures,
        Figure("largest |e| in the tail at the defaults, by the cycle's", float(tail.max()) / amplitude, ">", 3.0),
        Figure("median |e| in the tail, by the cycle's", float(np.median(tail)) / amplitude, "<", 0.1),
    )
