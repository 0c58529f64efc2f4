"""The differential equations of RMSProp and Adam, and the gradient flow, which they do not follow."""

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.flow.equations import ADAPTIVE, EPSILON, GRADIENT, MOMENTUM, MOMENTUM_RATE
from surefoot.diagnose.flow.losses import LOSSES
from surefoot.diagnose.flow.orders import Method, Pair, track
from surefoot.rules import find

FADING = Method("RMSProp", find("rmsprop"), {"eps": EPSILON}, {"beta": 1.0}, "initial")
ADAM = Method("Adam", find("adam"), {"eps": EPSILON, "eps_at": "inside"}, {"beta1": MOMENTUM_RATE, "beta2": 1.0})
FIXED = Method("RMSProp, beta = 0.9", find("rmsprop"), {"eps": EPSILON, "beta": 0.9}, {}, "initial")


@claim(
    "With 1 - beta proportional to lr, RMSProp and Adam follow adaptive differential equations, to order lr.",
    "da Silva & Gazeau 2020; Barakat & Bianchi 2021",
    "holds when decays are scaled with lr; at a fixed beta the distance to the gradient flow does not fall at all",
)
def flows() -> Evidence:
    """Orders by regression over rates from 1/512 to 1/8192, on three smooth losses that are not quadratic."""
    smooth = [loss for loss in LOSSES if loss.name in ("quartic", "Huber", "double well")]
    inside, outside = [], []
    for loss in smooth:
        for method, equation in ((FADING, ADAPTIVE), (ADAM, MOMENTUM)):
            found = track(Pair(method, equation), loss)
            inside.append(Figure(f"order of {method.name}'s error, {loss.name}", found.order, "=", 1.0, 0.05))
        found = track(Pair(FIXED, GRADIENT), loss)
        outside.append(Figure(f"{found.method}, after the gradient flow, {loss.name}", found.order, "=", 1.0, 0.05))
    return Evidence(tuple(inside), tuple(outside))
