"""Four problems, and who is best on each."""

from surefoot.diagnose.claims.chapter.adaptive_rates_suit_uneven_terrain import fewest
from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.lanes import decades
from surefoot.diagnose.claims.moving import calming, misses
from surefoot.diagnose.claims.ravines import ALIGNED_START, ROTATED_START, aligned, rotated

NAMES = ("sgd", "momentum", "adagrad", "rmsprop", "adam")


@claim(
    "No single optimizer is best for every problem.",
    "the chapter, on choosing",
)
def no_best() -> Evidence:
    """Each rule tuned; every one of five is at least twice as far from, or as slow as, the best on some problem."""
    tables = [
        {name: fewest(name, rotated, ROTATED_START) for name in NAMES},
        {name: fewest(name, aligned, ALIGNED_START) for name in NAMES},
        {name: float(misses(name, calming, decades(1e-4, 1e4)).min()) for name in NAMES},
    ]
    worst = {name: max(table[name] / min(table.values()) for table in tables) for name in NAMES}
    return Evidence.of(
        *(Figure(f"{name}'s worst, by the best on that problem", worst[name], ">", 2.0) for name in NAMES)
    )
