"""What the figures were measured on."""

import os
import platform
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import torch

VERSIONS = ("surefoot", "torch", "numpy", "llvmlite", "optuna")


def describe() -> dict[str, object]:
    """Processor, cores, memory, system, versions, threads, and how busy the machine is at this moment."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "versions": {name: version(name) for name in VERSIONS if find_spec(name)},
        "torch_threads": torch.get_num_threads(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    """The model as Linux names it, elsewhere what Python knows."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()
