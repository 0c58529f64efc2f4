"""LLVM IR, printed: a composed map iterated, the step loop inside, many orbits side by side.

One function, `void pass0(ptr block)`, over the plan whose addresses stand in the block (see `ARRAYS`). It takes the
next `LANES` orbits that nobody has taken until none is left, so any number of threads may call it at once. Their
variables stay in a small scratch for all steps; within a step a loop runs over the lanes, which LLVM vectorises. The
last chunk is filled up by repeating its last orbit, so that this loop always has the same length. Where a lane asks for
the sine or cosine of something huge, which that loop cannot give, the step is made again by a slow one that can.

What depends on parameters alone is computed once, before the steps. `a ** t` of a fixed `a` is a running product. No
flag allows another rounding than NumPy's. Numbers below the smallest normal one count as zero, as flags of the thread
that the function sets and puts back: an orbit that has converged would else take a hundred times as long.
"""

import re
from collections.abc import Iterable, Sequence

from surefoot.engines.cpu.flush import FLUSHED
from surefoot.engines.cpu.llvm import literal
from surefoot.engines.orbits import transcendental
from surefoot.engines.orbits.composed import CLOCKS, Map
from surefoot.engines.orbits.values import Library, Values, load, matrix, scratch, store

#: Orbits that are stepped side by side.
LANES = 64
#: What the block points to, in order. variables: (variables, orbits); parameters: (parameters, orbits) float64; noise:
#: (steps, noises, columns) float64; path: (records, keeps, orbits); kept: each variable's row in a record, or -1; tail:
#: (4 a coordinate, orbits) float64; stayed: (orbits,) int64, the steps within bounds; taken: (1,), the chunks taken.
ARRAYS = ("variables", "parameters", "noise", "path", "kept", "tail", "stayed", "taken")
#: Then numbers. steps: looked at before each step, so that 0, written meanwhile, ends the run; spread: 1 if each orbit
#: has its own noise, else 0; every: steps from record to record, 0 for none; after: how many steps stand before the
#: tail; bound: as the bits of a double.
NUMBERS = ("orbits", "steps", "first", "spread", "columns", "every", "keeps", "after", "bound")
#: Of each coordinate, over the tail: how it begins, and how a number is taken in.
TAIL = {"low": ("inf", "olt"), "high": ("-inf", "ogt"), "nearest": ("inf", "olt"), "sum": ("0", "")}

BYTES = {"float": 4, "double": 8, "i64": 8}
_FAST: Library = {ty: transcendental.near(ty) for ty in ("float", "double")}
_ANYWHERE: Library = {ty: transcendental.anywhere(ty) for ty in ("float", "double")}


def module(map_: Map, dtype: str) -> str:
    """The whole module for a map, its variables in `float32` or `float64`."""
    printer = _Printer(map_, {"float32": "float", "float64": "double"}[dtype])
    declarations = [
        f"declare {ty} @llvm.{name}.{f}({', '.join([ty] * arity)})"
        for ty, f in (("float", "f32"), ("double", "f64"))
        for name, arity in (
            ("sqrt", 1),
            ("fabs", 1),
            ("exp", 1),
            ("log", 1),
            ("sin", 1),
            ("cos", 1),
            ("pow", 2),
            ("fmuladd", 3),
        )
    ]
    declarations.append("declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)")
    metadata = [
        "!0 = distinct !{}",
        "!1 = distinct !{!1, !2, !3}",
        '!2 = !{!"llvm.loop.parallel_accesses", !0}',
        '!3 = !{!"llvm.loop.vectorize.enable", i1 true}',
        "!4 = distinct !{!4, !5, !6}",  # for loops that run once a chunk: short code, soon compiled
        '!5 = !{!"llvm.loop.vectorize.enable", i1 false}',
        '!6 = !{!"llvm.loop.unroll.disable"}',
    ]
    words = [transcendental.functions({map_.nodes[i].op for i in map_.needed})] if printer.limited else []
    return "\n\n".join([printer.function(), *words, FLUSHED, "\n".join(declarations), "\n".join(metadata)]) + "\n"


class _Printer:
    """Prints one map in one floating type."""

    def __init__(self, map_: Map, type_: str) -> None:
        self.map = map_
        self.type = type_
        self.width = {"float": 4, "double": 8}[type_]
        self.names = map_.variables
        self.coordinates = map_.coordinates
        nodes = map_.nodes
        #: Nodes whose words hold in the fast loop only up to a size.
        self.limited = [i for i in map_.needed if i not in map_.fixed and nodes[i].op in transcendental.LIMITED]
        #: Powers of a fixed number to the step count, and that number.
        self.powers = {
            i: nodes[i].args[0]
            for i in map_.needed
            if nodes[i].op == "pow" and nodes[i].args[0] in map_.fixed and nodes[nodes[i].args[1]].payload in CLOCKS
        }
        self.rows: dict[tuple[int, str], str] = {}  # fixed values that the steps read: node and type to their scratch

    def function(self) -> str:
        steps = self._steps()  # printed first: it says which fixed values are to be kept
        lines = ["define internal void @orbits(ptr %block) noinline {", "entry:"]
        for i, name in enumerate(ARRAYS + NUMBERS):
            kind = "ptr" if name in ARRAYS else "double" if name == "bound" else "i64"
            lines += load(name, "%block", str(i), kind, step="i64")
        lines += [f"  %{row} = alloca [{LANES} x {ty}], align 64" for row, ty in self._scratch()]
        lines += [
            "  %last = sub i64 %orbits, 1",
            "  br label %take",
            "take:",
            "  %c = atomicrmw add ptr %taken, i64 1 monotonic",
            f"  %begin = mul i64 %c, {LANES}",
            "  %there = icmp slt i64 %begin, %orbits",
            "  br i1 %there, label %chunk, label %done",
            "chunk:",
            "  %rest = sub i64 %orbits, %begin",
            f"  %whole = icmp sgt i64 %rest, {LANES}",
            f"  %n = select i1 %whole, i64 {LANES}, i64 %rest",
            *_over_lanes("open", "chunk", self._opening(), loop="!4"),
            "  br label %ask",
            "ask:",
            "  %k = phi i64 [ 0, %open_end ], [ %k_next, %stepped ]",
            "  %steps_now = load atomic i64, ptr %at_steps monotonic, align 8",
            "  %another = icmp slt i64 %k, %steps_now",
            "  br i1 %another, label %step, label %close",
            *steps,
            "close:",
            *self._closing(),
            "  br label %take",
            "done:",
            "  ret void",
            "}",
        ]
        return "\n".join(lines)

    def _scratch(self) -> list[tuple[str, str]]:
        rows = [(f"noise{i}", "double") for i in range(len(self.map.noises))]
        rows += [(f"{name}{c}", "double") for name in TAIL for c in range(self.coordinates)]
        rows += [(word, ty) for (_, ty), word in self.rows.items()]
        if self.limited:
            rows += [(f"old_{row}", ty) for row, ty in self._changing()]
        return [*rows, *self._changing()]

    def _changing(self) -> list[tuple[str, str]]:
        """The rows of the scratch that a step writes."""
        rows = [(f"v{i}", self.type) for i in range(len(self.names))]
        return [*rows, *((f"power{i}", "double") for i in self.powers), ("count_in", "i64")]

    # ---- before the steps

    def _opening(self) -> list[str]:
        """For one lane: load its variables, compute what is fixed, begin powers and statistics."""
        lines = [
            "  %wanted = add i64 %begin, %l",
            "  %beyond = icmp sgt i64 %wanted, %last",
            "  %orbit = select i1 %beyond, i64 %last, i64 %wanted",
        ]
        for i in range(len(self.names)):
            lines += matrix(f"x{i}", "variables", i, self.type)
            lines += store(f"%x{i}", f"v{i}", self.type, f"x{i}")
        values = Values(self.map, self.type, self.powers, self.rows, within_steps=False)
        for i in self.map.needed:
            if i in self.map.fixed:
                lines += values.compute(i)
        for (i, ty), row in self.rows.items():
            operand = values.number(i, ty, lines)
            lines += store(operand, row, ty, row)
        for i, base in self.powers.items():
            begin = f"%begun{i}"
            operand = values.number(base, "double", lines)
            lines += [
                f"  %first{i} = sitofp i64 %first to double",
                f"  {begin} = call double @llvm.pow.f64(double {operand}, double %first{i})",
                *store(begin, f"power{i}", "double", f"power{i}"),
            ]
        for name, (start, _) in TAIL.items():
            for c in range(self.coordinates):
                lines += store(literal(float(start), "double"), f"{name}{c}", "double", f"{name}{c}")
        return [*lines, *store("0", "count_in", "i64", "count_in")]

    # ---- the steps

    def _steps(self) -> list[str]:
        lines = ["step:", "  %count = add i64 %k, %first", "  %t = sitofp i64 %count to double"]
        before = "step"
        if self.map.noises:
            lines += _over_lanes("draw", before, self._draw(), loop="!4")
            before = "draw_end"
        lines += [
            "  %k_next = add i64 %k, 1",
            *(self._careful(before) if self.limited else _over_lanes("lane", before, self._step(_FAST))),
            "  %recording = icmp sgt i64 %every, 0",
            "  br i1 %recording, label %due, label %recorded",
            "due:",
            "  %remainder = urem i64 %k_next, %every",
            "  %now = icmp eq i64 %remainder, 0",
            "  br i1 %now, label %record, label %recorded",
            "record:",
            *self._record(),
            "recorded:",
            "  %in_tail = icmp sge i64 %k, %after",
            "  br i1 %in_tail, label %watch, label %stepped",
            "watch:",
            *_over_lanes("tally", "watch", self._tally()),
            "  br label %stepped",
            "stepped:",
            "  br label %ask",
        ]
        return lines

    def _draw(self) -> list[str]:
        lines = [
            "  %reach = add i64 %begin, %l",
            "  %past = icmp sgt i64 %reach, %last",
            "  %drawer = select i1 %past, i64 %last, i64 %reach",
            "  %column = mul i64 %drawer, %spread",
        ]
        for i in range(len(self.map.noises)):
            lines += [
                f"  %drawn_before{i} = mul i64 %k, {len(self.map.noises)}",
                f"  %drawn{i} = add i64 %drawn_before{i}, {i}",
                f"  %drawn_row{i} = mul i64 %drawn{i}, %columns",
                f"  %drawn_cell{i} = add i64 %drawn_row{i}, %column",
                *load(f"fresh{i}", "%noise", f"%drawn_cell{i}", "double"),
                *store(f"%fresh{i}", f"noise{i}", "double", f"noise{i}"),
            ]
        return lines

    def _careful(self, before: str) -> list[str]:
        """The lanes' loop, and if it met what it cannot compute, the slow one from where they were."""
        saving: list[str] = []
        for row, ty in self._changing():
            saving += scratch(f"was_{row}", row, ty)
            saving += store(f"%was_{row}", f"old_{row}", ty, f"old_{row}")
        asked = [f"%n{i}_beyond" for i in self.limited]
        return [
            *_over_lanes("lane", before, [*saving, *self._step(_FAST)], any_of=asked),
            "  br i1 %lane.met, label %again, label %made",
            "again:",
            *(
                f"  call void @llvm.memcpy.p0.p0.i64(ptr %{row}, ptr %old_{row}, i64 {LANES * BYTES[ty]}, i1 false)"
                for row, ty in self._changing()
            ),
            *_over_lanes("slow", "again", self._step(_ANYWHERE), loop="!4"),
            "  br label %made",
            "made:",
        ]

    def _step(self, library: Library) -> list[str]:
        """For one lane: the map, and whether it has left."""
        lines: list[str] = []
        values = Values(self.map, self.type, self.powers, self.rows, within_steps=True, library=library)
        for i in self.map.needed:
            if i not in self.map.fixed:
                lines += values.compute(i)
        results = [values.number(i, self.type, lines) for i in self.map.next.values()]
        for i, result in enumerate(results):
            lines += store(result, f"v{i}", self.type, f"new{i}")
        for i, base in self.powers.items():
            operand = values.number(base, "double", lines)
            lines += [
                f"  %grown{i} = fmul double %n{i}, {operand}",
                *store(f"%grown{i}", f"power{i}", "double", f"p{i}"),
            ]
        lines += self._within(results[: self.coordinates])
        return lines

    def _within(self, coordinates: Sequence[str]) -> list[str]:
        """Count how many steps the orbit stayed within bounds; one that has left is no longer counted."""
        bound, lines = "%bound", []
        if self.type == "float":
            lines, bound = ["  %bound_as_float = fptrunc double %bound to float"], "%bound_as_float"
        f = {"float": "f32", "double": "f64"}[self.type]
        lines += [*scratch("stayed_before", "count_in", "i64"), "  %stays0 = icmp eq i64 %stayed_before, %k"]
        for c, x in enumerate(coordinates):
            lines += [
                f"  %far{c} = call {self.type} @llvm.fabs.{f}({self.type} {x})",
                f"  %is_in{c} = fcmp ole {self.type} %far{c}, {bound}",
                f"  %stays{c + 1} = and i1 %is_in{c}, %stays{c}",
            ]
        return [  # a sum, not a choice: LLVM would make masked stores of it, which some processors do slowly
            *lines,
            f"  %one_more = zext i1 %stays{len(coordinates)} to i64",
            "  %stayed_now = add i64 %stayed_before, %one_more",
            *store("%stayed_now", "count_in", "i64", "stayed_now"),
        ]

    def _record(self) -> list[str]:
        """Copy the kept rows of the scratch, one memory copy each."""
        lines = [
            "  %ordinal = udiv i64 %k, %every",
            "  %matrix = mul i64 %ordinal, %keeps",
            "  br label %recorded",
        ]
        copies: list[str] = []
        for i in range(len(self.names)):
            copies += [
                f"  %at_kept{i} = getelementptr i64, ptr %kept, i64 {i}",
                f"  %kept{i} = load i64, ptr %at_kept{i}",
                f"  %is_kept{i} = icmp sge i64 %kept{i}, 0",
                f"  br i1 %is_kept{i}, label %keep{i}, label %kept_{i}",
                f"keep{i}:",
                f"  %path_row{i} = add i64 %matrix, %kept{i}",
                *self._copy(f"v{i}", "path", f"%path_row{i}", self.type),
                f"  br label %kept_{i}",
                f"kept_{i}:",
            ]
        return [*lines[:2], *copies, lines[2]]

    def _tally(self) -> list[str]:
        lines: list[str] = []
        for c in range(self.coordinates):
            lines += scratch(f"at{c}", f"v{c}", self.type)
            x = f"%at{c}"
            if self.type == "float":
                lines.append(f"  %wide_at{c} = fpext float %at{c} to double")
                x = f"%wide_at{c}"
            lines.append(f"  %size{c} = call double @llvm.fabs.f64(double {x})")
            for name, (_, relation) in TAIL.items():
                new, old = f"%{name}{c}_new", f"%{name}{c}_old"
                value = f"%size{c}" if name == "nearest" else x
                lines += scratch(f"{name}{c}_old", f"{name}{c}", "double")
                if relation:  # stored is a sum, as in `_within`
                    lines.append(f"  %{name}{c}_is = fcmp {relation} double {value}, {old}")
                    lines.append(f"  %{name}{c}_chosen = select i1 %{name}{c}_is, double {value}, double {old}")
                    lines.append(f"  {new} = fadd double %{name}{c}_chosen, 0.0")
                else:
                    lines.append(f"  {new} = fadd double {old}, {value}")
                lines += store(new, f"{name}{c}", "double", f"{name}{c}_new")
        return lines

    # ---- after the steps

    def _closing(self) -> list[str]:
        lines = []
        for i in range(len(self.names)):
            lines += self._copy(f"v{i}", "variables", str(i), self.type)
        for row, name in enumerate(f"{name}{c}" for name in TAIL for c in range(self.coordinates)):
            lines += self._copy(name, "tail", str(row), "double")
        return [*lines, *self._copy("count_in", "stayed", "0", "i64")]

    def _copy(self, row: str, array: str, number: str, ty: str) -> list[str]:
        """Copy a row of the scratch to its place in a row of a matrix."""
        name = f"{array}_{row}"
        return [
            f"  %to_row_{name} = mul i64 {number}, %orbits",
            f"  %to_{name} = add i64 %to_row_{name}, %begin",
            f"  %to_at_{name} = getelementptr {ty}, ptr %{array}, i64 %to_{name}",
            f"  %bytes_{name} = mul i64 %n, {BYTES[ty]}",
            f"  call void @llvm.memcpy.p0.p0.i64(ptr %to_at_{name}, ptr %{row}, i64 %bytes_{name}, i1 false)",
        ]


def _over_lanes(
    label: str, before: str, body: Iterable[str], loop: str = "!1", any_of: Sequence[str] = ()
) -> list[str]:
    """A loop over the lanes, `%l` its counter, on to `label_end`. What the body defines gets the loop's name.

    Args:
        any_of: conditions that the body defines; `%label.met` says whether one of them held in some lane.
    """
    lines = list(body)
    own = {line.split(" = ")[0].strip() for line in lines if " = " in line} | {"%l"}
    names = re.compile(r"%[\w.]+")
    met = [f"  %{label}.so_far0 = phi i1 [ false, %{before} ], [ %{label}.met, %{label} ]"]
    for k, condition in enumerate(any_of):
        after = "met" if k == len(any_of) - 1 else f"so_far{k + 1}"
        met.append(f"  %{label}.{after} = or i1 %{label}.so_far{k}, %{label}.{condition[1:]}")
    return [
        f"  br label %{label}",
        f"{label}:",
        f"  %{label}.l = phi i64 [ 0, %{before} ], [ %{label}.next, %{label} ]",
        *(met[:1] if any_of else []),
        *(names.sub(lambda m: f"%{label}.{m[0][1:]}" if m[0] in own else m[0], line) for line in lines),
        *met[1:],
        f"  %{label}.next = add i64 %{label}.l, 1",
        f"  %{label}.more = icmp slt i64 %{label}.next, {LANES}",
        f"  br i1 %{label}.more, label %{label}, label %{label}_end, !llvm.loop {loop}",
        f"{label}_end:",
    ]
