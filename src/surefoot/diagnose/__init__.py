"""Will an optimizer converge, cycle, spike at a given curvature; why; and how certain is that?

The package can be called: `surefoot.diagnose(rule, ...)` is `surefoot.diagnose.run.diagnose(rule, ...)`, which see. So
the name means one thing, whatever was imported first.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from surefoot.diagnose.answer.diagnosis import Diagnosis


class _Callable(ModuleType):
    def __call__(self, *arguments: Any, **options: Any) -> "Diagnosis":
        from surefoot.diagnose.run import diagnose  # noqa: PLC0415 - SymPy is loaded when the first diagnosis is asked for

        return diagnose(*arguments, **options)


sys.modules[__name__].__class__ = _Callable
