"""With what, and on what machine, a comparison was run."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

import torch


def versions() -> dict[str, str]:
    """Versions of whatever has a say in the numbers."""
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in ("surefoot", "torch", "numpy", "llvmlite")},
    }


def machine() -> str:
    """The processor, its cores, and the threads used, in one line."""
    return f"{_processor()}, {os.cpu_count()} cores, {torch.get_num_threads()} threads, {platform.system()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
