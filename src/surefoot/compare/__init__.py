"""Which optimizer, with which settings, for a given task, and how sure is that.

The package can be called: `surefoot.compare(task, ...)` is `surefoot.compare.run.compare(task, ...)`, which see. So the
name means one thing, whatever was imported first.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from surefoot.compare.study import Study


class _Callable(ModuleType):
    def __call__(self, *arguments: Any, **options: Any) -> "Study":
        from surefoot.compare.run import compare  # noqa: PLC0415 - torch is loaded when the first comparison is asked for

        return compare(*arguments, **options)


sys.modules[__name__].__class__ = _Callable
