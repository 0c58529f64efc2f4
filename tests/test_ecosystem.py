"""The optimizers inside other people's training loops: every example in examples/ecosystem runs, and learns.

Needs the extra `ecosystem`: `make test-ecosystem`.
"""

from importlib import import_module
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "ecosystem"
#: Warnings of those libraries about themselves are theirs.
pytestmark = [pytest.mark.ecosystem, pytest.mark.filterwarnings("ignore")]


def train(name: str, **options):
    return import_module(f"examples.ecosystem.{name}").train(**options)


@pytest.mark.parametrize("name", ["hugging_face", "lightning_module", "accelerate_loop", "mixed_precision", "compiled"])
def test_the_example_learns(name: str) -> None:
    losses = train(name)
    assert losses[-1] < 0.2 * losses[0]


def test_bfloat16_needs_no_scaler() -> None:
    import torch

    losses = train("mixed_precision", dtype=torch.bfloat16)
    assert losses[-1] < 0.2 * losses[0]


def test_lightning_clips_under_mixed_precision() -> None:
    losses = train("lightning_module", precision="bf16-mixed")
    assert losses[-1] < 0.2 * losses[0]


def test_two_processes_end_where_one_does() -> None:
    import numpy as np

    one = train("distributed", processes=1)[0]
    two = train("distributed", processes=2)
    assert two[0] == two[1]
    for name, values in one.items():
        np.testing.assert_allclose(two[0][name], values, rtol=1e-5, atol=1e-6)


def test_every_example_is_tested() -> None:
    tested = {"hugging_face", "lightning_module", "accelerate_loop", "mixed_precision", "compiled", "distributed"}
    assert {path.stem for path in FOLDER.glob("*.py")} == tested
