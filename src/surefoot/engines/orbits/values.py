"""The values of a composed map's nodes in one loop over the lanes, printed as LLVM IR.

A loop's body loads what it needs of the scratch (arrays of one number a lane), computes, and stores. `%l` is the lane,
`%orbit` the orbit that it holds.
"""

from collections.abc import Iterable, Mapping, Sequence

from surefoot.engines.cpu.llvm import INSTRUCTIONS, literal
from surefoot.engines.orbits import powers
from surefoot.engines.orbits.composed import CLOCKS, Map
from surefoot.rules.vocabulary import COMPARISONS

#: Floating type to word to instructions, as in `INSTRUCTIONS`.
Library = Mapping[str, Mapping[str, Sequence[str]]]


class Values:
    """The values of one lane's nodes in one loop: prints each when asked, converts between the two floating types.

    Args:
        growing: nodes that are running products, each in a row of the scratch.
        rows: fixed values that the steps read, node and type to their row; those asked for are added.
        library: for each floating type, instructions for words other than the usual ones.
    """

    def __init__(
        self,
        map_: Map,
        type_: str,
        growing: Iterable[int],
        rows: dict[tuple[int, str], str],
        within_steps: bool,
        library: Library | None = None,
    ) -> None:
        self.map = map_
        self.type = type_
        self.growing = growing
        self.rows = rows
        self.within_steps = within_steps
        self.library = library or {}
        self._printed: set[str] = set()

    def compute(self, index: int) -> list[str]:
        """The instructions that give a node its value, those for converting its arguments included."""
        node, name = self.map.nodes[index], f"%n{index}"
        if node.op == "const":
            return []
        if node.op == "input":
            return self._input(index, str(node.payload))
        if index in self.growing:
            return scratch(f"n{index}", f"power{index}", "double")
        lines: list[str] = []
        if node.op == "norm":
            return self._norm(index, lines)
        ty = self.type_of(index)
        operands = [self.number(a, ty, lines) for a in node.args[node.op == "where" :]]
        if node.op == "where":
            operands.insert(0, self._condition(node.args[0], lines))
        f = {"float": "f32", "double": "f64"}[ty]
        return lines + ["  " + line.format(*operands, n=name, ty=ty, f=f) for line in self._words(index, ty)]

    def _words(self, index: int, ty: str) -> Sequence[str]:
        """The instructions for a node's operation."""
        node = self.map.nodes[index]
        if node.op == "pow":
            exponent = self.map.nodes[node.args[1]].payload
            if exponent in powers.SIMPLE:
                return powers.words(float(exponent))
        return self.library.get(ty, {}).get(node.op) or INSTRUCTIONS[node.op]

    def type_of(self, index: int) -> str:
        """The floating type a node is computed in."""
        return "double" if index in self.map.wide else self.type

    def number(self, index: int, ty: str, lines: list[str]) -> str:
        """The operand for a node as a number of some type; what must be printed for it is added to the lines."""
        node = self.map.nodes[index]
        if node.op == "const":
            return literal(float(node.payload), ty)  # type: ignore[arg-type]
        if self.within_steps and index in self.map.fixed:
            row = self.rows.setdefault((index, ty), f"fixed{index}_{ty}")
            return self._once(f"n{index}_{ty}", scratch(f"n{index}_{ty}", row, ty), lines)
        if node.op in COMPARISONS:
            word = f"n{index}_as_{ty}"
            return self._once(word, [f"  %{word} = uitofp i1 %n{index} to {ty}"], lines)
        own, name = self.type_of(index), "%t" if node.payload in CLOCKS else f"%n{index}"
        if own == ty:
            return name
        word = f"n{index}_as_{ty}"
        convert = "fptrunc" if ty == "float" else "fpext"
        return self._once(word, [f"  %{word} = {convert} {own} {name} to {ty}"], lines)

    def _once(self, word: str, printed: Iterable[str], lines: list[str]) -> str:
        if word not in self._printed:
            self._printed.add(word)
            lines += printed
        return f"%{word}"

    def _condition(self, index: int, lines: list[str]) -> str:
        if not (self.within_steps and index in self.map.fixed):
            return f"%n{index}"
        ty = self.type
        operand = self.number(index, ty, lines)
        return self._once(f"holds{index}", [f"  %holds{index} = fcmp une {ty} {operand}, 0.0"], lines)

    def _input(self, index: int, name: str) -> list[str]:
        if name in self.map.parameters:
            row = list(self.map.parameters).index(name)
            return matrix(f"n{index}", "parameters", row, "double")
        if name in self.map.next:
            return scratch(f"n{index}", f"v{self.map.variables.index(name)}", self.type)
        if name in self.map.noises:
            return scratch(f"n{index}", f"noise{self.map.noises.index(name)}", "double")
        return []  # the step count, which the loop over steps computes

    def _norm(self, index: int, lines: list[str]) -> list[str]:
        """The root of the sum of squares over the coordinates, in float64."""
        total = ""
        for k, argument in enumerate(self.map.nodes[index].args):
            x = self.number(argument, "double", lines)
            lines.append(f"  %square{index}_{k} = fmul double {x}, {x}")
            if total:
                lines.append(f"  %sum{index}_{k} = fadd double {total}, %square{index}_{k}")
            total = f"%sum{index}_{k}" if total else f"%square{index}_{k}"
        if self.type_of(index) == "double":
            return [*lines, f"  %n{index} = call double @llvm.sqrt.f64(double {total})"]
        lines.append(f"  %root{index} = call double @llvm.sqrt.f64(double {total})")
        return [*lines, f"  %n{index} = fptrunc double %root{index} to float"]


def scratch(name: str, row: str, ty: str) -> list[str]:
    """A load of the lane's number in a row of the scratch."""
    return [
        f"  %at_{name} = getelementptr {ty}, ptr %{row}, i64 %l",
        f"  %{name} = load {ty}, ptr %at_{name}, !llvm.access.group !0",
    ]


def store(operand: str, row: str, ty: str, name: str) -> list[str]:
    """A store of the lane's number into a row of the scratch."""
    return [
        f"  %to_{name} = getelementptr {ty}, ptr %{row}, i64 %l",
        f"  store {ty} {operand}, ptr %to_{name}, !llvm.access.group !0",
    ]


def load(name: str, array: str, index: str, ty: str, step: str = "") -> list[str]:
    """A load from an array, whose elements are of another size than the type where `step` says so."""
    return [
        f"  %at_{name} = getelementptr {step or ty}, ptr {array}, i64 {index}",
        f"  %{name} = load {ty}, ptr %at_{name}",
    ]


def matrix(name: str, array: str, row: int, ty: str) -> list[str]:
    """A load of the orbit's number in one row of a matrix."""
    return [
        f"  %row_{name} = mul i64 {row}, %orbits",
        f"  %cell_{name} = add i64 %row_{name}, %orbit",
        *load(name, f"%{array}", f"%cell_{name}", ty),
    ]
