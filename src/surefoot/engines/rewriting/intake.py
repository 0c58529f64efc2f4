"""What is done to a gradient before the rule sees it: multiplied by a number of the step, held within bounds.

Both are written into the graph, so that every engine does them on the way, and the gradient itself is left as it is.
"""

from dataclasses import replace

from surefoot.engines.graph import Graph
from surefoot.engines.rewriting.rewrite import rerecord
from surefoot.rules.vocabulary import Value, maximum, minimum

#: Inputs of the host beside the rule's hyperparameters.
FACTOR, LIMIT = "_factor", "_limit"


def scaled(graph: Graph) -> Graph:
    """The rule on the gradient times `_factor`.

    >>> from surefoot.rules import find
    >>> print(scaled(Graph.of(find("sgd"))).text())
    sgd: x, g -> x
      %0 element x
      %1 element g
      %2 host    _factor
      %3 element mul %1 %2
      %4 host    lr
      %6 element mul %4 %3
      %7 element sub %0 %6
      x = %7
    """
    tape, outputs = rerecord(graph, "g", lambda g: g * g.tape.input(FACTOR))
    return replace(graph, nodes=tuple(tape.nodes), outputs=outputs, hyper=(*graph.hyper, FACTOR))


def limited(graph: Graph) -> Graph:
    """The rule on the gradient held within -`_limit` and `_limit`, each element for itself; NaN stays NaN."""

    def held(g: Value) -> Value:
        limit = g.tape.input(LIMIT)
        return maximum(minimum(g, limit), -limit)

    tape, outputs = rerecord(graph, "g", held)
    return replace(graph, nodes=tuple(tape.nodes), outputs=outputs, hyper=(*graph.hyper, LIMIT))
