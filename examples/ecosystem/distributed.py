"""DistributedDataParallel on the CPU (gloo): two processes, half a batch each, make the steps that one would make."""

import os
import socket

import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

import surefoot as sf


def model_and_data() -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    """The same in every process."""
    torch.manual_seed(0)
    X = torch.randn(64, 4)
    return nn.Linear(4, 1), X, X @ torch.tensor([[1.0], [-2.0], [0.5], [3.0]])


def worker(rank: int, processes: int, steps: int, answer: "torch.multiprocessing.Queue") -> None:
    """One process: its share of the batch, gradients averaged over all."""
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", rank=rank, world_size=processes)
    model, X, y = model_and_data()
    model = DistributedDataParallel(model)
    optimizer = sf.optim.LAMB(model.parameters(), lr=1e-2)
    for _ in range(steps):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(X[rank::processes]), y[rank::processes]).backward()
        optimizer.step()
    answer.put((rank, {name: p.tolist() for name, p in model.module.named_parameters()}))
    torch.distributed.barrier()
    torch.distributed.destroy_process_group()


def train(processes: int = 2, steps: int = 50) -> dict[int, dict[str, list]]:
    """The parameters at the end, by process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(free.getsockname()[1]))
    context = torch.multiprocessing.get_context("spawn")
    answer = context.Queue()
    running = [context.Process(target=worker, args=(rank, processes, steps, answer)) for rank in range(processes)]
    for process in running:
        process.start()
    ends = dict(answer.get(timeout=120) for _ in running)
    for process in running:
        process.join()
    return ends


if __name__ == "__main__":
    one, two = train(1)[0], train(2)
    print("one process: ", one)
    print("two processes:", two[0])
