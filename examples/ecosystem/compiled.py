"""torch.compile of a whole training step: forward, backward and our optimizer's step."""

import torch
from torch import nn

import surefoot as sf


def train(steps: int = 100, backend: str = "inductor") -> list[float]:
    """The loss at every step; `backend` is torch.compile's."""
    torch.manual_seed(0)
    X = torch.randn(256, 4)
    y = X @ torch.tensor([[1.0], [-2.0], [0.5], [3.0]])
    model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = sf.optim.Adam(model.parameters(), lr=1e-2)

    @torch.compile(backend=backend)
    def training_step() -> torch.Tensor:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(X), y)
        loss.backward()
        optimizer.step()
        return loss

    return [training_step().item() for _ in range(steps)]


if __name__ == "__main__":
    losses = train()
    print(f"{losses[0]:.3f} -> {losses[-1]:.2e}")
