"""Lightning: `configure_optimizers` returns our optimizer, with a scheduler as for any other."""

import lightning
import torch
from torch import nn

import surefoot as sf


class Line(lightning.LightningModule):
    """A linear model that learns a line."""

    def __init__(self) -> None:
        super().__init__()
        self.model = nn.Linear(4, 1)
        self.losses: list[float] = []

    def training_step(self, batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        X, y = batch
        loss = nn.functional.mse_loss(self.model(X), y)
        self.losses.append(loss.item())
        return loss

    def configure_optimizers(self) -> dict:
        optimizer = sf.optim.RMSProp(self.parameters(), lr=1e-1)
        return {"optimizer": optimizer, "lr_scheduler": torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 40)}


def train(epochs: int = 40, precision: str = "32-true") -> list[float]:
    """The loss at every step; `precision` is the trainer's, which clips gradients by itself."""
    lightning.seed_everything(0, verbose=False)
    X = torch.randn(128, 4)
    y = X @ torch.tensor([[1.0], [-2.0], [0.5], [3.0]])
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(X, y), batch_size=32)
    line = Line()
    trainer = lightning.Trainer(
        max_epochs=epochs, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False, gradient_clip_val=10.0, precision=precision,
    )  # fmt: skip
    trainer.fit(line, loader)
    return line.losses


if __name__ == "__main__":
    losses = train()
    print(f"{losses[0]:.3f} -> {losses[-1]:.2e}")
