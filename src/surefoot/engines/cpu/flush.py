"""Numbers below the smallest normal one counted as zero, for as long as a compiled function runs, on its thread alone.

Processors handle such numbers by a slow path, some hundred cycles an operation. A flag turns that off; it is set before
and put back after, so nobody else sees it. On processors other than x86-64 and ARM64 nothing is set.
"""

import platform

_X86 = """define void @pass0(ptr %block) {
  %before = alloca i32
  %during = alloca i32
  call void @llvm.x86.sse.stmxcsr(ptr %before)
  %mode = load i32, ptr %before
  %flushing = or i32 %mode, 32832
  store i32 %flushing, ptr %during
  call void @llvm.x86.sse.ldmxcsr(ptr %during)
  call void @orbits(ptr %block)
  call void @llvm.x86.sse.ldmxcsr(ptr %before)
  ret void
}

declare void @llvm.x86.sse.stmxcsr(ptr)
declare void @llvm.x86.sse.ldmxcsr(ptr)"""

_ARM = """define void @pass0(ptr %block) {
  %mode = call i64 asm sideeffect "mrs $0, fpcr", "=r"()
  %flushing = or i64 %mode, 16777216
  call void asm sideeffect "msr fpcr, $0", "r"(i64 %flushing)
  call void @orbits(ptr %block)
  call void asm sideeffect "msr fpcr, $0", "r"(i64 %mode)
  ret void
}"""

_OTHER = """define void @pass0(ptr %block) {
  call void @orbits(ptr %block)
  ret void
}"""

_BY_MACHINE = {"x86_64": _X86, "amd64": _X86, "aarch64": _ARM, "arm64": _ARM}

#: `pass0(block)`, which calls `orbits(block)` with the flag set.
FLUSHED = _BY_MACHINE.get(platform.machine().lower(), _OTHER)
