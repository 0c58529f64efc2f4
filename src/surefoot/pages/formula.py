r"""Formulas in MathML, from the little of LaTeX that our pages need: browsers typeset it, and no font is loaded.

>>> print(inline("x^2"))
<math><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>
"""

import re

from markupsafe import Markup, escape

_TOKEN = re.compile(r"\\[a-zA-Z]+|\\[,;|]|\d+(?:\.\d+)?|\s+|.")

#: Commands that stand for one identifier.
LETTERS = {
    "alpha": "α", "beta": "β", "epsilon": "ε", "eta": "η", "rho": "ρ", "infty": "∞", "lambda": "λ",
    "dots": "…",
}  # fmt: skip
#: Commands and characters that stand for one operator.
OPERATORS = {
    "le": "≤", "ge": "≥", "ne": "≠", "approx": "≈", "to": "→", "iff": "⟺", "Rightarrow": "⇒", "cdot": "·", "in": "∈",
    "ll": "≪", "gg": "≫", "pm": "±", "mapsto": "↦", "sim": "∼", "-": "−", "*": "∗", "max": "max", "min": "min",
}  # fmt: skip
#: Commands with arguments, and how many.
_SHAPES = {
    "frac": ("<mfrac>{}{}</mfrac>", 2),
    "sqrt": ("<msqrt>{}</msqrt>", 1),
    "hat": ('<mover accent="true">{}<mo>^</mo></mover>', 1),
}
_SPACES = {",": "0.17em", ";": "0.28em", "quad": "1em"}


def inline(latex: str) -> Markup:
    """A formula within a line of text."""
    return Markup("<math>{}</math>").format(_Reader(latex).row(until=""))


def display(latex: str) -> Markup:
    r"""Formulas on lines of their own, one for each part that `, \quad` separates."""
    lines = re.split(r",\s*\\quad\s*", latex)
    block = Markup('<math display="block">{}</math>')
    return Markup("").join(block.format(_Reader(line).row(until="")) for line in lines)


class _Reader:
    """Reads one formula; every command it does not know is an error, so that none is lost."""

    def __init__(self, latex: str) -> None:
        self.tokens = [t for t in _TOKEN.findall(latex) if not t.isspace()]
        self.at = 0

    def row(self, until: str) -> Markup:
        """All parts up to a closing token, with their sub- and superscripts."""
        parts: list[Markup] = []
        while self.at < len(self.tokens) and self.tokens[self.at] != until:
            parts.append(self._scripted())
        self.at += bool(until)
        return Markup("<mrow>{}</mrow>").format(Markup("").join(parts))

    def _scripted(self) -> Markup:
        base, scripts = self._part(), {}
        while self.at < len(self.tokens) and self.tokens[self.at] in "_^":
            mark = self.tokens[self.at]
            self.at += 1
            scripts[mark] = self._part()
        if len(scripts) == 2:
            return Markup("<msubsup>{}{}{}</msubsup>").format(base, scripts["_"], scripts["^"])
        if scripts:
            ((mark, script),) = scripts.items()
            name = "msub" if mark == "_" else "msup"
            return Markup(f"<{name}>{{}}{{}}</{name}>").format(base, script)
        return base

    def _part(self) -> Markup:
        token = self.tokens[self.at]
        self.at += 1
        if token == "{":
            return self.row(until="}")
        if token.startswith("\\"):
            return self._command(token[1:])
        if token[0].isdigit():
            return Markup("<mn>{}</mn>").format(token)
        if token.isalpha():
            return Markup("<mi>{}</mi>").format(token)
        # A bracket keeps its size unless \\left or \\right says otherwise; a bar stands close on both sides.
        look = {"|": ' stretchy="false" lspace="0" rspace="0"'}.get(
            token, ' stretchy="false"' if token in "()[]" else ""
        )
        return Markup("<mo{}>{}</mo>").format(Markup(look), OPERATORS.get(token, token))

    def _command(self, name: str) -> Markup:
        if name in _SHAPES:
            shape, arguments = _SHAPES[name]
            return Markup(shape).format(*(self._part() for _ in range(arguments)))
        if name == "text":
            return self._text()
        if name in ("left", "right"):
            self.at += 1
            return Markup("<mo>{}</mo>").format(self.tokens[self.at - 1])
        if name in _SPACES:
            return Markup('<mspace width="{}"/>').format(_SPACES[name])
        if name in LETTERS:
            return Markup("<mi>{}</mi>").format(LETTERS[name])
        return Markup("<mo>{}</mo>").format(OPERATORS[name])

    def _text(self) -> Markup:
        end = self.tokens.index("}", self.at)
        words = " ".join("".join(self.tokens[self.at + 1 : end]).split("~"))
        self.at = end + 1
        return Markup("<mtext>{}</mtext>").format(escape(f" {words} "))
