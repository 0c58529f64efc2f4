"""Machine code of a printed module, compiled in the process by llvmlite: no compiler, no cache directory."""

import ctypes
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import llvmlite.binding as llvm

_PROTOTYPE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_LOCK = threading.Lock()
_COMPILED: dict[str, "Native"] = {}


@dataclass(frozen=True)
class CompiledPass:
    """`passK(block)`: `call` it, which gives the GIL away while it runs, or have something else call its address."""

    address: int
    call: Callable[[int], None]


@dataclass(frozen=True)
class Native:
    """The compiled passes; the engine owns their memory and must outlive them."""

    passes: tuple[CompiledPass, ...]
    engine: Any


def compile_module(source: str, passes: int) -> Native:
    """Compile a module, once a process for each text.

    Args:
        source: LLVM IR. passes: how many functions `pass0`, `pass1`, ... it defines.
    """
    with _LOCK:
        if source not in _COMPILED:
            engine = machine_code(source)
            addresses = [engine.get_function_address(f"pass{k}") for k in range(passes)]
            code = tuple(CompiledPass(address, _PROTOTYPE(address)) for address in addresses)
            _COMPILED[source] = Native(code, engine)
        return _COMPILED[source]


def float16_is_native() -> bool:
    """Whether this processor turns float16 into float32 by itself; where it does not there is nothing to link to."""
    return "x86" not in llvm.get_default_triple() or bool(llvm.get_host_cpu_features().get("f16c", False))


def machine_code(source: str, effort: int = 3) -> Any:
    """Compile a module; the engine, which has its functions' addresses by their names and owns their memory.

    Args:
        effort: LLVM's level of optimisation, from 0: code that mostly calls is compiled ten times as fast, and as good.
    """
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    module = llvm.parse_assembly(source)
    module.verify()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=effort
    )
    tuning = llvm.create_pipeline_tuning_options(speed_level=effort)
    tuning.loop_vectorization = effort > 0
    builder = llvm.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(module, builder)
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return engine
