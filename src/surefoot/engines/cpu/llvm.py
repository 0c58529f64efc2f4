"""LLVM IR, printed: a pass of the graph as a loop over chunks of many tensors.

One function a pass, `void passK(ptr block)`, over the plan whose addresses stand in the block (see `ARRAYS`). It takes
the next chunk that nobody has taken until none is left, so any number of threads may call it at once, and one that is
held up by other work holds up no other. Hyperparameters are read by the tensor's group, so one call steps many groups,
or trials, at once.

Loads and stores carry an access group and the loop says `parallel_accesses`: slots are promised not to overlap in other
than equal addresses, so LLVM vectorises without run-time guards. No flag allows it to round otherwise than NumPy: no
`fast`, no contraction. The one exception is the order of a norm's float64 sum, which the chunk and the code fix, not
the number of threads.
"""

import struct
from collections.abc import Mapping

from surefoot.engines.cpu import library_root
from surefoot.engines.cpu.codecs import CODECS, ROUNDINGS, Codec, random_key, random_number, random_word
from surefoot.engines.graph import Graph, Level, Pass
from surefoot.engines.rewriting.precision import draw_of

#: Elements of one tensor that one iteration over chunks covers.
CHUNK = 16384
#: How many chunks ahead memory is called for, and how many lines of 64 bytes from where a chunk begins.
AHEAD, LINES = 8, 4

#: What the block points to, in order. table: (slots, tensors) addresses; chunk_tensor, chunk_offset: (chunks,); sizes,
#: group: (tensors,); uniforms: (hoisted, groups); scalars: (tensor nodes, tensors); partial: (norms, chunks) float64;
#: taken: (1,), how many chunks have been taken, zero before each pass; keys: (tensors,), for what is drawn at random.
ARRAYS = ("table", "chunk_tensor", "chunk_offset", "sizes", "group", "uniforms", "scalars", "partial", "taken", "keys")
#: After the arrays' addresses, the lengths that address them.
LENGTHS = ("tensors", "groups", "chunks")

_WINS = (  # a where it wins or is NaN, else b
    "{n}_wins = fcmp {relation} {ty} {0}, {1}",
    "{n}_nan = fcmp uno {ty} {0}, {0}",
    "{n}_first = or i1 {n}_wins, {n}_nan",
    "{n} = select i1 {n}_first, {ty} {0}, {ty} {1}",
)

#: Operation to instructions: {n} the result, {ty} the type, {f} its suffix, {0}, {1}, ... the operands.
INSTRUCTIONS: dict[str, tuple[str, ...]] = {
    "add": ("{n} = fadd {ty} {0}, {1}",),
    "sub": ("{n} = fsub {ty} {0}, {1}",),
    "mul": ("{n} = fmul {ty} {0}, {1}",),
    "div": ("{n} = fdiv {ty} {0}, {1}",),
    "neg": ("{n} = fneg {ty} {0}",),
    "sqrt": ("{n} = call {ty} @llvm.sqrt.{f}({ty} {0})",),
    "abs": ("{n} = call {ty} @llvm.fabs.{f}({ty} {0})",),
    "exp": ("{n} = call {ty} @llvm.exp.{f}({ty} {0})",),
    "log": ("{n} = call {ty} @llvm.log.{f}({ty} {0})",),
    "sin": ("{n} = call {ty} @llvm.sin.{f}({ty} {0})",),
    "cos": ("{n} = call {ty} @llvm.cos.{f}({ty} {0})",),
    "pow": ("{n} = call {ty} @llvm.pow.{f}({ty} {0}, {ty} {1})",),
    "lt": ("{n} = fcmp olt {ty} {0}, {1}",),
    "le": ("{n} = fcmp ole {ty} {0}, {1}",),
    "gt": ("{n} = fcmp ogt {ty} {0}, {1}",),
    "ge": ("{n} = fcmp oge {ty} {0}, {1}",),
    "eq": ("{n} = fcmp oeq {ty} {0}, {1}",),
    "ne": ("{n} = fcmp une {ty} {0}, {1}",),
    "where": ("{n} = select i1 {0}, {ty} {1}, {ty} {2}",),
    "maximum": tuple(line.replace("{relation}", "ogt") for line in _WINS),
    "minimum": tuple(line.replace("{relation}", "olt") for line in _WINS),
    "sign": (
        "{n}_up = fcmp ogt {ty} {0}, 0.0",
        "{n}_down = fcmp olt {ty} {0}, 0.0",
        "{n}_nought = fcmp oeq {ty} {0}, 0.0",
        "{n}_a = select i1 {n}_nought, {ty} 0.0, {ty} {0}",
        "{n}_b = select i1 {n}_down, {ty} -1.0, {ty} {n}_a",
        "{n} = select i1 {n}_up, {ty} 1.0, {ty} {n}_b",
    ),
}

#: What no rule says; engines/rewriting/torch_order.py puts it into a graph: {0} * {1} + {2}, rounded once, and a root.
FUSED: dict[str, tuple[str, ...]] = {
    "fma": ("{n} = call {ty} @llvm.fma.{f}({ty} {0}, {ty} {1}, {ty} {2})",),
    library_root.OPERATION: INSTRUCTIONS["sqrt"],  # where torch's own is not to be had
}


def module(graph: Graph, dtype: str, storage: Mapping[str, str] | None = None) -> str:
    """The whole module for a graph computed in `float32` or `float64`.

    Args:
        storage: slot to the type it is stored in (see `CODECS`), where that is another.
    """
    storage = storage or {}
    codecs = {slot: CODECS[storage.get(slot, dtype), dtype] for slot in ("x", "g", *graph.state)}
    printer = _Printer(graph, {"float32": "float", "float64": "double"}[dtype], codecs)
    functions = [printer.function(number, sweep) for number, sweep in enumerate(graph.passes)]
    ty, f = printer.type, printer.suffix
    declarations = [f"declare {ty} @llvm.{name}.{f}({ty})" for name in ("sqrt", "fabs", "exp", "log", "sin", "cos")]
    declarations += [f"declare {ty} @llvm.{name}.{f}({ty}, {ty})" for name in ("pow", "copysign")]
    declarations.append(f"declare {ty} @llvm.fma.{f}({ty}, {ty}, {ty})")
    declarations.append("declare void @llvm.prefetch.p0(ptr, i32, i32, i32)")
    metadata = [
        "!0 = distinct !{}",
        "!1 = distinct !{!1, !2}",
        '!2 = !{!"llvm.loop.parallel_accesses", !0}',
        "!3 = distinct !{!3, !2}",
    ]
    stored = "".join(f", {slot} in {type_}" for slot, type_ in storage.items())
    parts = [f"; {graph.name}, {dtype}{stored}", *functions, "\n".join(declarations), "\n".join(metadata)]
    return "\n\n".join(parts) + "\n"


class _Printer:
    """Prints one graph computed in one floating type, each slot loaded and stored by its codec."""

    def __init__(self, graph: Graph, type_: str, codecs: Mapping[str, Codec]) -> None:
        self.graph = graph
        self.type = type_
        self.suffix = {"float": "f32", "double": "f64"}[type_]
        self.codecs = codecs
        self.slots = tuple(codecs)
        self.root: int | None = None

    def function(self, number: int, sweep: Pass) -> str:
        self.root = library_root.root_of(self.graph, sweep, self.type)
        before = "chunk" if self.root is None else "rooted"
        lines = [f"define void @pass{number}(ptr %block) {{", "entry:"]
        for i, name in enumerate(ARRAYS + LENGTHS):
            kind = "ptr" if name in ARRAYS else "i64"
            lines += [
                f"  %at_{name} = getelementptr i64, ptr %block, i64 {i}",
                f"  %{name} = load {kind}, ptr %at_{name}",
            ]
        lines += [
            *([] if self.root is None else [library_root.scratch(self.type, CHUNK)]),
            "  br label %take",
            "take:",
            "  %c = atomicrmw add ptr %taken, i64 1 monotonic",
            "  %there = icmp slt i64 %c, %chunks",
            "  br i1 %there, label %chunk, label %done",
            "chunk:",
            *self._chunk(),
            *self._addresses(sweep),
            *self._ahead(sweep),
            *(line for word in _words(sweep) for line in ("  " + text for text in random_key(word))),
            *self._rows("u", "uniforms", "%groups", "%q", self.graph.hoisted),
            *self._rows("s", "scalars", "%tensors", "%tensor", self.graph.tensor_nodes),
            *self._roots(),
            "  br label %loop",
            "loop:",
            f"  %i = phi i64 [ 0, %{before} ], [ %i_next, %loop ]",
            *[f"  %sum{n} = phi double [ 0.0, %{before} ], [ %sum{n}_next, %loop ]" for n, _ in sweep.norms],
            *(line for word in _words(sweep) for line in ("  " + text for text in random_word(word))),
            *self._body(sweep),
            "  %i_next = add i64 %i, 1",
            "  %more = icmp slt i64 %i_next, %n",
            "  br i1 %more, label %loop, label %next, !llvm.loop !1",
            "next:",
            *self._partials(sweep),
            "  br label %take",
            "done:",
            "  ret void",
            "}",
        ]
        return "\n".join(lines)

    def _chunk(self) -> list[str]:
        return [
            *_load("tensor", "chunk_tensor", "%c", "i64"),
            *_load("offset", "chunk_offset", "%c", "i64"),
            *_load("size", "sizes", "%tensor", "i64"),
            *_load("q", "group", "%tensor", "i64"),
            *_load("key", "keys", "%tensor", "i64"),
            "  %left = sub i64 %size, %offset",
            f"  %full = icmp sgt i64 %left, {CHUNK}",
            f"  %n = select i1 %full, i64 {CHUNK}, i64 %left",
        ]

    def _addresses(self, sweep: Pass) -> list[str]:
        lines = []
        for slot in dict.fromkeys((*sweep.slots, *sweep.stores)):
            if draw_of(slot) is not None:
                continue
            row = self.slots.index(slot)
            lines += [
                f"  %bytes{row} = mul i64 %offset, {self.codecs[slot].width}",
                f"  %row{row} = mul i64 {row}, %tensors",
                f"  %cell{row} = add i64 %row{row}, %tensor",
                *_load(f"base{row}", "table", f"%cell{row}", "i64"),
                f"  %start{row} = add i64 %base{row}, %bytes{row}",
                f"  %ptr{row} = inttoptr i64 %start{row} to ptr",
            ]
        return lines

    def _ahead(self, sweep: Pass) -> list[str]:
        """Call for the memory where a later chunk begins: of rows scattered over a table, all of it."""
        lines = [
            f"  %far = add i64 %c, {AHEAD}",
            "  %last = sub i64 %chunks, 1",
            "  %beyond = icmp sgt i64 %far, %last",
            "  %later = select i1 %beyond, i64 %last, i64 %far",
            *_load("later_tensor", "chunk_tensor", "%later", "i64"),
            *_load("later_offset", "chunk_offset", "%later", "i64"),
        ]
        for slot in [s for s in dict.fromkeys((*sweep.slots, *sweep.stores)) if draw_of(s) is None]:
            row = self.slots.index(slot)
            lines += [
                f"  %later_bytes{row} = mul i64 %later_offset, {self.codecs[slot].width}",
                f"  %later_cell{row} = add i64 %row{row}, %later_tensor",
                *_load(f"later_base{row}", "table", f"%later_cell{row}", "i64"),
                f"  %later_start{row} = add i64 %later_base{row}, %later_bytes{row}",
                f"  %later{row} = inttoptr i64 %later_start{row} to ptr",
            ]
            writes = int(slot in sweep.stores)
            for line in range(LINES):
                lines += [
                    f"  %line{row}_{line} = getelementptr i8, ptr %later{row}, i64 {64 * line}",
                    f"  call void @llvm.prefetch.p0(ptr %line{row}_{line}, i32 {writes}, i32 3, i32 1)",
                ]
        return lines

    def _rows(self, prefix: str, table: str, columns: str, column: str, nodes: tuple[int, ...]) -> list[str]:
        """Loads of one column of a table with a row for each node, before the loop."""
        lines = []
        for row, node in enumerate(nodes):
            lines += [
                f"  %{prefix}row{node} = mul i64 {row}, {columns}",
                f"  %{prefix}cell{node} = add i64 %{prefix}row{node}, {column}",
                *_load(f"{prefix}{node}", table, f"%{prefix}cell{node}", self.type),
            ]
        return lines

    def _roots(self) -> list[str]:
        """The loop ahead of the main one, if a pass takes a root from a library."""
        if self.root is None:
            return []
        body = [line for index in library_root.ahead(self.graph, self.root) for line in self._node(index)]
        return library_root.loops(body, self._operand(self.graph.nodes[self.root].args[0]), self.type)

    def _node(self, index: int) -> list[str]:
        node = self.graph.nodes[index]
        if index == self.root:
            return library_root.lookup(f"%n{index}", self.type)
        return self._input(f"%n{index}", str(node.payload)) if node.op == "input" else self._operation(index)

    def _body(self, sweep: Pass) -> list[str]:
        lines = [line for index in sweep.body for line in self._node(index)]
        for n, argument in sweep.norms:
            wide = self._operand(argument)
            if self.type == "float":
                lines.append(f"  %wide{n} = fpext float {wide} to double")
                wide = f"%wide{n}"
            lines += [
                f"  %square{n} = fmul double {wide}, {wide}",
                f"  %sum{n}_next = fadd reassoc double %sum{n}, %square{n}",
            ]
        for slot, index in sweep.stores.items():
            row, codec = self.slots.index(slot), self.codecs[slot]
            lines += self._through(codec.store, f"%code{row}", self._operand(index))
            lines += [
                f"  %out{row} = getelementptr {codec.type}, ptr %ptr{row}, i64 %i",
                f"  store {codec.type} {f'%code{row}' if codec.store else self._operand(index)}, ptr %out{row}, "
                "!llvm.access.group !0",
            ]
        return lines

    def _input(self, name: str, slot: str) -> list[str]:
        draw = draw_of(slot)
        if draw is not None:
            return ["  " + text for text in random_number(name, draw)]
        row, codec = self.slots.index(slot), self.codecs[slot]
        raw = f"%raw{row}" if codec.load else name
        return [
            f"  %in{row} = getelementptr {codec.type}, ptr %ptr{row}, i64 %i",
            f"  {raw} = load {codec.type}, ptr %in{row}, !llvm.access.group !0",
            *self._through(codec.load, name, raw),
        ]

    def _through(self, words: tuple[str, ...], name: str, *operands: str) -> list[str]:
        return ["  " + line.format(*operands, n=name, ty=self.type, f=self.suffix) for line in words]

    def _operation(self, index: int) -> list[str]:
        node, name = self.graph.nodes[index], f"%n{index}"
        operands, lines = [self._operand(a) for a in node.args], []
        if node.op == "where" and self.graph.levels[node.args[0]] != Level.ELEMENT:
            # A condition that the host or a tensor's scalars hold arrives as 1.0 or 0.0.
            lines = [f"  {name}_holds = fcmp une {self.type} {operands[0]}, 0.0"]
            operands[0] = f"{name}_holds"
        words = (INSTRUCTIONS | ROUNDINGS | FUSED)[node.op]
        return lines + self._through(words, name, *operands)

    def _operand(self, index: int) -> str:
        node, level = self.graph.nodes[index], self.graph.levels[index]
        if node.op == "const":
            return literal(float(node.payload), self.type)  # type: ignore[arg-type]
        return {Level.HOST: "%u", Level.TENSOR: "%s", Level.ELEMENT: "%n"}[level] + str(index)

    def _partials(self, sweep: Pass) -> list[str]:
        lines = []
        for row, (n, _) in enumerate(sweep.norms):
            lines += [
                f"  %prow{n} = mul i64 {row}, %chunks",
                f"  %pcell{n} = add i64 %prow{n}, %c",
                f"  %pat{n} = getelementptr double, ptr %partial, i64 %pcell{n}",
                f"  store double %sum{n}_next, ptr %pat{n}",
            ]
        return lines


def _words(sweep: Pass) -> list[int]:
    """Which words of 32 random bits a pass draws."""
    return sorted({draw // 2 for slot in sweep.slots if (draw := draw_of(slot)) is not None})


def _load(name: str, array: str, index: str, type_: str) -> list[str]:
    return [
        f"  %at_{name} = getelementptr {type_}, ptr %{array}, i64 {index}",
        f"  %{name} = load {type_}, ptr %at_{name}",
    ]


def literal(value: float, type_: str) -> str:
    """A number as LLVM writes it in a floating type: the bits of a double, rounded to the type."""
    if type_ == "float":
        value = _to_float32(value)
    return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"


def _to_float32(value: float) -> float:
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
