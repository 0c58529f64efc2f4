"""A rule on a landscape as one map: from the coordinates and the rule's state to their values a step later.

The rule's graph is walked on tuples, one recorded value a coordinate; a `norm` takes all coordinates. What the host
computes for optimizers, from `t` and the hyperparameters, is part of the map and stays in float64.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial

from surefoot.engines.analysis.derivative import tangents
from surefoot.engines.evaluate import Table
from surefoot.engines.field import Field
from surefoot.engines.graph import Graph, Level, ancestors
from surefoot.rules.rule import Rule, Setting
from surefoot.rules.vocabulary import OPERATIONS, Node, Tape, Value

#: The inputs that are the step count.
CLOCKS = ("t", "field:t")


@dataclass(frozen=True, eq=False)
class Map:
    """An iterated map on a tape.

    Inputs are named: `x.a` is the parameter's coordinate `a`, `v.a` what state slot `v` keeps for it; `lr` a
    hyperparameter; `field:h` a parameter of the landscape; `t` the step count as the rule sees it, `field:t` as the
    landscape does; `field:noise_a` a number drawn each step.

    Attributes:
        nodes: operations in source order; a `norm` has an argument a coordinate.
        next: variable to the node of its next value, in order: the coordinates first.
        parameters: inputs that each orbit holds fixed, with their defaults.
        noises: inputs drawn each step.
        start: for variables that do not start at zero, the parameter that gives the first value.
        coordinates: how many coordinates there are.
        wide: nodes that are float64 whatever the type of the orbit: all inputs but the variables, and the host's share.
    """

    nodes: tuple[Node, ...]
    next: Mapping[str, int]
    parameters: Mapping[str, float]
    noises: tuple[str, ...]
    start: Mapping[str, str]
    coordinates: int
    wide: frozenset[int]

    @cached_property
    def needed(self) -> tuple[int, ...]:
        """The nodes that some variable's next value depends on, in source order."""
        return ancestors(self.nodes, self.next.values())

    @cached_property
    def fixed(self) -> frozenset[int]:
        """The needed nodes that depend on parameters alone: they have one value for the whole of an orbit."""
        fixed: set[int] = set()
        for i in self.needed:
            node = self.nodes[i]
            if node.payload in self.parameters if node.op == "input" else all(a in fixed for a in node.args):
                fixed.add(i)
        return frozenset(fixed)

    @property
    def variables(self) -> tuple[str, ...]:
        """What changes from step to step."""
        return tuple(self.next)

    def tangent(self, vectors: int = 1) -> "Map":
        """This map and its derivative: for each vector k, variables `k.NAME` that the Jacobian multiplies each step."""
        tape = tape_of(self.nodes)
        steps = dict(self.next)
        for k in range(vectors):
            seeds = {tape.input(name).index: tape.input(f"{k}.{name}") for name in self.variables}
            along = tangents(tape, seeds, self.next.values())
            for name, tangent in zip(self.variables, along, strict=True):
                value = tangent if isinstance(tangent, Value) else tape.record("const", payload=float(tangent or 0.0))
                steps[f"{k}.{name}"] = value.index
        return replace(self, nodes=tuple(tape.nodes), next=steps)


def compose(rule: Rule, field: Field, static: Mapping[str, Setting] | None = None) -> Map:
    """A rule, under static options (defaults where not given), stepping on a landscape.

    Raises:
        UserError: if the rule cannot be traced.

    >>> from surefoot.rules import find
    >>> def bowl(x, *, h=1.0):
    ...     return 0.5 * h * x * x
    >>> map = compose(find("momentum"), Field.of(bowl))
    >>> map.variables, map.parameters
    (('x.x', 'm.x'), {'lr': 0.01, 'beta': 0.9, 'field:h': 1.0})
    """
    graph = Graph.of(rule, static)
    tape = Tape()
    slots = {s: tuple(tape.input(f"{s}.{c}") for c in field.coordinates) for s in ("x", *graph.state)}
    parameters = {name: float(rule.defaults[name]) for name in rule.hyper}
    parameters |= {f"field:{name}": default for name, default in field.parameters.items()}
    inputs = _field_inputs(tape, field)
    _, gradient = field.evaluate(recording(tape), slots["x"], **inputs)
    outputs, host = _walk(tape, graph, {**slots, "g": gradient})
    return Map(
        nodes=tuple(tape.nodes),
        next={
            f"{s}.{c}": v.index for s, values in outputs.items() for c, v in zip(field.coordinates, values, strict=True)
        },
        parameters=parameters,
        noises=tuple(f"field:{name}" for name in field.noises),
        start={f"{s}.{c}": rule.start[s] for s in graph.state if s in rule.start for c in field.coordinates},
        coordinates=len(field.coordinates),
        wide=host | {value.index for value in inputs.values()},
    )


def recording(tape: Tape) -> Table:
    """The table whose values are recorded on a tape."""

    def record(op: str, *args: Value) -> Value:
        return tape.record(op, *(a.index for a in args))

    return Table(lambda number: tape.record("const", payload=number), {op: partial(record, op) for op in OPERATIONS})


def tape_of(nodes: tuple[Node, ...]) -> Tape:
    """A tape on which the nodes stand already, at their own places."""
    tape = Tape()
    for node in nodes:
        tape.record(node.op, *node.args, payload=node.payload)
    return tape


def _field_inputs(tape: Tape, field: Field) -> dict[str, Value]:
    names = [*field.parameters, *field.noises, *(["t"] if field.moves else [])]
    return {name: tape.input(f"field:{name}") for name in names}


def _walk(
    tape: Tape, graph: Graph, slots: Mapping[str, tuple[Value, ...]]
) -> tuple[dict[str, tuple[Value, ...]], frozenset[int]]:
    """The rule's graph on the slots' coordinates: the new slots, and which nodes are the host's."""
    size = len(slots["x"])
    values: dict[int, tuple[Value, ...]] = {}  # one value where all coordinates share it
    for i in graph.needed:
        node = graph.nodes[i]
        if node.op == "const":
            values[i] = (tape.record("const", payload=node.payload),)
        elif node.op == "input":
            name = str(node.payload)
            values[i] = slots[name] if graph.levels[i] == Level.ELEMENT else (tape.input(name),)
        elif node.op == "norm":
            values[i] = (_norm(tape, _spread(values[node.args[0]], size)),)
        else:
            values[i] = _each(partial(tape.record, node.op), [values[a] for a in node.args])
    host = [i for i in graph.needed if graph.levels[i] == Level.HOST and graph.nodes[i].op != "const"]
    outputs = {slot: _spread(values[i], size) for slot, i in graph.outputs.items()}
    return outputs, frozenset(values[i][0].index for i in host)


def _norm(tape: Tape, values: tuple[Value, ...]) -> Value:
    """Of one coordinate it is the absolute value, which holds sizes that squares do not."""
    return tape.record("abs" if len(values) == 1 else "norm", *(v.index for v in values))


def _spread(values: tuple[Value, ...], size: int) -> tuple[Value, ...]:
    return values if len(values) == size else values * size


def _each(operation: Callable[..., Value], args: list[tuple[Value, ...]]) -> tuple[Value, ...]:
    size = max(len(a) for a in args)
    columns = zip(*(_spread(a, size) for a in args), strict=True)
    return tuple(operation(*(v.index for v in column)) for column in columns)
