r"""LaTeX: a rule's step as its graph has it, a line for each state slot and one for the parameter.

Operations stand in source order and are not simplified, so that what is typeset is what is computed.
"""

import re

from surefoot.engines.graph import Graph
from surefoot.engines.printing import formula
from surefoot.engines.printing.formula import (
    ATOM,
    CHOICE,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    Form,
    Notation,
    functions,
    operators,
)

#: Hyperparameters that the field writes as one letter.
LETTERS = {"lr": "eta", "eps": "epsilon", "weight_decay": "lambda"}
GREEK = frozenset(
    (
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi",
        "rho", "sigma", "tau", "phi", "chi", "psi", "omega",
    )
)  # fmt: skip


def parts(text: str) -> tuple[str, list[str]]:
    """A name's letter, spelt out if Greek, and its subscripts.

    >>> parts("lr"), parts("beta1"), parts("v_max")
    (('eta', []), ('beta', ['1']), ('v', ['max']))
    """
    if text in LETTERS:
        return LETTERS[text], []
    word, _, rest = text.partition("_")
    letters, digits = re.fullmatch(r"(.*?)(\d*)", word).groups()  # type: ignore[union-attr]
    return letters, [part for part in (digits, rest) if part]


def name(text: str, *subscripts: str) -> str:
    r"""A name as a symbol: Greek where it is spelt so, its digits and what follows an underscore as subscripts.

    >>> name("lr"), name("beta1"), name("v_max", "t-1"), name("warm")
    ('\\eta', '\\beta_{1}', 'v_{\\mathrm{max},t-1}', '\\mathrm{warm}')
    """
    letters, below = parts(text)
    stem = f"\\{letters}" if letters in GREEK else letters if len(letters) == 1 else rf"\mathrm{{{letters}}}"
    upright = [b if b.isdigit() else rf"\mathrm{{{b}}}".replace("_", r"\_") for b in below]
    under = ",".join([*upright, *subscripts])
    return f"{stem}_{{{under}}}" if under else stem


def number(value: float) -> str:
    r"""A constant, in powers of ten where it has an exponent.

    >>> number(1e-8), number(0.5), number(float("inf"))
    ('10^{-8}', '0.5', '\\infty')
    """
    mantissa, _, exponent = formula.number(value).replace("inf", r"\infty").partition("e")
    if not exponent:
        return mantissa
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"


_SIGNS = {"lt": "<", "le": r"\le", "gt": ">", "ge": r"\ge", "eq": "=", "ne": r"\ne"}
_NAMED = {word: rf"\{word}" for word in ("exp", "log", "sin", "cos")} | {"sign": r"\operatorname{{sign}}"}

LATEX = Notation(
    forms={
        **operators("{} + {}", "{} - {}", r"{} \, {}", {op: f"{{}} {sign} {{}}" for op, sign in _SIGNS.items()}),
        **functions(r"NAME\left({}\right)", _NAMED),
        **functions(r"NAME\left({}, {}\right)", {"maximum": r"\max", "minimum": r"\min"}),
        "sqrt": Form(r"\sqrt{{{}}}", ATOM, (CHOICE,)),
        "abs": Form(r"\left|{}\right|", ATOM, (CHOICE,)),
        "norm": Form(r"\left\|{}\right\|", ATOM, (CHOICE,)),
        "div": Form(r"\frac{{{}}}{{{}}}", POWER, (CHOICE, CHOICE)),
        "neg": Form("-{}", SIGN, (PRODUCT,)),
        "pow": Form("{}^{{{}}}", POWER, (ATOM, SUM)),
        "square": Form("{}^{{2}}", POWER, (ATOM,)),
        "where": Form(r"\begin{{cases}} {1} & {0} \\ {2} & \text{{otherwise}} \end{{cases}}", ATOM, (CHOICE, SUM, SUM)),
    },
    name=name,
    number=number,
    parentheses=r"\left({}\right)",
)


def equations(graph: Graph) -> list[str]:
    r"""The step as LaTeX: every new state slot, what is used more than once, then the new parameter.

    >>> from surefoot.rules import find
    >>> print("\n".join(equations(Graph.of(find("momentum")))))
    m_{t} = \beta \, m_{t-1} + g_{t}
    x_{t+1} = x_{t} - \eta \, m_{t}
    """
    known: dict[int, formula.Text] = {}
    for i in graph.needed:
        node = graph.nodes[i]
        if node.op == "input" and node.payload in graph.slots:
            slot = str(node.payload)
            known[i] = name(slot, "t" if slot in ("x", "g") else "t-1"), ATOM
    lines = []
    for label, end in formula.steps(graph):
        lines.append(f"{name(label, 't')} = {formula.write(graph, end, LATEX, known)}")
        known.setdefault(end, (name(label, "t"), ATOM))
    return [*lines, f"{name('x', 't+1')} = {formula.write(graph, graph.outputs['x'], LATEX, known)}"]


def source(graph: Graph) -> str:
    """The equations, aligned, to stand in a display."""
    rows = [line.replace(" = ", " &= ", 1) for line in equations(graph)]
    return "\n".join([r"\begin{aligned}", " \\\\\n".join(rows), r"\end{aligned}"])
