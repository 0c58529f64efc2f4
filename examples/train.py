"""An optimizer of ours in a plain PyTorch loop: one import changes."""

import torch
from torch import nn

import surefoot as sf


def train(steps: int = 200) -> float:
    """Fit a line with RMSProp and return the last loss."""
    torch.manual_seed(0)
    X = torch.randn(256, 4)
    y = X @ torch.tensor([[1.0], [-2.0], [0.5], [3.0]])
    model = nn.Linear(4, 1)
    optimizer = sf.optim.RMSProp(model.parameters(), lr=1e-1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(X), y)
        loss.backward()
        optimizer.step()
        schedule.step()
    return loss.item()


if __name__ == "__main__":
    print(f"last loss {train():.2e}")
