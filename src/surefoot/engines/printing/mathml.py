"""MathML: formulas that a browser typesets by itself, with no script and no font of ours."""

from html import escape

from surefoot.engines.printing import latex
from surefoot.engines.printing.formula import ATOM, CHOICE, POWER, PRODUCT, SIGN, SUM, Form, Notation
from surefoot.engines.printing.formula import number as plain_number

_LETTERS = {"epsilon": "ϵ", "phi": "φ"} | {
    name: chr(code)
    for name, code in (
        ("alpha", 0x3B1), ("beta", 0x3B2), ("gamma", 0x3B3), ("delta", 0x3B4), ("zeta", 0x3B6), ("eta", 0x3B7),
        ("theta", 0x3B8), ("kappa", 0x3BA), ("lambda", 0x3BB), ("mu", 0x3BC), ("nu", 0x3BD), ("xi", 0x3BE),
        ("rho", 0x3C1), ("sigma", 0x3C3), ("tau", 0x3C4), ("chi", 0x3C7), ("psi", 0x3C8), ("omega", 0x3C9),
    )
}  # fmt: skip


def name(text: str, *subscripts: str) -> str:
    """A name as a symbol, as `latex.name` has it.

    >>> name("beta1", "k")
    '<msub><mi>β</mi><mrow><mn>1</mn><mo>,</mo><mi>k</mi></mrow></msub>'
    """
    stem, below = latex.parts(text)
    under = [*(f"<mn>{b}</mn>" if b.isdigit() else f"<mi>{escape(b)}</mi>" for b in below), *map(index, subscripts)]
    upright = ' mathvariant="normal"' if len(stem) > 1 and stem not in _LETTERS else ""
    letter = f"<mi{upright}>{escape(_LETTERS.get(stem, stem))}</mi>"
    return f"<msub>{letter}<mrow>{'<mo>,</mo>'.join(under)}</mrow></msub>" if under else letter


def index(text: str) -> str:
    """A subscript such as k+1."""
    head, plus, tail = text.partition("+")
    return f"<mi>{head}</mi><mo>{plus}</mo><mn>{tail}</mn>" if plus else f"<mi>{head}</mi>"


def number(value: float) -> str:
    """A constant."""
    mantissa, _, exponent = plain_number(value).replace("inf", "∞").partition("e")
    if not exponent:
        return f"<mn>{mantissa}</mn>"
    power = f"<msup><mn>10</mn><mn>{int(exponent)}</mn></msup>"
    return power if mantissa == "1" else f"<mn>{mantissa}</mn><mo>·</mo>{power}"


def _between(sign: str) -> str:
    return f"{{}}<mo>{sign}</mo>{{}}"


def _function(word: str, *, arguments: int = 1) -> Form:
    inner = "<mo>,</mo>".join(["{}"] * arguments)
    return Form(f"<mrow><mi>{word}</mi><mo>(</mo>{inner}<mo>)</mo></mrow>", ATOM, (CHOICE,) * arguments)


def _fenced(sign: str) -> Form:
    return Form(f"<mrow><mo>{sign}</mo>{{}}<mo>{sign}</mo></mrow>", ATOM, (CHOICE,))


_COMPARISONS = {"lt": "&lt;", "le": "≤", "gt": "&gt;", "ge": "≥", "eq": "=", "ne": "≠"}

MATHML = Notation(
    forms={
        "add": Form(_between("+"), SUM, (SUM, SUM)),
        "sub": Form(_between("−"), SUM, (SUM, PRODUCT)),
        "mul": Form(_between("&#x2062;"), PRODUCT, (PRODUCT, PRODUCT)),
        **{op: Form(_between(sign), CHOICE, (SUM, SUM)) for op, sign in _COMPARISONS.items()},
        **{word: _function(word) for word in ("sign", "exp", "log", "sin", "cos")},
        "maximum": _function("max", arguments=2),
        "minimum": _function("min", arguments=2),
        "sqrt": Form("<msqrt><mrow>{}</mrow></msqrt>", ATOM, (CHOICE,)),
        "abs": _fenced("|"),
        "norm": _fenced("‖"),
        "div": Form("<mfrac><mrow>{}</mrow><mrow>{}</mrow></mfrac>", POWER, (CHOICE, CHOICE)),
        "neg": Form("<mo>−</mo>{}", SIGN, (PRODUCT,)),
        "pow": Form("<msup><mrow>{}</mrow><mrow>{}</mrow></msup>", POWER, (ATOM, SUM)),
        "square": Form("<msup><mrow>{}</mrow><mn>2</mn></msup>", POWER, (ATOM,)),
        "where": Form(
            "<mrow><mo>{{</mo><mtable><mtr><mtd>{1}</mtd><mtd>{0}</mtd></mtr>"
            "<mtr><mtd>{2}</mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable></mrow>",
            ATOM,
            (CHOICE, SUM, SUM),
        ),
    },
    name=name,
    number=number,
    parentheses="<mrow><mo>(</mo>{}<mo>)</mo></mrow>",
)
