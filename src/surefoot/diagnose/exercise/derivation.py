"""Part (a): the recurrence, line by line, each line checked by SymPy against the rule's own function."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from surefoot.diagnose.exercise.update import UPDATE
from surefoot.engines.graph import Graph


@dataclass(frozen=True)
class Line:
    """A step of the derivation.

    Attributes:
        formula: LaTeX. reason: why it follows, a sentence. check: what was handed to SymPy, in words.
        difference: what SymPy made of left side less right side; the line holds if it is `0`.
    """

    formula: str
    reason: str
    check: str
    difference: str

    @property
    def holds(self) -> bool:
        """Whether SymPy reduced the difference to 0."""
        return self.difference == "0"


def lines() -> tuple[Line, ...]:
    """The derivation."""
    import sympy as sp  # noqa: PLC0415 - takes a while to load

    s = _symbols()
    x, target, e, v, lr, beta, eps, h = (s[n] for n in ("x", "target", "e", "v", "lr", "beta", "eps", "h"))
    new_x, new_v = _step(x, x - target)
    moved = (new_x - target).subs(x, target + e)
    moment = new_v.subs(x, target + e)
    factor = 1 - lr / sp.sqrt(beta * v + (1 - beta) * e**2 + eps)
    curved = (_step(x, h * (x - target))[0] - target).subs(x, target + e)
    e0, v0, u, w, rho = sp.symbols("e_{k-1} v_{k-1} u w rho", positive=True)
    back = {e: e0, v: v0}
    scaled = curved.subs({lr: rho * sp.sqrt(eps) / h, e: u * sp.sqrt(eps) / h, v: w * eps}) * h / sp.sqrt(eps)
    return (
        _line(
            r"g_k = x_k - x^* = e_k",
            "The gradient of the loss is the error itself.",
            "derivative of (x − x*)²/2, less e",
            sp.diff((x - target) ** 2 / 2, x).subs(x, target + e) - e,
        ),
        _line(
            r"e_{k+1} = x_{k+1} - x^* = e_k - \frac{\eta}{\sqrt{v_{k+1} + \epsilon}} e_k",
            "Take x* from both sides of the update and write e for the difference.",
            "the rule’s own new x, less x*, less the right side",
            moved - (e - lr * e / sp.sqrt(moment + eps)),
        ),
        _line(
            r"e_{k+1} = \left( 1 - \frac{\eta}{\sqrt{v_{k+1} + \epsilon}} \right) e_k",
            "The error stands in both terms: every step multiplies it by one number.",
            "the same, less the product",
            moved - (1 - lr / sp.sqrt(moment + eps)) * e,
        ),
        _line(
            r"e_{k+1} = \left( 1 - \frac{\eta}{\sqrt{\beta v_k + (1-\beta) e_k^2 + \epsilon}} \right) e_k",
            "Put in the update of v: nothing is left but the state of step k.",
            "the same, less this product",
            moved - factor * e,
        ),
        _line(
            r"e_k = \left( 1 - \frac{\eta}{\sqrt{v_k + \epsilon}} \right) e_{k-1}, "
            r"\quad v_k = \beta v_{k-1} + (1-\beta) e_{k-1}^2",
            "The same a step earlier. This is the recurrence asked for.",
            "line 4 at k − 1, less this with v put in",
            (factor * e).subs(back, simultaneous=True) - (1 - lr / sp.sqrt(moment.subs(back) + eps)) * e0,
        ),
        _line(
            r"e_{k+1} = \left( 1 - \frac{\eta h}{\sqrt{\beta v_k + (1-\beta) h^2 e_k^2 + \epsilon}} \right) e_k",
            "On a loss of curvature h the gradient is h e. The exercise has h = 1.",
            "the rule’s step with the gradient h e, less the right side",
            curved - (1 - lr * h / sp.sqrt(beta * v + (1 - beta) * h**2 * e**2 + eps)) * e,
        ),
        _line(
            r"u_{k+1} = \left( 1 - \frac{\rho}{\sqrt{\beta w_k + (1-\beta) u_k^2 + 1}} \right) u_k, "
            r"\quad \rho = \frac{\eta h}{\sqrt{\epsilon}}",
            "In units of √ε, that is u = h e/√ε and w = v/ε, four numbers become two: ρ and β decide everything.",
            "line 6 in these units, less the right side",
            scaled - (1 - rho / sp.sqrt(beta * w + (1 - beta) * u**2 + 1)) * u,
        ),
    )


def decrease() -> Line:
    """The identity on which part (b) stands."""
    import sympy as sp  # noqa: PLC0415

    e, lr, root = sp.symbols("e eta s", positive=True)
    return _line(
        r"e_{k+1}^2 - e_k^2 = - \frac{\eta}{s} \left( 2 - \frac{\eta}{s} \right) e_k^2, "
        r"\quad s = \sqrt{v_{k+1} + \epsilon}",
        "Square line 3.",
        "left side less right side",
        ((1 - lr / root) * e) ** 2 - e**2 + lr / root * (2 - lr / root) * e**2,
    )


@cache
def _symbols() -> dict[str, Any]:
    import sympy as sp  # noqa: PLC0415

    real = {"x": sp.Symbol("x", real=True), "target": sp.Symbol("x*", real=True), "e": sp.Symbol("e_k", real=True)}
    names = {"v": "v_k", "lr": "eta", "beta": "beta", "eps": "epsilon", "h": "h"}
    return real | {name: sp.Symbol(text, positive=True) for name, text in names.items()}


def _step(x: Any, gradient: Any) -> tuple[Any, Any]:
    """The rule's new parameter and new average of squares, as SymPy evaluates its graph."""
    from surefoot.engines.sympy import walk  # noqa: PLC0415

    s = _symbols()
    graph = Graph.of(UPDATE)
    (state,) = graph.state
    values = walk(graph, {"x": x, "g": gradient, state: s["v"], "lr": s["lr"], "beta": s["beta"], "eps": s["eps"]})
    return values[graph.outputs["x"]], values[graph.outputs[state]]


def _line(formula: str, reason: str, check: str, difference: Any) -> Line:
    import sympy as sp  # noqa: PLC0415

    return Line(formula, reason, check, str(sp.simplify(difference)))
