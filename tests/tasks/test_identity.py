"""Digests: equal where the code is, different where it is not, and the same in every process."""

import enum
import functools
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from surefoot.errors import UserError
from surefoot.references import load
from surefoot.tasks.identity import digest

BODY = """
import torch
from torch import nn

SCALE = 2.0
NAMES = {"a", "b", "c"}

class Helper:
    power = 1

    def __call__(self, x):
        return (x * SCALE) ** self.power

def helper(x):
    return x + 1

def make(k):
    def loss(output, y):
        return (helper(output - y) ** 2).mean() * k * SCALE if "a" in {"a", "b", "c"} else NAMES
    return loss

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(2, 2)
        nn.init.zeros_(self.inner.weight)
        nn.init.zeros_(self.inner.bias)

    def forward(self, x):
        return self.inner(x) * 3

def again(n):
    return again(n - 1) if n else 0

loss, net, instance = make(3), Net(), Helper()
"""


def written(folder: Path, body: str, name: str) -> object:
    folder.mkdir(exist_ok=True)
    (folder / "mine.py").write_text(body)
    return load(f"{folder / 'mine.py'}:{name}")


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("SCALE = 2.0", "SCALE = 2.5", {"loss", "instance"}),
        ("return x + 1", "return x + 2", {"loss"}),
        ("return x + 1", "return x - 1", {"loss"}),
        ("make(3)", "make(4)", {"loss"}),
        ("self.inner(x) * 3", "self.inner(x) * 4", {"net"}),
        ("nn.init.zeros_(self.inner.bias)", "nn.init.ones_(self.inner.bias)", {"net"}),
        ("(x * SCALE)", "(x / SCALE)", {"instance"}),
        ("power = 1", "power = 2", {"instance"}),
        ("again(n - 1)", "again(n - 2)", {"again"}),
        ("import torch", "# a comment\nimport torch", set()),
    ],
)
def test_an_edit_changes_the_digest_of_what_uses_it_and_of_nothing_else(
    tmp_path: Path, old: str, new: str, changed: set[str]
) -> None:
    names = ("loss", "net", "instance", "again")
    before = {name: digest(written(tmp_path / "one", BODY, name)) for name in names}
    assert old in BODY
    after = {name: digest(written(tmp_path / "two", BODY.replace(old, new, 1), name)) for name in names}
    assert {name for name in names if before[name] != after[name]} == changed


def test_a_digest_is_the_same_in_every_process(tmp_path: Path) -> None:
    names = ("loss", "net", "instance", "again")
    here = [digest(written(tmp_path, BODY, name)) for name in names]
    code = (
        "from surefoot.references import load; from surefoot.tasks.identity import digest\n"
        f"print(*(digest(load({str(tmp_path / 'mine.py')!r} + ':' + n)) for n in {names}))"
    )
    env = os.environ | {"PYTHONHASHSEED": "1"}
    there = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True, text=True).stdout
    assert there.split() == here


def test_values_of_different_types_or_order_differ() -> None:
    values = [1, 1.0, True, "1", b"1", None, (1,), [1], {1}, {1: 1}, (1, 2), (2, 1), np.ones(1), torch.ones(1), 1j]
    values += [np.ones(2), np.ones((1, 1)), np.float32(1), ((1,), 2), (1, (2,))]
    assert len({digest(value) for value in values}) == len(values)
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


def test_what_comes_with_torch_is_known_by_name_and_its_settings() -> None:
    cross_entropy = nn.functional.cross_entropy
    assert digest(cross_entropy) != digest(nn.functional.nll_loss)
    assert digest(nn.CrossEntropyLoss()) == digest(nn.CrossEntropyLoss())
    assert digest(nn.CrossEntropyLoss()) != digest(nn.MSELoss())
    partials = [functools.partial(cross_entropy, label_smoothing=s) for s in (0.1, 0.2)]
    assert digest(partials[0]) != digest(partials[1])
    smooth = [nn.CrossEntropyLoss(label_smoothing=s) for s in (0.1, 0.2)]
    assert digest(smooth[0]) != digest(smooth[1])


def test_a_value_that_contains_itself_is_no_trouble() -> None:
    loop: list[object] = [1]
    loop.append(loop)
    assert digest(loop) == digest(loop)


GLOBAL = """
import functools
from types import SimpleNamespace

import numpy as np
import torch.nn.functional as F
from torch import nn
from torch.nn.functional import mse_loss as imported

criterion, alias, number = nn.HuberLoss(delta=1.0), F.mse_loss, np.float32(1)
partial, space = functools.partial(F.mse_loss, reduction="mean"), SimpleNamespace(k=1)

class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self._a = 1

    @property
    def b(self):
        return 1

    @staticmethod
    def c():
        return 1

scaled = Scaled()
loss = lambda output, y: criterion(output, y) + alias(output, y) * number + partial(output, y) + imported(output, y)
other = lambda output, y: space.k * scaled.b * output.mean()
"""


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ("delta=1.0", "delta=2.0", "loss"),
        ("nn.HuberLoss(delta=1.0)", "nn.L1Loss()", "loss"),
        ("F.mse_loss, np", "F.l1_loss, np", "loss"),
        ("float32(1)", "float32(2)", "loss"),
        ('reduction="mean"', 'reduction="sum"', "loss"),
        ("import mse_loss as", "import l1_loss as", "loss"),
        ("(k=1)", "(k=2)", "other"),
        ("self._a = 1", "self._a = 2", "other"),
        ("def b(self):\n        return 1", "def b(self):\n        return 2", "other"),
        ("def c():\n        return 1", "def c():\n        return 2", "other"),
    ],
)
def test_whatever_a_function_reads_counts(tmp_path: Path, before: str, after: str, name: str) -> None:
    assert before in GLOBAL
    same, again = (digest(written(tmp_path / k, GLOBAL, name)) for k in ("a", "b"))
    assert same == again
    assert digest(written(tmp_path / "c", GLOBAL.replace(before, after), name)) != same


def test_what_stands_in_a_file_beside_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = set()
    for k, (factor, scale) in enumerate([(1, 1), (2, 1), (1, 2)]):
        folder = tmp_path / str(k)
        folder.mkdir()
        (folder / "beside.py").write_text(f"SCALE = {scale}\ndef helper(x):\n    return x * {factor}\n")
        monkeypatch.delitem(sys.modules, "beside", raising=False)
        body = "import beside\nloss = lambda output, y: beside.helper(output - y).mean() * beside.SCALE\n"
        seen.add(digest(written(folder, body, "loss")))
    assert len(seen) == 3


class Mode(enum.Enum):
    FAST = 1
    SLOW = 2


class Slotted:
    __slots__ = ("value",)

    def __init__(self, value: int) -> None:
        self.value = value


class Linked:
    """Knows where it belongs, as parts of models often do."""

    def __init__(self, value: int) -> None:
        self.value, self.owner = value, {"self": self, "lock": threading.Lock()}


@pytest.mark.parametrize(
    "make",
    [
        lambda k: list(Mode)[k],
        Slotted,
        Linked,
        lambda k: pd.DataFrame({"weight": [1.0, float(k)]}),
        lambda k: pd.Series(["a", str(k)]),
        lambda k: np.array([{"k": k}, None], dtype=object),
        lambda k: (torch.eye(3) * (k + 1)).to_sparse(),
        lambda k: logging.getLogger(f"logger{k}"),
        np.random.default_rng,
    ],
)
def test_whatever_a_loss_may_hold_is_told_apart_by_what_it_holds(make: Callable[[int], object]) -> None:
    assert digest(make(0)) == digest(make(0))
    assert digest(make(0)) != digest(make(1))


def test_what_lies_too_deep_is_refused_in_one_line() -> None:
    deep: list[object] = []
    for _ in range(2000):
        deep = [deep]
    with pytest.raises(UserError, match="lies too deep in one another"):
        digest(deep)
