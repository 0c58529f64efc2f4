"""A task of your own, whole: `surefoot compare examples/my_task.py:task`."""

import torch
from sklearn.datasets import load_wine
from torch import nn

import surefoot as sf

X, y = load_wine(return_X_y=True)
task = sf.Task(
    name="wine",
    model=lambda: nn.Sequential(nn.BatchNorm1d(13), nn.Linear(13, 32), nn.ReLU(), nn.Linear(32, 3)),
    loss=nn.functional.cross_entropy,
    train=(X, y),  # a fifth is held out for validation and a fifth for the test, unless you give your own
    score=lambda output, y: (output.argmax(1) == y).to(torch.float32).mean(),  # higher is better
    batch_size=16,
    steps=200,
)
