"""The variance under a steady gradient: torch's goes below zero, ours does not."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import Walk
from surefoot.rules import find

STEPS = 2000


def gradients() -> NDArray[np.float32]:
    """Almost constant gradients for eight parameters, float32."""
    noise = np.random.default_rng(0).standard_normal((STEPS, 8))
    return (1 + 1e-5 * noise).astype(np.float32)


def nan_in_torch() -> float:
    """How many of eight parameters torch's centered RMSProp turns into NaN."""
    import torch  # noqa: PLC0415 - only this claim needs it

    w = torch.nn.Parameter(torch.ones(8))
    theirs = torch.optim.RMSprop([w], lr=0.01, centered=True)
    for gradient in gradients():
        w.grad = torch.from_numpy(gradient)
        theirs.step()
    return float((~torch.isfinite(w)).sum())


def nan_in_ours() -> float:
    """The same for ours, in torch's form."""
    settings: dict[str, Any] = {"lr": 0.01, "beta": 0.99, "eps_at": "outside", "centered": True}
    walk = Walk(find("rmsprop"), np.ones(8), "float32", **settings)
    for gradient in gradients():
        walk.step(gradient)
    return float((~np.isfinite(walk.x)).sum())


@claim(
    "Centered RMSProp under an almost constant gradient becomes NaN in torch, whose variance rounds below zero, and "
    "stays finite here, where it is held at zero.",
    "torch 2.13 takes sqrt(v - m^2) as it comes",
    heavy=True,
)
def centered() -> Evidence:
    """2,000 steps in float32."""
    return Evidence.of(
        Figure("NaN in torch, of 8", nan_in_torch(), ">", 0.0),
        Figure("NaN here, of 8", nan_in_ours(), "=", 0.0),
    )
