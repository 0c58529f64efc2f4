"""Hugging Face's Trainer: our optimizer and a scheduler of it go in by `optimizers=`."""

import tempfile

import torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

import surefoot as sf


class FirstToken(torch.utils.data.Dataset):
    """Sequences of eight tokens; the label is the first one."""

    def __init__(self, rows: int = 256) -> None:
        generator = torch.Generator().manual_seed(0)
        self.tokens = torch.randint(1, 3, (rows, 8), generator=generator)

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, i: int) -> dict[str, torch.Tensor]:
        tokens = self.tokens[i]
        return {"input_ids": tokens, "labels": tokens[0] - 1}


def train(steps: int = 60) -> list[float]:
    """The losses that the Trainer logs."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=3, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=8, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    optimizer = sf.optim.AdamW(sf.optim.param_groups(model, weight_decay=0.01), lr=3e-3)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.1, total_iters=steps)
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            folder, max_steps=steps, per_device_train_batch_size=32, logging_steps=10, report_to=[], use_cpu=True,
            disable_tqdm=True, log_level="error", save_strategy="steps", save_steps=steps, max_grad_norm=1.0,
        )  # fmt: skip
        trainer = Trainer(model, arguments, train_dataset=FirstToken(), optimizers=(optimizer, schedule))
        trainer.train()
    return [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]


if __name__ == "__main__":
    print(" ".join(f"{loss:.3f}" for loss in train()))
