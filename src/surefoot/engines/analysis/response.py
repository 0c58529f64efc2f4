"""The linear response of a rule's nodes: how a change of its inputs is passed on, with everything even held still.

Sums pass a response on, a factor or a divisor scales it, what is even in its argument (a square, an absolute value, a
norm, a root) stops it, and sign(u) counts as u/|u|. So Adam's step responds to the gradient by way of its first moment,
and the second moment stands as a mere scale.
"""

from collections.abc import Callable, Mapping

from surefoot.engines.graph import Graph, Level
from surefoot.rules.vocabulary import Number, Tape, Value, where

#: A response: a value on the tape, a plain number, or 0.0 where there is none.
Response = Value | Number


def tape_of(graph: Graph) -> Tape:
    """A tape that holds the graph's nodes, under the same numbers, and takes more."""
    tape = Tape()
    for node in graph.nodes:
        tape.record(node.op, *node.args, payload=node.payload)
    return tape


def respond(tape: Tape, graph: Graph, seeds: Mapping[str, Response]) -> list[Response]:
    """The response of each of the graph's nodes, recorded on its tape, given those of the slots (0.0 if not given)."""
    responses: list[Response] = []
    for i, node in enumerate(graph.nodes):
        if graph.levels[i] == Level.HOST:
            responses.append(0.0)
        elif node.op == "input":
            responses.append(seeds.get(str(node.payload), 0.0))
        elif node.op not in _PASSED or all(is_nought(responses[a]) for a in node.args):
            responses.append(0.0)
        else:
            values = [Value(tape, a) for a in node.args]
            responses.append(_PASSED[node.op](*values, *(responses[a] for a in node.args)))
    return responses


def is_nought(response: Response) -> bool:
    """Whether there is no response at all, whatever the numbers."""
    return not isinstance(response, Value) and response == 0


def _plus(a: Response, b: Response) -> Response:
    if is_nought(a):
        return b
    return a if is_nought(b) else a + b


def _times(factor: Value, response: Response) -> Response:
    if is_nought(response):
        return 0.0
    return factor if not isinstance(response, Value) and response == 1 else response * factor


def _product(a: Value, b: Value, da: Response, db: Response) -> Response:
    if not is_nought(da) and not is_nought(db):
        return 0.0  # a square: even
    return _times(b, da) if is_nought(db) else _times(a, db)


def _of_sign(a: Value, da: Response) -> Response:
    return where(abs(a) > 0, da / abs(a), 0.0)


#: Operations that pass a response on: their arguments, then the arguments' responses. All others stop it.
_PASSED: dict[str, Callable[..., Response]] = {
    "add": lambda a, b, da, db: _plus(da, db),
    "sub": lambda a, b, da, db: _plus(da, 0.0 if is_nought(db) else -db),
    "neg": lambda a, da: -da,
    "mul": _product,
    "div": lambda a, b, da, db: 0.0 if is_nought(da) else da / b,
    "sign": _of_sign,
    "maximum": lambda a, b, da, db: where(a > b, da, db),
    "minimum": lambda a, b, da, db: where(a < b, da, db),
    "where": lambda c, a, b, dc, da, db: where(c, da, db),
}
