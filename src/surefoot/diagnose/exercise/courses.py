"""Part (d), 3: which methods are held against which flows, and what came of it."""

from dataclasses import dataclass
from functools import cache

from surefoot.diagnose.exercise.update import DESCENT, MOMENTS, UPDATE
from surefoot.diagnose.flow.equations import ADAPTIVE, EPSILON, GRADIENT, MOMENTUM, MOMENTUM_RATE, SIGN
from surefoot.diagnose.flow.losses import LOSSES, Loss
from surefoot.diagnose.flow.orders import Course, Method, Pair, Tracking, flow_course, survey, walk_course

#: The learning rate of the walks that are drawn.
DRAWN = 2.0**-4
PLAIN = Method("gradient descent", DESCENT, {}, {})
FIXED = Method("RMSProp, β = 0.9", UPDATE, {"eps": EPSILON, "beta": 0.9}, {}, "initial")
FADING = Method("RMSProp, β = 1 − η", UPDATE, {"eps": EPSILON}, {"beta": 1.0}, "initial")
ADAM = Method(
    "Adam, β₁ = 1 − 5η, β₂ = 1 − η",
    MOMENTS,
    {"eps": EPSILON, "eps_at": "inside"},
    {"beta1": MOMENTUM_RATE, "beta2": 1.0},
)
PAIRS = (Pair(PLAIN, GRADIENT), Pair(FIXED, GRADIENT), Pair(FIXED, SIGN), Pair(FADING, ADAPTIVE), Pair(ADAM, MOMENTUM))


@dataclass(frozen=True)
class Scene:
    """A loss with its flows, the walks beside them, and how closely each method followed, in the order of `PAIRS`."""

    loss: Loss
    flows: tuple[Course, ...]
    walks: tuple[Course, ...]
    tracking: tuple[Tracking, ...]


@cache
def scenes() -> tuple[Scene, ...]:
    """Every loss."""
    return tuple(
        Scene(
            loss,
            tuple(flow_course(equation, loss) for equation in (GRADIENT, SIGN, ADAPTIVE)),
            tuple(walk_course(method, loss, DRAWN) for method in (PLAIN, FIXED)),
            survey(PAIRS, (loss,)),
        )
        for loss in LOSSES
    )
