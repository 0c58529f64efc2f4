"""JavaScript, printed: a rule's step over the coordinates of a point, and a landscape's loss and gradient, in float64.

Operations keep their source order, and JavaScript's numbers are float64, so the page rounds as the NumPy engine does;
only `pow`, `exp`, `log`, `sin` and `cos` come from another library and may differ by units in the last place.
"""

import math
import re
from collections.abc import Mapping, Sequence

from surefoot.engines.analysis.derivative import Tangent, tangents
from surefoot.engines.analysis.edge import linear
from surefoot.engines.field import Field
from surefoot.engines.graph import Graph, Level
from surefoot.rules.vocabulary import Node, Tape, Value

#: Operation to JavaScript text. `norm` is a loop, see `step`. Words of our own begin with _, see WORDS.
JAVASCRIPT = {
    "add": "{0} + {1}",
    "sub": "{0} - {1}",
    "mul": "{0} * {1}",
    "div": "{0} / {1}",
    "pow": "_pow({0}, {1})",
    "neg": "-{0}",
    "sqrt": "Math.sqrt({0})",
    "abs": "Math.abs({0})",
    "sign": "_sign({0})",
    "exp": "Math.exp({0})",
    "log": "Math.log({0})",
    "sin": "Math.sin({0})",
    "cos": "Math.cos({0})",
    "maximum": "({0} > {1} || {0} !== {0}) ? {0} : {1}",
    "minimum": "({0} < {1} || {0} !== {0}) ? {0} : {1}",
    "lt": "{0} < {1}",
    "le": "{0} <= {1}",
    "gt": "{0} > {1}",
    "ge": "{0} >= {1}",
    "eq": "{0} === {1}",
    "ne": "{0} !== {1}",
    "where": "{0} ? {1} : {2}",
}
#: The norm of a single element.
ONE_ELEMENT = {"norm": "Math.abs({0})"}
#: Where JavaScript's own function gives another answer than C's, which NumPy gives: 1**NaN, (-1)**inf, sign(-0).
WORDS = """\
const _pow = (a, b) => a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : Math.pow(a, b);
const _sign = a => a > 0 ? 1 : a < 0 ? -1 : a === 0 ? 0 : a;
"""


def step(graph: Graph) -> str:
    """A function `(t, hyper, slots)` that makes one step in place.

    `t` counts from 1, `hyper` holds a number for each hyperparameter, `slots` a Float64Array for `x`, `g`, each state
    slot and each further output, as `rate`. Norms are over the arrays. It may use `WORDS`.

    >>> from surefoot.rules import find
    >>> print(step(Graph.of(find("sgd"))))
    function step_sgd(t, hyper, slots) {
      const x_ = slots.x, g_ = slots.g;
      const v2 = hyper.lr;
      for (let i = 0; i < x_.length; i++) {
        const v0 = x_[i];
        const v1 = g_[i];
        const v4 = v2 * v1;
        const v5 = v0 - v4;
        x_[i] = v5;
      }
    }
    """
    # A slot's array has _ after its name, lest the name be one of JavaScript's own.
    slots = {slot: f"{slot}_[i]" for slot in graph.slots}
    inputs = {**slots, **{name: f"hyper.{name}" for name in graph.hyper}, "t": "t"}
    arrays = dict.fromkeys(("x", "g", *graph.state, *graph.outputs))
    host = [i for i in graph.needed if graph.levels[i] == Level.HOST]
    lines = ["const " + ", ".join(f"{slot}_ = slots.{slot}" for slot in arrays) + ";"]
    lines += _definitions(graph.nodes, host, inputs)
    norms = [i for i in graph.tensor_nodes if graph.nodes[i].op == "norm"]
    waiting = [i for i in graph.tensor_nodes if i not in norms]
    done = set(host)
    for sweep in graph.passes:
        lines += [f"let v{norm} = 0;" for norm, _ in sweep.norms]
        lines += ["for (let i = 0; i < x_.length; i++) {"]
        lines += [f"  {line}" for line in _definitions(graph.nodes, sweep.body, inputs)]
        for norm, argument in sweep.norms:
            name = _name(graph.nodes, argument)
            lines.append(f"  v{norm} += {name} * {name};")
        lines += [f"  {slot}_[i] = {_name(graph.nodes, i)};" for slot, i in sweep.stores.items()]
        lines += ["}", *(f"v{norm} = Math.sqrt(v{norm});" for norm, _ in sweep.norms)]
        done |= {norm for norm, _ in sweep.norms}
        for i in list(waiting):  # what is made of the norms known so far
            if done.issuperset(graph.nodes[i].args):
                lines += _definitions(graph.nodes, [i], inputs)
                waiting.remove(i)
                done.add(i)
    return _function(f"step_{graph.name}", ("t", "hyper", "slots"), lines)


def response(graph: Graph) -> str:
    """A function `(t, hyper, slots)` that gives the linear response of a rule's first element (see analysis/edge.py).

    Its value is a matrix: a row for the new x and each new state slot, a column for g, x and each state slot.
    """
    responses = linear(graph)
    inputs = {slot: f"slots.{slot}[0]" for slot in graph.slots}
    inputs |= {name: f"hyper.{name}" for name in graph.hyper} | {"t": "t"}
    names = ("x", *graph.state)
    rows = [[responses.outputs[f"{target} by {source}"] for source in ("g", *names)] for target in names]
    lines = _definitions(responses.nodes, _ancestors(responses.nodes, [i for row in rows for i in row]), inputs)
    listed = ", ".join(f"[{', '.join(_name(responses.nodes, i) for i in row)}]" for row in rows)
    return _function(f"response_{graph.name}", ("t", "hyper", "slots"), [*lines, f"return [{listed}];"])


def loss(field: Field) -> str:
    """A function `(point, t, parameters, noise)` that gives a landscape's loss.

    `point` and `noise` are arrays in the order of `field.coordinates` and `field.noises`, `parameters` holds a number
    for each parameter.
    """
    lines = [*_on_field(field, field.nodes, [field.loss]), f"return {_name(field.nodes, field.loss)};"]
    return _function(f"loss_{field.name}", ("point", "t", "parameters", "noise"), lines)


def gradient(field: Field) -> str:
    """A function `(point, t, parameters, noise, into)` that writes a landscape's gradient into an array."""
    lines = _on_field(field, field.nodes, field.gradient)
    lines += [f"into[{j}] = {_name(field.nodes, i)};" for j, i in enumerate(field.gradient)]
    return _function(f"gradient_{field.name}", ("point", "t", "parameters", "noise", "into"), lines)


def curvature(field: Field) -> str:
    """A function `(point, t, parameters, noise, into)` that writes the second derivatives into an array.

    They are those of the upper triangle, row by row: xx, xy, yy for two coordinates.
    """
    tape = Tape()
    for node in field.nodes:
        tape.record(node.op, *node.args, payload=node.payload)
    rows = [
        tangents(tape, {tape.input(name).index: 1.0}, field.gradient[j:]) for j, name in enumerate(field.coordinates)
    ]
    ends = [_on_tape(tape, tangent) for row in rows for tangent in row]
    lines = _on_field(field, tape.nodes, ends)
    lines += [f"into[{j}] = {_name(tape.nodes, i)};" for j, i in enumerate(ends)]
    return _function(f"curvature_{field.name}", ("point", "t", "parameters", "noise", "into"), lines)


def points(name: str, nodes: Sequence[Node], pairs: Sequence[tuple[int, ...]], parameters: Sequence[str]) -> str:
    """A function `(t, parameters)` that gives a list of points, each a tuple of nodes of one tape."""
    inputs = {**{p: f"parameters.{p}" for p in parameters}, "t": "t"}
    lines = _definitions(nodes, _ancestors(nodes, [i for pair in pairs for i in pair]), inputs)
    listed = ", ".join(f"[{', '.join(_name(nodes, i) for i in pair)}]" for pair in pairs)
    return _function(f"minima_{name}", ("t", "parameters"), [*lines, f"return [{listed}];"])


def _on_tape(tape: Tape, tangent: Tangent) -> int:
    return tangent.index if isinstance(tangent, Value) else tape.record("const", payload=tangent or 0.0).index


def _on_field(field: Field, nodes: Sequence[Node], ends: Sequence[int]) -> list[str]:
    inputs = {name: f"point[{j}]" for j, name in enumerate(field.coordinates)}
    inputs |= {name: f"noise[{j}]" for j, name in enumerate(field.noises)}
    inputs |= {name: f"parameters.{name}" for name in field.parameters} | {"t": "t"}
    return _definitions(nodes, _ancestors(nodes, ends), inputs)


def _definitions(nodes: Sequence[Node], order: Sequence[int], inputs: Mapping[str, str]) -> list[str]:
    """A line for each node but constants, which stand as literals where they are used."""
    lines = []
    for i in order:
        node = nodes[i]
        if node.op == "input":
            lines.append(f"const v{i} = {inputs[str(node.payload)]};")
        elif node.op != "const":
            words = ONE_ELEMENT.get(node.op) or JAVASCRIPT[node.op]
            lines.append(f"const v{i} = {words.format(*(_name(nodes, a) for a in node.args))};")
    return lines


def _name(nodes: Sequence[Node], index: int) -> str:
    node = nodes[index]
    return literal(float(node.payload)) if node.op == "const" else f"v{index}"  # type: ignore[arg-type]


def literal(value: float) -> str:
    """A number as JavaScript writes it, to the last bit.

    >>> literal(1e-8), literal(-0.0), literal(float("-inf"))
    ('1e-08', '(-0.0)', '(-Infinity)')
    """
    if math.isnan(value):
        return "NaN"
    text = repr(abs(value)).replace("inf", "Infinity")
    return f"(-{text})" if math.copysign(1.0, value) < 0 else text


def _function(name: str, arguments: Sequence[str], lines: Sequence[str]) -> str:
    body = "\n".join(f"  {line}" for line in lines)
    safe = re.sub(r"\W", "_", name)  # a lambda's name, for one, is no identifier
    return f"function {safe}({', '.join(arguments)}) {{\n{body}\n}}"


def _ancestors(nodes: Sequence[Node], ends: Sequence[int]) -> list[int]:
    seen: set[int] = set()
    open_ = list(ends)
    while open_:
        index = open_.pop()
        if index not in seen:
            seen.add(index)
            open_.extend(nodes[index].args)
    return sorted(seen)
