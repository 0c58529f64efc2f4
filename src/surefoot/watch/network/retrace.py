"""A study's optimizers trained once more, each with its best setting, keeping the weights, which a study does not."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

from surefoot.engines.effective import RATE, with_rate
from surefoot.engines.evaluate import step
from surefoot.engines.graph import Graph
from surefoot.engines.host import uniforms
from surefoot.engines.torch import table
from surefoot.rules.catalogue import find
from surefoot.rules.rule import Rule, Setting
from surefoot.tasks.batches import order
from surefoot.tasks.task import Task
from surefoot.watch.network.paths import Paths
from surefoot.watch.scene import Array

#: Snapshots of a training at most, rows on which the loss is taken, layers whose rates are shown.
SNAPSHOTS, ROWS, LAYERS = 120, 2048, 3
SEED = 0
Tensors = dict[str, Tensor]


def retraced(task: Task, settings: Mapping[str, Mapping[str, Setting]], seed: int = SEED) -> Paths:
    """The paths of several optimizers on a task, from the same initial weights and over the same batches.

    Args:
        task: what is trained. settings: rule (as `surefoot.rules.find` takes it) to all its settings.
        seed: of the initial weights and of the order of the batches.

    Raises:
        UserError: if a rule is not known.
    """
    snapshots, steps, rates = {}, {}, {}
    for name, chosen in settings.items():
        rule = find(name)
        frames = list(_training(task, rule, chosen, seed))
        snapshots[rule.title] = np.stack([frame for _, frame, _ in frames])
        steps[rule.title] = np.array([count for count, _, _ in frames])
        rates[rule.title] = {
            layer: np.array([rate.get(layer, np.nan) for _, _, rate in frames]) for layer in frames[-1][2]
        }
    return Paths(task.name, _loss(task, task.build(seed)), snapshots, steps, rates)


def _training(
    task: Task, rule: Rule, settings: Mapping[str, Setting], seed: int
) -> Iterator[tuple[int, Array, Mapping[str, float]]]:
    """(updates made, flat parameters, median effective rate of each chosen layer), from before the first update on."""
    model = task.build(seed)
    names = [name for name, p in model.named_parameters() if p.requires_grad]
    weights: Tensors = {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}
    layers = [name for name in names if weights[name].ndim > 1][:LAYERS] or names[:LAYERS]
    graph = with_rate(Graph.of(rule, settings))
    host, hyper = uniforms(graph), {name: settings[name] for name in rule.hyper}
    first = {s: float(settings[rule.start[s]]) if s in rule.start else 0.0 for s in graph.state}
    state = {name: {s: torch.full_like(weights[name], value) for s, value in first.items()} for name in names}
    every = max(1, task.steps // SNAPSHOTS)
    batches = order(seed, len(task.train.x), task.batch_size, task.steps)
    yield 0, _flat(weights), {}
    for t, rows in enumerate(batches, 1):
        gradients = _gradients(task, model, weights, torch.as_tensor(rows), t)
        shared, rates = host(t, **hyper), {}
        for name in names:
            slots = {"x": weights[name], "g": gradients[name], **state[name]}
            new = step(graph, table(weights[name].dtype, weights[name].device), slots, shared)
            rates[name] = new.pop(RATE)
            weights[name] = new.pop("x")
            state[name] = new
        if t % every == 0 or t == task.steps:
            yield t, _flat(weights), {layer: float(torch.as_tensor(rates[layer]).median()) for layer in layers}


def _gradients(task: Task, model: nn.Module, weights: Tensors, rows: Tensor, t: int) -> Tensors:
    leaves = {name: w.clone().requires_grad_() for name, w in weights.items()}
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(t)  # dropout is the same for all optimizers
        loss = task.loss(functional_call(model, leaves, (task.train.x[rows],)), task.train.y[rows])
    found = torch.autograd.grad(loss, list(leaves.values()), allow_unused=True)
    return {name: torch.zeros_like(weights[name]) if g is None else g for name, g in zip(leaves, found, strict=True)}


def _loss(task: Task, model: nn.Module) -> Callable[[Array], float]:
    """The training loss on the first rows, as in training; buffers stay as they are."""
    x, y = task.train.x[:ROWS], task.train.y[:ROWS]
    shapes = {name: p for name, p in model.named_parameters() if p.requires_grad}

    def at(flat: Array) -> float:
        vector = torch.as_tensor(flat)
        pieces = torch.split(vector, [p.numel() for p in shapes.values()])
        given: dict[str, Any] = {
            name: piece.reshape(p.shape).to(p.dtype) for (name, p), piece in zip(shapes.items(), pieces, strict=True)
        }
        given |= {name: buffer.clone() for name, buffer in model.named_buffers()}
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(SEED)
            return float(task.loss(functional_call(model, given, (x,)), y))

    return at


def _flat(weights: Tensors) -> Array:
    joined: Array = torch.cat([w.reshape(-1) for w in weights.values()]).double().numpy()
    return joined
