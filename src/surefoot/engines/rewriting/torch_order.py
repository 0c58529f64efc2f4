"""The same graph in the order in which torch's CPU kernels compute and round it.

torch's optimizers are sequences of `lerp`, `addcmul`, `addcdiv` and `add(alpha=)`, most of which multiply and add with
one rounding. A rule's own order differs from it by an ulp here and there, which a thousand steps of training turn into
other digits. So a rule that stands in for torch's is rewritten before it is run: three identities, and no word of the
rule itself.

- A product that is added is added exactly: `a + b * c` becomes `fma(b, c, a)`, with a host's factor taken first.
- An average `beta * old + (1 - beta) * new` is `lerp`: `old + (1 - beta) * (new - old)`, or from `new` where nearer.
- A host's divisor moves out of roots and into rates: `sqrt(v / c) = sqrt(v) / sqrt(c)`, `lr * (m / c) = (lr / c) * m`.

`fma(b, c, a)` is the one word that no rule has: `b * c + a`, rounded once.
"""

from dataclasses import dataclass, field, replace

from surefoot.engines.cpu.library_root import OPERATION
from surefoot.engines.graph import Graph, Level
from surefoot.rules.vocabulary import Node, Tape


def with_torchs_root(graph: Graph) -> Graph:
    """The same graph with torch's own square root of elements (`surefoot.engines.cpu.library_root`)."""
    nodes = [
        replace(node, op=OPERATION) if node.op == "sqrt" and level == Level.ELEMENT else node
        for node, level in zip(graph.nodes, graph.levels, strict=True)
    ]
    return replace(graph, nodes=tuple(nodes))


def in_torchs_order(graph: Graph) -> Graph:
    """Rewrite a graph; inputs, outputs and hyperparameters stay.

    >>> from surefoot.rules import find
    >>> print(in_torchs_order(Graph.of(find("sgd"))).text())
    sgd: x, g -> x
      %0 element x
      %1 element g
      %2 host    lr
      %4 host    neg %2
      %5 element fma %4 %1 %0
      x = %5
    """
    writer = _Writer()
    places: dict[int, int] = {}
    for i in graph.needed:
        node = graph.nodes[i]
        writer.element = graph.levels[i] == Level.ELEMENT
        places[i] = writer.write(node, tuple(places[a] for a in node.args))
    outputs = {slot: places[i] for slot, i in graph.outputs.items()}
    return replace(graph, nodes=tuple(writer.tape.nodes), outputs=outputs)


@dataclass
class _Writer:
    """A tape on which each node of a graph is written in torch's order; `element` says of which kind the node is."""

    tape: Tape = field(default_factory=Tape)
    element: bool = False
    elements: set[int] = field(default_factory=set)

    def write(self, node: Node, args: tuple[int, ...]) -> int:
        if self.element and node.op in ("add", "sub"):
            return self._sum(node.op, *args)
        if self.element and node.op == "sqrt":
            root = self._parts(args[0], "div")
            if root is not None and self._is_host(root[1]):
                return self.put("div", self.put("sqrt", root[0]), self.put("sqrt", root[1]))
        if self.element and node.op == "mul" and self._is_host(args[0]):
            quotient = self._parts(args[1], "div")
            if quotient is not None and self._is_host(quotient[1]):
                return self.put("mul", self.put("div", args[0], quotient[1]), quotient[0])
        return self.put(node.op, *args, payload=node.payload)

    def _sum(self, op: str, a: int, b: int) -> int:
        product = self._parts(b, "mul")
        if product is None:
            return self.put(op, a, b)
        if op == "add" and (average := self._average(a, product)) is not None:
            return average
        factor, value = product
        if op == "sub":
            factor = self.put("neg", factor)
        inner = self._parts(value, "mul")
        if self._is_host(factor) and inner is not None:  # addcmul multiplies its value by the first factor
            factor, value = self.put("mul", factor, inner[0]), inner[1]
        return self.put("fma", factor, value, a)

    def _average(self, a: int, product: tuple[int, int]) -> int | None:
        """`lerp(old, new, 1 - beta)` for beta * old + (1 - beta) * new, unless a product is averaged."""
        weight, new = product
        decayed, rest = self._parts(a, "mul"), self._parts(weight, "sub")
        if decayed is None or rest is None or rest[1] != decayed[0] or self._parts(new, "mul") is not None:
            return None
        if self.tape.nodes[rest[0]].payload != 1.0 or not self._is_host(weight):
            return None
        old = decayed[1]
        step = self.put("sub", new, old)
        near = self.put("lt", weight, self.put("const", payload=0.5))
        from_old = self.put("fma", weight, step, old)
        from_new = self.put("fma", self.put("neg", decayed[0]), step, new)
        return self.put("where", near, from_old, from_new)

    def put(self, op: str, *args: int, payload: float | str | None = None) -> int:
        index = self.tape.record(op, *args, payload=payload).index
        if any(a in self.elements for a in args) or (op == "input" and self.element):
            self.elements.add(index)
        return index

    def _parts(self, index: int, op: str) -> tuple[int, int] | None:
        """The two arguments of a node of the elements, if it is of this operation."""
        node = self.tape.nodes[index]
        return (node.args[0], node.args[1]) if node.op == op else None

    def _is_host(self, index: int) -> bool:
        return index not in self.elements
