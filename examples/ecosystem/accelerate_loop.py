"""Hugging Face accelerate: `prepare` wraps our optimizer and its scheduler; gradients accumulate over two batches."""

import torch
from accelerate import Accelerator
from torch import nn

import surefoot as sf


def train(epochs: int = 40) -> list[float]:
    """The loss at every batch."""
    torch.manual_seed(0)
    X = torch.randn(128, 4)
    y = X @ torch.tensor([[1.0], [-2.0], [0.5], [3.0]])
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(X, y), batch_size=32)
    accelerator = Accelerator(cpu=True, gradient_accumulation_steps=2)
    model = nn.Linear(4, 1)
    optimizer = sf.optim.Adam(model.parameters(), lr=1e-1)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.99)
    model, optimizer, loader, schedule = accelerator.prepare(model, optimizer, loader, schedule)
    losses = []
    for _ in range(epochs):
        for features, target in loader:
            with accelerator.accumulate(model):
                loss = nn.functional.mse_loss(model(features), target)
                accelerator.backward(loss)
                accelerator.clip_grad_norm_(model.parameters(), 10.0)
                optimizer.step()
                schedule.step()
                optimizer.zero_grad()
            losses.append(loss.item())
    return losses


if __name__ == "__main__":
    losses = train()
    print(f"{losses[0]:.3f} -> {losses[-1]:.2e}")
