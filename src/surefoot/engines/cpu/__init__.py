"""The fused CPU kernel: printed as LLVM IR, compiled in the process, run on several threads."""
