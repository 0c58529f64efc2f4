"""Plain torch with automatic mixed precision: autocast, and a GradScaler that scales the loss of a float16 region."""

import torch
from torch import nn

import surefoot as sf


def train(steps: int = 150, dtype: torch.dtype = torch.float16) -> list[float]:
    """The loss at every step."""
    torch.manual_seed(0)
    X = torch.randn(256, 4)
    y = X @ torch.tensor([[1.0], [-2.0], [0.5], [3.0]])
    model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = sf.optim.Adam(model.parameters(), lr=1e-2)
    scaler = torch.amp.GradScaler("cpu", enabled=dtype is torch.float16)  # bfloat16 has float32's range: no need
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=dtype):
            loss = nn.functional.mse_loss(model(X).float(), y)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), 10.0)
        scaler.step(optimizer)
        scaler.update()
        losses.append(loss.item())
    return losses


if __name__ == "__main__":
    losses = train()
    print(f"{losses[0]:.3f} -> {losses[-1]:.2e}")
