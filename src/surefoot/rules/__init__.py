"""The update rules, each written once, and the words they are written in.

A rule of your own is a function in these words:

>>> from surefoot.rules import Rate, Rule, sign
>>> def signsgd(x, g, *, t, lr: Rate = 0.01):
...     return x - lr * sign(g)
>>> Rule.of(signsgd).hyper["lr"].limits(0.01)
(0.0001, 1.0)
"""

from surefoot.rules.catalogue import CHAPTER, RULES, find
from surefoot.rules.domains import (
    Accumulator,
    BiasCorrection,
    Coefficient,
    Decay,
    Domain,
    Epsilon,
    EpsPlace,
    Momentum,
    Rate,
    Start,
)
from surefoot.rules.facts import Facts, facts
from surefoot.rules.rule import Rule
from surefoot.rules.vocabulary import (
    OPERATIONS,
    Value,
    cos,
    debias,
    ema,
    exp,
    log,
    maximum,
    minimum,
    norm,
    root,
    sign,
    sin,
    sqrt,
    where,
)

__all__ = [
    "CHAPTER",
    "OPERATIONS",
    "RULES",
    "Accumulator",
    "BiasCorrection",
    "Coefficient",
    "Decay",
    "Domain",
    "EpsPlace",
    "Epsilon",
    "Facts",
    "Momentum",
    "Rate",
    "Rule",
    "Start",
    "Value",
    "cos",
    "debias",
    "ema",
    "exp",
    "facts",
    "find",
    "log",
    "maximum",
    "minimum",
    "norm",
    "root",
    "sign",
    "sin",
    "sqrt",
    "where",
]
