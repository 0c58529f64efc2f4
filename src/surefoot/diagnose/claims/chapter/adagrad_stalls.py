"""AdaGrad stalls prematurely: when?"""

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import steps_until
from surefoot.rules import find


@claim(
    "AdaGrad's ever-decreasing learning rate can make training stall prematurely.",
    "the chapter, on AdaGrad's drawback",
    "holds when lr is small against the distance to go: the steps needed grow as the square of distance by lr",
)
def stalls() -> Evidence:
    """Steps to 1% of the start on a quadratic, by those of gradient descent at the same first step's length."""

    def figure(lr: float) -> Figure:
        there = steps_until(find("adagrad"), lambda x, t: x, 1.0, 0.01, 50_000, lr=lr)
        plain = steps_until(find("sgd"), lambda x, t: x, 1.0, 0.01, 50_000, lr=lr)
        return Figure(f"steps at lr = {lr:g}, by gradient descent's", there / plain, ">", 5.0)

    return Evidence((figure(0.02), figure(0.01)), (figure(0.5), figure(0.1)))
