"""The recorded rule, arranged for running: what the host computes once a step, what each pass over a tensor computes.

Operations keep their source order and are never rewritten, so that every engine rounds alike. What depends on `t` and
the hyperparameters alone is hoisted to the host, in float64. A `norm` needs a whole tensor before anything after it, so
the elementwise work is cut into passes: each ends in the norms it feeds, the last one in the new `x` and state.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from surefoot.errors import UserError
from surefoot.rules.rule import Rule, Setting
from surefoot.rules.vocabulary import Node


class Level(IntEnum):
    """How often a node has a value: once a step, once a tensor, once an element."""

    HOST = 0
    TENSOR = 1
    ELEMENT = 2


@dataclass(frozen=True)
class Pass:
    """One sweep over a tensor's elements.

    Attributes:
        body: the element nodes to compute, in source order. slots: the inputs among them, to be loaded.
        norms: (norm node, its argument) pairs to be accumulated.
        stores: slot to node, written back (the last pass only).
    """

    body: tuple[int, ...]
    slots: tuple[str, ...]
    norms: tuple[tuple[int, int], ...]
    stores: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Graph:
    """A rule with its static options chosen, as a list of nodes that engines walk. Equal only if the same object.

    Attributes:
        name: the rule's name. nodes: operations in source order.
        outputs: the new value of `x` and of every state slot that the rule, so chosen, really changes.
        hyper: names of the hyperparameters, in the rule's order.
    """

    name: str
    nodes: tuple[Node, ...]
    outputs: Mapping[str, int]
    hyper: tuple[str, ...]
    slots: tuple[str, ...]

    @classmethod
    def of(cls, rule: Rule, static: Mapping[str, Setting] | None = None, maximize: bool = False) -> "Graph":
        """Trace a rule under its static options (defaults where not given; hyperparameters in `static` are ignored).

        Raises:
            UserError: if it cannot be traced, or takes the norm of a number.

        >>> from surefoot.rules import find
        >>> Graph.of(find("rmsprop")).state, Graph.of(find("rmsprop"), {"centered": True}).state
        (('G',), ('G', 'm'))
        """
        chosen = {name: (static or {}).get(name, rule.defaults[name]) for name in rule.static}
        tape, values = rule.trace(chosen, maximize)
        nodes = tuple(tape.nodes)
        # A slot handed through unchanged is no state under these options, unless something else reads it.
        results = {slot: value.index for slot, value in values.items()}
        changed = {s: i for s, i in results.items() if nodes[i] != Node("input", (), s)}
        read = {nodes[i].payload for i in ancestors(nodes, changed.values()) if nodes[i].op == "input"}
        outputs = {s: i for s, i in results.items() if s in changed or s in read or s == "x"}
        graph = cls(rule.name, nodes, outputs, tuple(rule.hyper), rule.slots)
        if any(node.op == "norm" and not graph._is_element(node.args[0]) for node in nodes):
            raise UserError(f"rule {rule.name} takes the norm of one number; norm() is of a tensor, abs() of a number")
        return graph

    @property
    def state(self) -> tuple[str, ...]:
        """The state slots that are kept from step to step; an output that is no slot is not kept."""
        return tuple(s for s in self.outputs if s in self.slots and s != "x")

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """Of each node, how often it has a value."""
        levels: list[Level] = []
        for node in self.nodes:
            if node.op == "input":
                levels.append(Level.ELEMENT if node.payload in self.slots else Level.HOST)
            elif node.op == "norm":
                levels.append(Level.TENSOR)
            else:
                levels.append(max((levels[a] for a in node.args), default=Level.HOST))
        return tuple(levels)

    @cached_property
    def needed(self) -> tuple[int, ...]:
        """The nodes that some output depends on, in source order."""
        return ancestors(self.nodes, self.outputs.values())

    @cached_property
    def hoisted(self) -> tuple[int, ...]:
        """The host nodes that tensors meet: what the host hands over each step. Constants are printed by engines."""
        met = {a for i in self.needed if self.levels[i] > Level.HOST for a in self.nodes[i].args}
        met |= set(self.outputs.values())
        return tuple(i for i in sorted(met) if self.levels[i] == Level.HOST and self.nodes[i].op != "const")

    @cached_property
    def tensor_nodes(self) -> tuple[int, ...]:
        """The nodes with one value a tensor, in source order: norms, and what is made of them."""
        return tuple(i for i in self.needed if self.levels[i] == Level.TENSOR)

    @cached_property
    def elementwise(self) -> bool:
        """Whether no element's step looks at any other element."""
        return not self.tensor_nodes

    @cached_property
    def begins(self) -> bool:
        """Whether a comparison of the step count has a say in the new state: in a slot's first value, as a rule.

        >>> from surefoot.rules import Rule, where
        >>> def average(x, g, y, *, t, lr=0.1):
        ...     y = where(t == 1, x, y)
        ...     return x - lr * g, 0.9 * y + 0.1 * x
        >>> Graph.of(Rule.of(average)).begins
        True
        """
        nodes = self.nodes
        states = ancestors(nodes, (self.outputs[slot] for slot in self.state))
        chosen_by = [nodes[i].args[0] for i in states if nodes[i].op == "where"]
        conditions = [i for i in chosen_by if self.levels[i] == Level.HOST]
        return any(nodes[i] == Node("input", (), "t") for i in ancestors(nodes, conditions))

    @cached_property
    def passes(self) -> tuple[Pass, ...]:
        """The sweeps, in order."""
        depth: list[int] = []
        for node in self.nodes:
            depth.append(max((depth[a] for a in node.args), default=0) + (node.op == "norm"))
        norms = [i for i in self.needed if self.nodes[i].op == "norm"]
        last = max(depth[i] for i in self.needed)
        ends = [tuple((n, self.nodes[n].args[0]) for n in norms if depth[n] == k + 1) for k in range(last)]
        sweeps = [self._sweep([argument for _, argument in pairs], pairs, {}) for pairs in ends]
        return (*sweeps, self._sweep(list(self.outputs.values()), (), self.outputs))

    def _sweep(self, ends: list[int], norms: tuple[tuple[int, int], ...], stores: Mapping[str, int]) -> Pass:
        body = tuple(i for i in ancestors(self.nodes, ends, self._is_element) if self.levels[i] == Level.ELEMENT)
        slots = tuple(s for s in self.slots if any(self.nodes[i] == Node("input", (), s) for i in body))
        return Pass(body, slots, norms, stores)

    def _is_element(self, index: int) -> bool:
        return self.levels[index] == Level.ELEMENT

    def text(self) -> str:
        """The graph for a reader: a line a node, with how often it is computed.

        >>> from surefoot.rules import find
        >>> print(Graph.of(find("sgd")).text())
        sgd: x, g -> x
          %0 element x
          %1 element g
          %2 host    lr
          %4 element mul %2 %1
          %5 element sub %0 %4
          x = %5
        """
        lines = [f"{self.name}: {', '.join(('x', 'g', *self.state))} -> {', '.join(self.outputs)}"]
        for i in self.needed:
            node = self.nodes[i]
            words = [str(node.payload)] if node.payload is not None else [node.op, *(f"%{a}" for a in node.args)]
            lines.append(f"  %{i} {self.levels[i].name.lower():7} {' '.join(words)}")
        return "\n".join(lines + [f"  {slot} = %{i}" for slot, i in self.outputs.items()])


def ancestors(nodes: tuple[Node, ...], ends: Iterable[int], through: object = None) -> tuple[int, ...]:
    """All nodes that the ends depend on, in source order; with `through`, only by way of nodes for which it holds."""
    seen: set[int] = set()
    open_ = list(ends)
    while open_:
        index = open_.pop()
        if index in seen:
            continue
        seen.add(index)
        if through is None or through(index):  # type: ignore[operator]
            open_.extend(nodes[index].args)
    return tuple(sorted(seen))
