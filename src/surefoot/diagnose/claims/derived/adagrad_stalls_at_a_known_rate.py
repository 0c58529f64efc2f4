"""How slowly AdaGrad goes when its learning rate is small against the way."""

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import Walk
from surefoot.rules import find


@claim(
    "AdaGrad's error on a quadratic shrinks in the end by about 4 (lr/e0)^2 a step, whatever the curvature.",
    "derived: ds/de = -h e/(2 lr) along the walk, so the root of the sum ends at h e0^2/(4 lr)",
    "holds when lr is small against e0",
)
def adagrad() -> Evidence:
    """The contraction of the last step once the error has fallen a thousandfold."""

    def figure(lr: float, h: float) -> Figure:
        walk = Walk(find("adagrad"), 1.0, lr=lr, eps=0.0)
        before = 1.0
        while abs(float(walk.x)) > 1e-3:
            before = float(walk.x)
            walk.step(h * walk.x)
        computed = 1 - float(walk.x) / before
        return Figure(f"contraction at lr/e0 = {lr:g}, h = {h:g}", computed, "=", 4 * lr**2, within=0.15)

    return Evidence((figure(0.05, 1.0), figure(0.05, 100.0), figure(0.02, 1.0)), (figure(0.5, 1.0),))
