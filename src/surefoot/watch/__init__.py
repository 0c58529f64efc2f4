"""Every parameter's own stride: optimizers walk on a landscape, live in one offline page, or as a film.

The package can be called: `surefoot.watch("ravine")` is `surefoot.watch.show.watch("ravine")`, which see. So the name
means one thing, whatever was imported first.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from surefoot.watch.show import Watch


class _Callable(ModuleType):
    def __call__(self, *arguments: Any, **options: Any) -> "Watch":
        from surefoot.watch.show import watch  # noqa: PLC0415 - loaded when something is first watched

        return watch(*arguments, **options)


sys.modules[__name__].__class__ = _Callable
