# ruff: noqa: PLC2401 - names that are not ASCII are what is tested
"""Rules of a user's own, with every feature that ours leave out; and all rules that tests run over, ours and these."""

from typing import Annotated

from surefoot.rules import (
    RULES,
    Accumulator,
    Decay,
    Rate,
    Rule,
    Start,
    Value,
    ema,
    exp,
    facts,
    log,
    maximum,
    minimum,
    norm,
    sign,
    sqrt,
    where,
)
from surefoot.testing.engines import static_choices


def cautious(
    x: Value,
    g: Value,
    Δ: Annotated[Value, Start("début")],
    before: Value,
    *,
    t: Value,
    lr: Rate = 0.05,
    β: Decay = 0.9,
    début: Accumulator = 0.25,
    pow: float = 2.0,
    v9: float = -0.5,
    ascend: bool = False,
) -> tuple[Value, Value, Value]:
    """Exact words only: sign, abs, minimum, where on t and on elements, the x before kept, names that collide."""
    Δ = where(x * g > 0, minimum(1.2 * Δ, 1.0), where(g == 0, Δ, maximum(Δ / 2, 1e-6)))
    warm = where(t < 10, t / 10, 1.0) * pow**v9
    step = lr * warm * sign(g) * Δ + (1 - β) * abs(x - before)
    return x + step if ascend else x - step, Δ, x


@facts("Softsign", "a test", first_step=None, scale_invariant=False)
def soft(
    x: Value,
    g: Value,
    v: Value,
    *,
    t: Value,
    lr: Rate = 0.01,
    power: float = 0.75,
    decay: Decay = 0.9,
    warm: float = 3.0,
) -> tuple[Value, Value]:
    """Elementwise exp, log and pow, and all three on the host."""
    v = ema(v, abs(g) ** power, decay)
    rate = lr * (1 - exp(-t / warm)) / log(t + 1.5) / t**0.25
    return x - rate * sign(g) * log(1 + v) * exp(-v), v


def nested(
    x: Value, g: Value, m: Value, *, t: Value, lr: Rate = 0.01, beta: Decay = 0.9, trust: float = 0.5
) -> tuple[Value, Value]:
    """A norm of what another norm made, numbers a tensor compared and chosen among, a norm returned as state."""
    length = norm(g)
    unit = g / where(length > 0, length, 1.0)
    u = ema(m, unit, beta)
    stride = norm(u + trust * unit * norm(x))
    return x - lr * minimum(stride, 1.0) * u / maximum(sqrt(stride), 0.125), u


def plain_return(x: Value, g: Value, last: Value, *, t: Value, lr: Rate = 0.1) -> tuple[Value, Value]:
    """State that is the gradient itself."""
    return x - lr * (2 * g - last), g


OWN = tuple(Rule.of(function) for function in (cautious, soft, nested, plain_return))
EVERY = (*RULES.values(), *OWN)
#: Every rule under every combination of its static options.
CHOSEN = [(rule, static) for rule in EVERY for static in static_choices(rule)]


def named(argument: object) -> str | None:
    """A test's name for a rule or its options."""
    if isinstance(argument, Rule):
        return argument.name
    return "-".join(map(str, argument.values())) or "plain" if isinstance(argument, dict) else None
