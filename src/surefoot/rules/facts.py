"""What is known of a rule beyond its formula: where it was published, how it behaves, other libraries' forms of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from surefoot.errors import UserError

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Facts:
    """A rule's facts; tests measure them and docs print them.

    Attributes:
        title: the name in print, which is also the optimizer class's.
        source: the publication, with the place in it.
        first_step: |x_1 - x_0| at eps = 0 and x_0 = 0, as an expression in the hyperparameters, `g` (its size) and
            sqrt; None where it is not stated.
        scale_invariant: whether multiplying every gradient by one positive number leaves the walk unchanged at eps = 0.
        forms: other libraries' versions of the rule, as the static options and defaults that give them.
    """

    title: str = ""
    source: str = ""
    first_step: str | None = None
    scale_invariant: bool | None = None
    forms: Mapping[str, Mapping[str, float | str | bool]] = field(default_factory=dict)


def facts(
    title: str = "",
    source: str = "",
    *,
    first_step: str | None = None,
    scale_invariant: bool | None = None,
    forms: Mapping[str, Mapping[str, float | str | bool]] | None = None,
) -> Callable[[F], F]:
    """State a rule's facts; see `Facts` for the arguments. The function itself is returned unchanged.

    Raises:
        UserError: if it is written without its parentheses.
    """
    if callable(title):
        raise UserError('facts needs its parentheses: @facts("Lion", "Chen et al. 2023")')

    def state(function: F) -> F:
        function.facts = Facts(title, source, first_step, scale_invariant, dict(forms or {}))  # type: ignore[attr-defined]
        return function

    return state
