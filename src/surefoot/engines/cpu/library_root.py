"""torch's own square root inside a kernel: called for a whole chunk at a time, between two loops over it.

`torch.sqrt` on the CPU is MKL's vector function where torch was built with it, and that one is not always the nearest
number: one float32 root in six is the one beside it. Only the function itself gives its bits. torch's library offers it
by name; where it does not, torch takes the processor's instruction, and so does the kernel.

The operation `torch_sqrt` is no word of the rules; `engines/rewriting/torch_order.py` puts it into a graph, at most
once.
"""

import ctypes
import re
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from surefoot.engines.graph import Graph, Level, Pass
from surefoot.engines.rewriting.precision import draw_of

OPERATION = "torch_sqrt"
#: High accuracy, denormal numbers as they are, no errors raised: how torch calls it.
_MODE = 0x2 | 0x140000 | 0x100
#: `int threads_of_this_thread(threads)`, which returns what it was. Left alone, MKL gives a chunk to its own threads,
#: beside the kernel's; in a forked child they are gone, and the call would never return.
_THREADS = "MKL_Set_Num_Threads_Local"


def address(type_: str) -> int | None:
    """Where `void root(n, from, to, mode)` lies for `float` or `double`, if the loaded torch has such a function."""
    return None if _address(_THREADS) is None else _address({"float": "vmsSqrt", "double": "vmdSqrt"}[type_])


@cache
def _address(name: str) -> int | None:
    torch = sys.modules.get("torch")
    if torch is None or torch.__file__ is None:
        return None
    try:
        library = ctypes.CDLL(str(Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"))
        return ctypes.cast(getattr(library, name), ctypes.c_void_p).value
    except (OSError, AttributeError):
        return None


def root_of(graph: Graph, sweep: Pass, type_: str) -> int | None:
    """The node of a pass that is such a root, if there is one and the function can be called."""
    roots = [i for i in sweep.body if graph.nodes[i].op == OPERATION]
    if len(roots) != 1 or address(type_) is None:
        return None
    slots = {str(graph.nodes[i].payload) for i in ahead(graph, roots[0]) if graph.nodes[i].op == "input"}
    return None if any(draw_of(slot) is not None for slot in slots) else roots[0]


def ahead(graph: Graph, root: int) -> tuple[int, ...]:
    """The nodes of the elements that a root's argument is made of, in source order."""
    wanted, order = {graph.nodes[root].args[0]}, []
    for i in range(root, -1, -1):
        if i in wanted and graph.levels[i] == Level.ELEMENT:
            order.append(i)
            wanted |= set(graph.nodes[i].args)
    return tuple(reversed(order))


def loops(body: Sequence[str], argument: str, type_: str) -> list[str]:
    """The loop that fills the scratch with a chunk's arguments, and the call: from label `chunk` to label `rooted`.

    Args:
        body: the lines that compute the argument, which are renamed. argument: its name in them.
    """
    defined = {found.group(1) for line in body if (found := re.match(r"\s*(%\w+) =", line))}

    def own(line: str) -> str:
        return re.sub(r"%\w+", lambda m: m.group(0) + ".r" if m.group(0) in defined else m.group(0), line)

    return [
        "  br label %root",
        "root:",
        "  %i.r = phi i64 [ 0, %chunk ], [ %i_next.r, %root ]",
        *(own(re.sub(r"%i(?!\w)", "%i.r", line)) for line in body),
        f"  %at.r = getelementptr {type_}, ptr %scratch, i64 %i.r",
        f"  store {type_} {own(argument)}, ptr %at.r, !llvm.access.group !0",
        "  %i_next.r = add i64 %i.r, 1",
        "  %more.r = icmp slt i64 %i_next.r, %n",
        "  br i1 %more.r, label %root, label %rooted, !llvm.loop !3",
        "rooted:",
        f"  %library = inttoptr i64 {address(type_)} to ptr",
        f"  %threads = inttoptr i64 {_address(_THREADS)} to ptr",
        "  %held = call i32 %threads(i32 1)",
        f"  call void %library(i64 %n, ptr %scratch, ptr %scratch, i64 {_MODE})",
        "  call i32 %threads(i32 %held)",
    ]


def scratch(type_: str, chunk: int) -> str:
    """The memory for a chunk's arguments, which become its roots."""
    return f"  %scratch = alloca {type_}, i64 {chunk}, align 64"


def lookup(name: str, type_: str) -> list[str]:
    """The root of the element at hand."""
    return [
        f"  {name}_at = getelementptr {type_}, ptr %scratch, i64 %i",
        f"  {name} = load {type_}, ptr {name}_at, !llvm.access.group !0",
    ]
