"""What a step does to an element whose gradient is zero, read off the recorded rule: for steps that are left out.

Of a large embedding a step touches few rows. The others would only decay: an average `beta * m + (1 - beta) * g` is
multiplied by `beta`, AdamW's parameter by `1 - lr * weight_decay`. Such a factor is the host's to compute, so many
steps missed are one multiplication, made when the row is next touched. Here the rule is read at g = 0 to find the
factors, and `awake` puts them into the rule, before its first operation, as one more number from the host.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from surefoot.engines import host
from surefoot.engines.graph import Graph, Level
from surefoot.engines.rewriting.rewrite import rerecord
from surefoot.rules.vocabulary import OPERATIONS, Tape

#: What the factor of a slot is called among the host's numbers.
FACTOR = "_idle_{}"


@dataclass(frozen=True)
class Idle:
    """A step at g = 0.

    Attributes:
        factors: of `x` and the state slots that such a step multiplies, the names of the slots in the rule's order. The
            rest of them it leaves as they are, but for the `lost`.
        lost: slots to which it does something else, or more: what a closed form of many such steps does not hold.
        values: the function `(t, **hyperparameters) -> the factor of each of `factors` in step t`, in float64.
        formulas: each of them in words.
    """

    factors: tuple[str, ...]
    lost: tuple[str, ...]
    values: Callable[..., tuple[float, ...]]
    formulas: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Whether missed steps are made good in full."""
        return not self.lost


@lru_cache(maxsize=256)
def idle(graph: Graph) -> Idle:
    """Read an elementwise rule at g = 0.

    >>> from surefoot.rules import find
    >>> adamw = idle(Graph.of(find("adamw")))
    >>> adamw.factors, adamw.formulas, adamw.lost
    (('x', 'm', 'v'), ('1 - lr * weight_decay', 'beta1', 'beta2'), ('x',))
    >>> adamw.values(t=1, **{**{name: find("adamw").defaults[name] for name in find("adamw").hyper}, "lr": 0.5})
    (0.995, 0.9, 0.999)
    """
    reading = _Reading(graph)
    factors: dict[str, int] = {}
    lost = []
    for slot, form in ((slot, reading.forms[i]) for slot, i in graph.outputs.items()):
        own = reading.zero if reading.is_zero(form) else form.parts.get(slot, reading.one)
        if own != reading.one:
            factors[slot] = own
        if not reading.is_zero(form) and (form.more or set(form.parts) != {slot}):
            lost.append(slot)
    constants = {s: float(reading.tape.nodes[i].payload) for s, i in factors.items() if reading.is_number(i)}  # type: ignore[arg-type]
    computed = {s: i for s, i in factors.items() if s not in constants}
    numbers = host.uniforms(Graph(graph.name, tuple(reading.tape.nodes), computed, graph.hyper, graph.slots))
    # The host hands over each distinct node once, in the order of the nodes.
    place = {node: k for k, node in enumerate(sorted(set(computed.values())))}

    def values(t: float, **hyper: float) -> tuple[float, ...]:
        given = numbers(t, **hyper)
        return tuple(constants[s] if s in constants else given[place[factors[s]]] for s in factors)

    formulas = tuple(_formula(reading.tape, i) for i in factors.values())
    return Idle(tuple(factors), tuple(lost), values, formulas)


def _formula(tape: Tape, index: int) -> str:
    node = tape.nodes[index]
    if node.op == "const":
        return f"{node.payload:g}"
    if node.op == "input":
        return str(node.payload)
    args = [_formula(tape, a) for a in node.args]
    sums = [node.op not in ("add", "sub") and tape.nodes[a].op in ("add", "sub") for a in node.args]
    return host.PYTHON[node.op].format(*(f"({arg})" if is_sum else arg for arg, is_sum in zip(args, sums, strict=True)))


def awake(graph: Graph, slots: Collection[str]) -> Graph:
    """The rule with each of these slots multiplied by a number from the host, `FACTOR`, before anything else is done.

    >>> from surefoot.rules import find
    >>> awake(Graph.of(find("momentum"), {"form": "ema"}), ("m",)).hyper
    ('lr', 'beta', '_idle_m')
    """
    for slot in slots:
        graph = _scaled(graph, slot, FACTOR.format(slot))
    return graph


def _scaled(graph: Graph, slot: str, factor: str) -> Graph:
    tape, outputs = rerecord(graph, slot, lambda value: value * value.tape.input(factor))
    return replace(graph, nodes=tuple(tape.nodes), outputs=outputs, hyper=(*graph.hyper, factor))


@dataclass(frozen=True)
class _Form:
    """What is known of a value at g = 0.

    Attributes:
        host: the node that computes it, if it is one number a step.
        parts: otherwise a sum of slots, each times what a node computes; `more`: and of something else.
    """

    host: int | None = None
    parts: Mapping[str, int] = field(default_factory=dict)
    more: bool = False


class _Reading:
    """One walk over a graph's nodes, that records the factors on a tape of its own."""

    def __init__(self, graph: Graph) -> None:
        self.tape = Tape()
        self.zero, self.one = self._number(0.0), self._number(1.0)
        self.forms: list[_Form] = []
        for node, level in zip(graph.nodes, graph.levels, strict=True):
            if node.op == "input" and level == Level.ELEMENT and node.payload != "g":
                self.forms.append(_Form(parts={str(node.payload): self.one}))
            elif node.op == "input":
                host = self.zero if node.payload == "g" else self.tape.input(str(node.payload)).index
                self.forms.append(_Form(host))
            elif node.op == "const":
                self.forms.append(_Form(self._number(float(node.payload))))  # type: ignore[arg-type]
            else:
                self.forms.append(self._form(node.op, [self.forms[a] for a in node.args]))

    def is_zero(self, form: _Form) -> bool:
        return form.host is not None and self.is_number(form.host) and self.tape.nodes[form.host].payload == 0.0

    def is_number(self, node: int) -> bool:
        return self.tape.nodes[node].op == "const"

    def _number(self, value: float) -> int:
        return self.tape.record("const", payload=value).index

    def _form(self, op: str, args: list[_Form]) -> _Form:
        known = [a.host for a in args if a.host is not None]
        if len(known) == len(args):
            return _Form(self._computed(op, known))
        meanings: dict[str, Callable[..., _Form]] = {
            "add": self._sum,
            "sub": lambda a, b: self._sum(a, self._times(b, self._number(-1.0))),
            "neg": lambda a: self._times(a, self._number(-1.0)),
            "mul": self._product,
            "div": self._quotient,
            "where": self._chosen,
        }
        return meanings[op](*args) if op in meanings else _Form(more=True)

    def _product(self, a: _Form, b: _Form) -> _Form:
        if a.host is not None:
            return self._times(b, a.host)
        return _Form(more=True) if b.host is None else self._times(a, b.host)

    def _quotient(self, a: _Form, b: _Form) -> _Form:
        if self.is_zero(a):
            return a
        return _Form(more=True) if b.host is None else self._times(a, self._computed("div", [self.one, b.host]))

    def _chosen(self, condition: _Form, a: _Form, b: _Form) -> _Form:
        if condition.host is None or not self.is_number(condition.host):
            return _Form(more=True)
        return a if self.tape.nodes[condition.host].payload else b

    def _sum(self, a: _Form, b: _Form) -> _Form:
        if self.is_zero(a) or self.is_zero(b):
            return b if self.is_zero(a) else a
        parts = dict(a.parts)
        for slot, factor in b.parts.items():
            parts[slot] = self._computed("add", [parts[slot], factor]) if slot in parts else factor
        return _Form(parts=parts, more=a.more or b.more or a.host is not None or b.host is not None)

    def _times(self, a: _Form, factor: int) -> _Form:
        if a.host is not None or factor == self.zero:
            return _Form(self.zero if a.host is None else self._computed("mul", [a.host, factor]))
        parts = {slot: self._computed("mul", [own, factor]) for slot, own in a.parts.items()}
        return _Form(parts=parts, more=a.more)

    def _computed(self, op: str, args: list[int]) -> int:
        """The node of an operation on the host's numbers, worked out at once where they are all constants."""
        meaning = OPERATIONS[op].meaning
        if all(map(self.is_number, args)) and meaning is not None:
            try:
                numbers = [float(self.tape.nodes[a].payload) for a in args]  # type: ignore[arg-type]
                return self._number(float(meaning(*numbers)))  # type: ignore[arg-type]
            except (ArithmeticError, ValueError):
                pass  # the host says infinity or NaN when it comes to it
        if op == "mul" and self.one in args:
            return args[0] if args[1] == self.one else args[1]
        if op == "mul" and self.zero in args:
            return self.zero
        if op in ("add", "sub") and args[1] == self.zero:
            return args[0]
        if op == "add" and args[0] == self.zero:
            return args[1]
        return self.tape.record(op, *args).index
