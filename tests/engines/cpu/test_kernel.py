"""The kernel equals NumPy to the last bit: many tensors, many groups, sizes around a chunk, any number of threads."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surefoot.engines import numpy as reference
from surefoot.engines.cpu import team
from surefoot.engines.cpu.kernel import ALONE, Kernel
from surefoot.engines.cpu.llvm import CHUNK
from surefoot.engines.graph import Graph
from surefoot.rules import Rule
from surefoot.rules.rule import Setting
from surefoot.testing.engines import (
    assert_same,
    by_kernel,
    check_engine,
    is_exact,
    random_hyper,
    random_slots,
    run_kernel,
)
from tests.rules.own import CHOSEN, EVERY, named

EXACT = [(rule, static) for rule, static in CHOSEN if is_exact(Graph.of(rule, static))]
SIZES = st.one_of(st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 3]), st.integers(0, 70))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rule", EVERY, ids=named)
def test_one_tensor_under_every_option(rule: Rule, dtype: str) -> None:
    check_engine(by_kernel, rule, dtype)


def test_which_rules_are_exact_is_read_off_their_graphs() -> None:
    assert {rule.name for rule in EVERY} - {rule.name for rule, _ in EXACT} == {"lamb", "soft", "nested"}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@settings(max_examples=30)
@given(data=st.data())
def test_many_tensors_and_groups_on_any_number_of_threads(dtype: str, data: st.DataObject) -> None:
    rule, static = data.draw(st.sampled_from(EXACT))
    sizes = data.draw(st.lists(SIZES, max_size=12))
    groups = data.draw(st.lists(st.integers(0, 4), min_size=len(sizes), max_size=len(sizes)))
    counts = data.draw(st.lists(st.integers(1, 2**30), min_size=5, max_size=5))
    threads = data.draw(st.sampled_from([1, 2, 3]))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    hyper = [random_hyper(rule, rng) for _ in counts]
    tensors = [random_slots(rule, size, dtype, rng) for size in sizes]
    kernel = Kernel(Graph.of(rule, static), dtype)

    scalars = [kernel.uniforms(t, **h) for t, h in zip(counts, hyper, strict=True)]
    stepped = run_kernel(kernel, tensors, groups, scalars, threads)

    for i, (tensor, group, new) in enumerate(zip(tensors, groups, stepped, strict=True)):
        chosen: dict[str, Setting] = {**hyper[group], **static}
        expected = reference.run(rule, tensor, counts[group], dtype, **chosen)
        assert set(new) == set(expected)
        for slot in expected:
            assert_same(new[slot], expected[slot], None, f"{rule.name} tensor {i} slot {slot}")


@pytest.mark.parametrize(("rule", "static"), CHOSEN, ids=named)
def test_threads_do_not_change_a_bit(rule: Rule, static: dict[str, Setting]) -> None:
    rng = np.random.default_rng(1)
    sizes = [ALONE, 3, CHUNK, 0, 2 * CHUNK + 1]
    tensors = [{s: np.abs(rng.standard_normal(n)) for s in rule.slots} for n in sizes]
    kernel = Kernel(Graph.of(rule, static))
    scalars = [kernel.uniforms(7, **random_hyper(rule, rng)) for _ in range(2)]
    alone, *others = (run_kernel(kernel, tensors, [0, 1, 0, 1, 1], scalars, threads) for threads in (1, 2, 3, 7))
    assert all(np.isfinite(alone[0][slot]).all() for slot in alone[0])
    for other in others:
        for one, two in zip(alone, other, strict=True):
            assert all(np.array_equal(one[slot], two[slot]) for slot in one)


def test_a_tensor_with_no_elements_and_no_tensors_at_all() -> None:
    kernel = Kernel(Graph.of(EVERY[0]))
    run_kernel(kernel, [], [], [])
    (new,) = run_kernel(kernel, [{"x": np.zeros((0, 3)), "g": np.zeros((0, 3))}], [0], [kernel.uniforms(1, lr=0.1)])
    assert new["x"].shape == (0, 3)


def test_a_small_plan_is_never_shared_among_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    shared: list[int] = []
    monkeypatch.setattr(team, "run", lambda one_pass, block, threads: shared.append(threads))
    kernel = Kernel(Graph.of(EVERY[0]))
    for sizes in ([ALONE - 1], [10, 20 * CHUNK, 1, CHUNK], [7 * CHUNK]):
        kernel.plan(sizes, [0] * len(sizes)).run(9)
    assert shared == [1, 9, 7]  # the first is small, the last has only seven chunks to take
