"""All claims by name, found by walking this package: adding one is adding a file."""

import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from surefoot.diagnose.claims.claim import Claim
from surefoot.errors import UserError, did_you_mean

#: The folders of claims, by the kind of their source, in the order of the table.
KINDS = MappingProxyType(
    {
        "derived": "Derived here, on a quadratic unless said otherwise",
        "published": "From the literature",
        "chapter": "Sentences of the chapter",
    }
)
HERE = Path(__file__).parent


@cache
def names() -> dict[str, str]:
    """Each claim's name and kind, in the order of the table; nothing is imported."""
    return {module.name: kind for kind in KINDS for module in pkgutil.iter_modules([str(HERE / kind)])}


def find(name: str) -> Claim:
    """The claim of that name.

    Raises:
        UserError: if there is none, with the nearest name.

    >>> find("threshold_of_adm")
    Traceback (most recent call last):
    ...
    surefoot.errors.UserError: unknown claim 'threshold_of_adm'; did you mean 'threshold_of_adam'?
    """
    if name not in names():
        raise UserError(f"unknown claim {name!r}; {did_you_mean(name, names())}")
    module = import_module(f"{__package__}.{names()[name]}.{name}")
    (found,) = (value for value in vars(module).values() if isinstance(value, Claim))
    return found


def every() -> dict[str, Claim]:
    """All claims, in the order of the table."""
    return {name: find(name) for name in names()}
