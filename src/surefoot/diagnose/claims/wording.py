"""Claims in words, for the command line and the docs."""

from surefoot.diagnose.claims.catalogue import KINDS, every, find, names
from surefoot.diagnose.claims.claim import Figure


def number(value: float) -> str:
    """A number with the digits that a reader can use.

    >>> number(0.00499899989998), number(2.0), number(1e-12)
    ('0.004999', '2', '1e-12')
    """
    return f"{value:.4g}"


def figure(one: Figure) -> str:
    """A figure as the table prints it: the computed number, then the published one or the bound."""
    if one.relation == "=":
        return f"{one.what}: {number(one.computed)}, published {number(one.published)}"
    return f"{one.what}: {number(one.computed)}, bound {one.relation} {number(one.published)}"


def listing() -> str:
    """Every claim's name and statement, under headings; nothing is computed."""
    width = max(map(len, names()))
    claims = every()
    lines = []
    for kind, title in KINDS.items():
        lines += [title + ":"] + [f"  {n:<{width}}  {claims[n].statement}" for n, k in names().items() if k == kind]
    return "\n".join(lines)


def show(name: str | None = None) -> str:
    """Compute one claim and say what came out; without a name, list them all.

    Raises:
        UserError: for an unknown name, with the nearest one.

    >>> print(show("threshold_of_gradient_descent"))
    Gradient descent on curvature h converges exactly for lr < 2/h.
    Source: the recurrence e' = (1 - lr h) e.
    Verdict: holds.
      h = 0.01: 200, published 200
      h = 1: 2, published 2
      h = 50: 0.04, published 0.04
    """
    if name is None:
        return listing()
    claim = find(name)
    evidence = claim.compute()
    lines = [claim.statement, f"Source: {claim.source}.", f"Verdict: {claim.verdict}."]
    if not claim.stands(evidence):
        lines.append(f"DISAGREEMENT: the figures below speak for '{claim.found(evidence)}'.")
    lines += [f"  {figure(one)}" for one in evidence.inside]
    if evidence.outside:
        lines += ["Where the condition is not met:", *(f"  {figure(one)}" for one in evidence.outside)]
    return "\n".join(lines)
