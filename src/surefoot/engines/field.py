"""A landscape: a loss of a few coordinates, written once as a plain function; its gradient is derived.

The function takes its coordinates, then after a star what it likes of `t` (the step count, for a landscape that moves),
`noise_x`, `noise_y`, ... (a number drawn anew each step, one a coordinate), and parameters with a default:

>>> def ravine(x, y, *, t, condition=100.0):
...     return 0.5 * (x * x + condition * y * y)
>>> field = Field.of(ravine)
>>> field.coordinates, field.parameters
(('x', 'y'), {'condition': 100.0})
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surefoot.engines.analysis.derivative import tangents
from surefoot.engines.evaluate import Table
from surefoot.engines.graph import ancestors
from surefoot.errors import UserError, did_you_mean
from surefoot.rules.vocabulary import COMPARISONS, Node, Tape, Value

NOISE = "noise_"


@dataclass(frozen=True, eq=False)
class Field:
    """A traced landscape.

    Attributes:
        name: the function's name. coordinates: names of the coordinates, in order.
        parameters: name to default. noises: the noise inputs it takes, `noise_` and the name of a coordinate.
        moves: whether it takes `t`.
        nodes: operations in source order. loss: node of the loss. gradient: node of each partial derivative.
    """

    name: str
    coordinates: tuple[str, ...]
    parameters: Mapping[str, float]
    noises: tuple[str, ...]
    moves: bool
    nodes: tuple[Node, ...]
    loss: int
    gradient: tuple[int, ...]

    @classmethod
    def of(cls, function: "Callable[..., Any] | Field") -> "Field":
        """Trace `function(x, y, ..., *, t, noise_x, ..., parameter=1.0)` and derive its gradient.

        Raises:
            UserError: if the signature declares no landscape, or the function uses what is no word of the rules.
        """
        if isinstance(function, Field):
            return function
        name = getattr(function, "__name__", type(function).__name__)
        coordinates, keywords = _declaration(name, function)
        parameters = {p.name: _default(name, p) for p in keywords if p.name != "t" and not p.name.startswith(NOISE)}
        noises = tuple(p.name for p in keywords if p.name.startswith(NOISE))
        for noise in noises:
            if noise.removeprefix(NOISE) not in coordinates:
                raise UserError(
                    f"landscape {name}: {noise} must be {NOISE} and the name of a coordinate, "
                    f"one of {', '.join(coordinates)}"
                )
        tape = Tape()
        inputs = {n: tape.input(n) for n in (*coordinates, *(p.name for p in keywords))}
        loss = _loss(name, function, [inputs[c] for c in coordinates], {p.name: inputs[p.name] for p in keywords})
        gradient = tuple(_partial(tape, inputs[c], loss) for c in coordinates)
        moves = "t" in {p.name for p in keywords}
        return cls(name, coordinates, parameters, noises, moves, tuple(tape.nodes), loss.index, gradient)

    def evaluate(self, table: Table, coordinates: Sequence[Any], **inputs: Any) -> tuple[Any, tuple[Any, ...]]:
        """Loss and gradient at a point, in an engine's values.

        Args:
            table: the engine; a constant comes back as its `scalar` makes it.
            coordinates: a value a coordinate. inputs: `t` if the landscape takes it; noises (0 where not given) and
                parameters (their defaults where not given), as values of the engine.

        Raises:
            UserError: for an unknown input, a missing `t`, or the wrong number of coordinates.

        >>> from surefoot.engines.numpy import table
        >>> def bowl(x, y, *, depth=1.0):
        ...     return depth * (x * x + y * y)
        >>> loss, (along_x, along_y) = Field.of(bowl).evaluate(table("float64"), (3.0, 4.0))
        >>> float(loss), float(along_x), float(along_y)
        (25.0, 6.0, 8.0)
        """
        values = self._inputs(table, coordinates, inputs)
        for i in ancestors(self.nodes, (self.loss, *self.gradient)):
            node = self.nodes[i]
            if node.op == "const":
                values[i] = table.scalar(float(node.payload))  # type: ignore[arg-type]
            elif node.op != "input":
                values[i] = table.ops[node.op](*(values[a] for a in node.args))
        return values[self.loss], tuple(values[i] for i in self.gradient)

    def _inputs(self, table: Table, coordinates: Sequence[Any], inputs: Mapping[str, Any]) -> dict[int, Any]:
        if len(coordinates) != len(self.coordinates):
            raise UserError(
                f"landscape {self.name} has {len(self.coordinates)} coordinates ({', '.join(self.coordinates)}), "
                f"got {len(coordinates)}"
            )
        known = [*self.parameters, *self.noises, "t"]
        for name in inputs:
            if name not in known:
                raise UserError(f"landscape {self.name} takes no {name!r}; {did_you_mean(name, known)}")
        if self.moves and "t" not in inputs:
            raise UserError(f"landscape {self.name} moves with the step count: give t")
        given = dict(zip(self.coordinates, coordinates, strict=True)) | dict(inputs)
        rest = {**self.parameters, **dict.fromkeys(self.noises, 0.0)}
        return {
            i: given[str(node.payload)] if str(node.payload) in given else table.scalar(rest[str(node.payload)])
            for i, node in enumerate(self.nodes)
            if node.op == "input"
        }


def _partial(tape: Tape, coordinate: Value, loss: Value) -> int:
    (tangent,) = tangents(tape, {coordinate.index: 1.0}, [loss.index])
    if isinstance(tangent, Value):
        return tangent.index
    return tape.record("const", payload=tangent or 0.0).index


def _declaration(name: str, function: Callable[..., Any]) -> tuple[tuple[str, ...], list[inspect.Parameter]]:
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError) as error:
        raise UserError(f"landscape {name} must be a Python function with a readable signature: {error}") from error
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    coordinates = tuple(p.name for p in parameters if p.kind in kinds)
    spread = [p.name for p in parameters if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if not coordinates or spread:
        raise UserError(
            f"landscape {name} must take its coordinates by name, then a star, then t, noise and parameters: "
            f"def {name}(x, y, *, t, condition=100.0)"
        )
    for p in parameters:
        if p.kind in kinds and p.default is not p.empty:
            raise UserError(f"landscape {name}: coordinate {p.name} cannot have a default; parameters follow the star")
    return coordinates, [p for p in parameters if p.kind is p.KEYWORD_ONLY]


def _default(name: str, parameter: inspect.Parameter) -> float:
    value = parameter.default
    if isinstance(value, bool) or not isinstance(value, int | float):
        came = "none" if value is parameter.empty else repr(value)
        raise UserError(f"landscape {name}: parameter {parameter.name} must have a number as its default, got {came}")
    return float(value)


def _loss(name: str, function: Callable[..., Any], coordinates: list[Value], keywords: dict[str, Value]) -> Value:
    try:
        loss = function(*coordinates, **keywords)
    except Exception as error:
        text = str(error).splitlines()[0] if str(error) else ""
        reason = text if isinstance(error, UserError) else f"{type(error).__name__}: {text}"
        raise UserError(f"landscape {name} cannot be traced: {reason}") from error
    if not isinstance(loss, Value):
        raise UserError(f"landscape {name} must return one value, its loss, got {type(loss).__name__}")
    nodes = loss.tape.nodes
    if nodes[loss.index].op in COMPARISONS:
        raise UserError(f"landscape {name} returns a comparison; make it a number by where(condition, 1.0, 0.0)")
    if any(node.op == "norm" for node in nodes):
        raise UserError(f"landscape {name} takes a norm of one number; write abs(x), or sqrt(x * x + y * y)")
    return loss
