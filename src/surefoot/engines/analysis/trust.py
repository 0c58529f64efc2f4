"""The trust ratio of a rule: the number, one for each tensor, by which it stretches that tensor's step."""

from surefoot.engines.graph import Graph, Level


def trust_ratio(graph: Graph) -> int | None:
    """The node of the ratio: what multiplies the step of every element, factors of the host's taken off; None without.

    >>> from surefoot.rules import find
    >>> graph = Graph.of(find("lamb"))
    >>> graph.nodes[trust_ratio(graph)].op, trust_ratio(Graph.of(find("adam")))
    ('where', None)
    """
    for node in _terms(graph, graph.outputs["x"]):
        index = node
        while graph.nodes[index].op in ("mul", "div") and graph.levels[index] == Level.ELEMENT:
            args = graph.nodes[index].args
            factors = args[:1] if graph.nodes[index].op == "div" else args
            tensors = [a for a in factors if graph.levels[a] == Level.TENSOR]
            if tensors:
                return _bare(graph, tensors[0])
            index = next(a for a in args if graph.levels[a] == Level.ELEMENT)
    return None


def _terms(graph: Graph, index: int) -> list[int]:
    """What is added up to a node."""
    node = graph.nodes[index]
    if node.op in ("add", "sub", "neg"):
        return [term for a in node.args for term in _terms(graph, a)]
    return [index]


def _bare(graph: Graph, index: int) -> int:
    """A tensor's number without the host's factors."""
    while graph.nodes[index].op in ("mul", "div"):
        inner = [a for a in graph.nodes[index].args if graph.levels[a] == Level.TENSOR]
        if len(inner) != 1 or (graph.nodes[index].op == "div" and inner[0] != graph.nodes[index].args[0]):
            break
        index = inner[0]
    return index
