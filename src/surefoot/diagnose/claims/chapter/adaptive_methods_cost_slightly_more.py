"""What a step costs a parameter: operations and bytes, counted on the graph."""

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.engines.graph import Graph, Level
from surefoot.rules import find

ADAPTIVE = ("adagrad", "rmsprop", "adam", "amsgrad", "adamw", "lamb")


def operations(rule: str) -> int:
    """Arithmetic operations an element, a root or a division counted as one."""
    graph = Graph.of(find(rule))
    return sum(graph.levels[i] == Level.ELEMENT and graph.nodes[i].op != "input" for i in graph.needed)


def traffic(rule: str) -> int:
    """Bytes read and written an element in float32: x and the state both ways, the gradient in."""
    return 4 * (3 + 2 * len(Graph.of(find(rule)).state))


@claim(
    "Adaptive methods have a slightly higher computational cost per parameter than gradient descent or momentum.",
    "the chapter, on computational cost",
    "holds when the gradient is counted in, from 64 rows a batch; of the step alone they cost several times as much, "
    "and up to three times the parameters' memory",
)
def cost() -> Evidence:
    """A gradient costs about 6 operations a parameter and row: two each for output, input's and weight's gradients."""
    plain, batch = operations("sgd"), 64
    inside = [
        Figure(f"{name}: operations with the gradient, by gradient descent's", ratio, "<", 1.1)
        for name in ADAPTIVE
        for ratio in [(6 * batch + operations(name)) / (6 * batch + plain)]
    ]
    outside = [Figure(f"{name}: operations a step, by sgd's", operations(name) / plain, "<", 1.1) for name in ADAPTIVE]
    outside += [
        Figure(f"{name}: bytes moved a step, by sgd's", traffic(name) / traffic("sgd"), "<", 1.1) for name in ADAPTIVE
    ]
    outside += [
        Figure(f"{name}: bytes of state a parameter", 4.0 * len(Graph.of(find(name)).state), "<", 1.0)
        for name in ADAPTIVE
    ]
    return Evidence(tuple(inside), tuple(outside))
