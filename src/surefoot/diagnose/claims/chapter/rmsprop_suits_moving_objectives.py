"""RMSProp and AdaGrad on minima that move."""

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.lanes import decades
from surefoot.diagnose.claims.moving import calming, misses, swaying

RATES = decades(1e-4, 1e4)


@claim(
    "RMSProp and Adam with their fading memory suit non-stationary objectives better than AdaGrad.",
    "the chapter, on RMSProp and on choosing",
    "holds when the gradient's scale falls; where only the minimum moves, AdaGrad at a large lr follows it better",
)
def moving() -> Evidence:
    """Mean distance to a minimum that sways, each rule tuned, by AdaGrad's."""

    def figures(landscape: object, name: str) -> tuple[Figure, ...]:
        adagrad = misses("adagrad", landscape, RATES).min()  # type: ignore[arg-type]
        ratios = {rule: misses(rule, landscape, RATES).min() / adagrad for rule in ("rmsprop", "adam")}  # type: ignore[arg-type]
        return tuple(Figure(f"{rule}'s miss by adagrad's, {name}", r, "<", 0.5) for rule, r in ratios.items())

    return Evidence(
        figures(calming, "curvature falling from 1,000 to 1"),
        figures(swaying, "curvature 1 throughout"),
    )
