"""The claim about starts: from every one of them, the state being new, the error falls at every step for ever.

By induction. The first step shortens every such error; from there on the error is at most as large as it was, slots
that never fall are at least what that step left them, and from every such state every later step shortens the error.
"""

from collections.abc import Mapping

from surefoot.diagnose.derive.contraction import FAR, shrinkage
from surefoot.diagnose.derive.contraction import Box as States
from surefoot.diagnose.derive.findings import Findings
from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.prove.boxes import Answer, Box
from surefoot.diagnose.prove.statements import Statement
from surefoot.engines.analysis.intervals import ALL, INFINITY, Interval, arb, table
from surefoot.engines.sympy import walk

#: How many steps are followed to find one that lengthens the error.
STEPS = 32


def descent(quadratic: Quadratic, found: Findings) -> Statement:
    """The error falls at every step from every start in the box, whose side `start` is the size of the first error."""
    text = (
        "for every setting and every start in the box, either sign, the state at its first values: |e'| < |e| at every "
        "step; where refuted, a step from every start in the box lengthens the error."
    )

    def ask(box: Box) -> tuple[Answer, str]:
        first = _first(quadratic, box)
        states = States(box["start"], first, _hyper(quadratic, box), box["curvature"], Interval(1.0, 1.0))
        if all(_falls(shrinkage(quadratic, s, arb())) for s in (states, _later(quadratic, found, box))):
            return "proved", ""
        step = _lengthens(quadratic, box)
        return ("undecided", "") if step is None else ("refuted", f"step {step} lengthens the error")

    return Statement("contraction from these starts", text, ask, of_starts=True)


def _falls(shrinkage: Interval) -> bool:
    return shrinkage.low > 0 and shrinkage.high < 2


def _hyper(quadratic: Quadratic, box: Box) -> dict[str, Interval]:
    return {name: box[name] for name in quadratic.hyper}


def _first(quadratic: Quadratic, box: Box) -> dict[str, Interval]:
    """The first values of the state."""
    named = quadratic.rule.start
    return {s: box[named[s]] if s in named else Interval(0.0, 0.0) for s in quadratic.rule.state}


def _later(quadratic: Quadratic, found: Findings, box: Box) -> States:
    """Every error and state that can come after the first step, if the error has never grown."""
    kept = found.structure
    new = [_step(quadratic, box, box["start"], sign, _first(quadratic, box), 1) for sign in (1.0, -1.0)]
    least = {s: max(0.0, min(after[s].low for after in new)) for s in quadratic.graph.state if s in kept.growing}
    slots = {s: Interval(least.get(s, 0.0), FAR) if s in kept.not_negative else ALL for s in quadratic.rule.state}
    return States(
        Interval(0.0, box["start"].high), slots, _hyper(quadratic, box), box["curvature"], Interval(2.0, INFINITY)
    )


def _step(
    quadratic: Quadratic, box: Box, size: Interval, sign: float, state: Mapping[str, Interval], t: int
) -> dict[str, Interval]:
    """The error and the state after a step from an error of this size and sign."""
    ops, graph = table(arb()), quadratic.graph
    error = ops.ops["mul"](size, Interval(sign, sign))
    inputs = {**_hyper(quadratic, box), **state, "x": error, "g": ops.ops["mul"](box["curvature"], error)}
    values = walk(graph, {**inputs, "t": Interval(float(t), float(t))}, ops)
    return {slot: values[end] for slot, end in graph.outputs.items()}


def _lengthens(quadratic: Quadratic, box: Box) -> int | None:
    """The step that makes the error longer from every positive start in the box, if one is found."""
    error, state = box["start"], _first(quadratic, box)
    for t in range(1, STEPS + 1):
        new = _step(quadratic, box, error, 1.0, state, t)
        state = state | {s: new[s] for s in quadratic.graph.state}
        before, after = _size(error), _size(new["x"])
        if after.low >= before.high:
            return t
        error = new["x"]
        if not after.high < INFINITY:
            return None
    return None


def _size(error: Interval) -> Interval:
    return table(arb()).ops["abs"](error)  # type: ignore[no-any-return]
