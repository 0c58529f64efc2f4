"""surefoot: choose, use and understand an optimizer.

>>> import surefoot as sf
>>> sf.rules.find("adam").defaults["lr"]
0.001

Everything below is loaded when it is first asked for, so that importing surefoot costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from surefoot import optim, rules, tasks, testing
    from surefoot.compare.run import compare
    from surefoot.diagnose.run import diagnose
    from surefoot.errors import UserError
    from surefoot.optim.telemetry.tracker import track
    from surefoot.tasks.task import Task
    from surefoot.watch.show import watch

__version__ = "0.1.0"

__all__ = [
    "Task",
    "UserError",
    "__version__",
    "compare",
    "diagnose",
    "optim",
    "rules",
    "tasks",
    "testing",
    "track",
    "watch",
]

# `compare`, `diagnose` and `watch` are packages and functions in one: see surefoot/compare/__init__.py.
_PACKAGES = {"compare", "diagnose", "optim", "rules", "tasks", "testing", "watch"}
_HOMES = {
    "Task": "surefoot.tasks.task",
    "UserError": "surefoot.errors",
    "track": "surefoot.optim.telemetry.tracker",
}


def __getattr__(name: str) -> object:
    if name in _PACKAGES:
        return import_module(f"surefoot.{name}")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'surefoot' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
