"""`python -m benchmarks.first_step RULE`: seconds of an optimizer's first and second step in this new process."""

import json
import sys
from time import perf_counter

import torch

from surefoot.optim import CLASSES


def main(rule: str) -> None:
    parameter = torch.zeros(1000, requires_grad=True)
    parameter.grad = torch.ones(1000)
    start = perf_counter()
    optimizer = CLASSES[rule]([parameter])
    optimizer.step()
    first = perf_counter()
    optimizer.step()
    print(json.dumps({"first": first - start, "second": perf_counter() - first}))


if __name__ == "__main__":
    main(sys.argv[1])
