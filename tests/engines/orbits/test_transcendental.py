"""The vector words against extended precision, over their whole range and at its ends."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from surefoot.engines.cpu.native import compile_module
from surefoot.engines.orbits import powers, transcendental

Numbers = NDArray[np.floating[Any]]
TRUE = {"exp": np.exp, "log": np.log, "sin": np.sin, "cos": np.cos}
TYPES = {"float32": ("float", "f32"), "float64": ("double", "f64")}
SMALLEST = np.finfo(np.float64).tiny
ENDS = (0.0, 1.0, 0.5, 2.0, 1e-300, 1e300, 709.7, 709.79, 708.39, 745.2, 1e-16, np.pi, np.pi / 2, np.inf, np.nan)
#: Whole numbers near multiples of pi / 2: numerators of its continued fraction's convergents, and of pi's.
WHOLE = (2.0, 3.0, 11.0, 22.0, 333.0, 344.0, 355.0, 51819.0, 52174.0, 103993.0, 104348.0)


@cache
def compiled(lines: Sequence[str], dtype: str) -> Any:
    ty, f = TYPES[dtype]
    body = "\n".join("  " + line.format("%x", n="%n", ty=ty, f=f) for line in lines)
    declared = [("fabs", 1), ("sqrt", 1), ("sin", 1), ("cos", 1), ("fmuladd", 3)]
    declarations = "\n".join(
        f"declare {ty_} @llvm.{name}.{f_}({', '.join([ty_] * arity)})"
        for ty_, f_ in TYPES.values()
        for name, arity in declared
    )
    return compile_module(
        f"""define void @pass0(ptr %block) {{
entry:
  %count = load i64, ptr %block
  %at_from = getelementptr ptr, ptr %block, i64 1
  %from = load ptr, ptr %at_from
  %at_to = getelementptr ptr, ptr %block, i64 2
  %to = load ptr, ptr %at_to
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %in = getelementptr {ty}, ptr %from, i64 %i
  %x = load {ty}, ptr %in
{body}
  %out = getelementptr {ty}, ptr %to, i64 %i
  store {ty} %n, ptr %out
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %count
  br i1 %more, label %loop, label %done
done:
  ret void
}}

{transcendental.functions(TRUE)}

{declarations}
""",
        1,
    )


def computed(lines: Sequence[str], x: Numbers) -> Numbers:
    """The printed lines over an array."""
    result = np.empty_like(x)
    block = np.array([x.size, x.ctypes.data, result.ctypes.data], np.int64)
    compiled(tuple(lines), str(x.dtype)).passes[0].call(block.ctypes.data)
    return result


def check(lines: Sequence[str], x: Numbers, meaning: Callable[[Any], Any], ulp: float) -> None:
    """Within so many units in the last place; what is below the smallest normal number is zero, in or out."""
    with np.errstate(all="ignore"):
        true = meaning(x.astype(np.longdouble))
        rounded = true.astype(x.dtype)
        unit = np.spacing(np.abs(rounded))
        got = computed(lines, x)
        alike = (got == rounded) | np.isnan(got) & np.isnan(rounded) | (np.abs(got - true) <= ulp * unit)
        alike |= (np.abs(true) < SMALLEST) & (np.abs(got) <= SMALLEST)
    assert alike.all(), [(v, g, r) for v, g, r in zip(x[~alike], got[~alike], rounded[~alike], strict=True)][:3]


def lines_of(word: str, dtype: str) -> Sequence[str]:
    return transcendental.near(TYPES[dtype][0])[word]


def spread(word: str, size: int, seed: int = 0) -> Numbers:
    """Numbers from all over what the word takes, each binade and the middle of the range alike."""
    rng = np.random.default_rng(seed)
    low, high = {"exp": (-760, 720), "log": (0, 100)}.get(word, (-transcendental.FAR, transcendental.FAR))
    even = rng.uniform(low, high, size)
    sizes = 2.0 ** rng.uniform(-1022, {"exp": 9, "log": 1024}.get(word, 17), size)
    around_one = rng.uniform(0.5, 2, size)
    signs = 1 if word == "log" else rng.choice([-1, 1], 3 * size)
    return np.concatenate([even, sizes, around_one]) * signs


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("word", TRUE)
def test_within_2_ulp_over_the_whole_range(word: str, dtype: str) -> None:
    with np.errstate(all="ignore"):
        x = spread(word, 100_000).astype(dtype)
    x = x[np.abs(x) >= np.finfo(dtype).tiny]
    check(lines_of(word, dtype), x, TRUE[word], 2.0)


@given(st.sampled_from(sorted(TRUE)), st.lists(st.floats(allow_subnormal=False), min_size=1, max_size=20))
def test_whatever_the_number(word: str, numbers: list[float]) -> None:
    x = np.array(numbers)
    check(transcendental.anywhere("double")[word], x, TRUE[word], 2.0)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("word", TRUE)
def test_the_ends(word: str, dtype: str) -> None:
    with np.errstate(all="ignore"):
        x = np.array([*ENDS, *(-end for end in ENDS)]).astype(dtype)
    check(transcendental.anywhere(TYPES[dtype][0])[word], x, TRUE[word], 2.0)


def test_signs_of_nothing() -> None:
    zeros = np.array([0.0, -0.0])
    assert np.signbit(computed(lines_of("sin", "float64"), zeros)).tolist() == [False, True]
    for word, value in (("exp", 1.0), ("cos", 1.0), ("log", -np.inf)):
        assert computed(lines_of(word, "float64"), zeros).tolist() == [value, value]
    assert computed(lines_of("log", "float64"), np.array([1.0])).tolist() == [0.0]


@pytest.mark.parametrize("word", sorted(transcendental.LIMITED))
def test_where_next_to_nothing_is_left_of_the_turn(word: str) -> None:
    turns = np.arange(1, int(transcendental.FAR / (np.pi / 2)))
    nearest = turns * np.longdouble(np.pi / 2) + turns * np.longdouble(6.123233995736766e-17)
    check(lines_of(word, "float64"), np.array([*nearest.astype(float), *WHOLE]), TRUE[word], 2.0)


@pytest.mark.parametrize("word", sorted(transcendental.LIMITED))
def test_beyond_its_limit_a_word_is_the_librarys(word: str) -> None:
    far = transcendental.FAR
    x = np.array([far, np.nextafter(far, np.inf), 2 * far, 1e8, 1e22, -1e300])
    check(transcendental.anywhere("double")[word], x, TRUE[word], 2.0)
    near, anywhere = (words("double")[word] for words in (transcendental.near, transcendental.anywhere))
    np.testing.assert_array_equal(computed(near, x[:1]), computed(anywhere, x[:1]))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("exponent", sorted(powers.SIMPLE))
def test_powers(exponent: float, dtype: str) -> None:
    rng = np.random.default_rng(1)
    limit = 30 if dtype == "float32" else 250
    sizes = 2.0 ** rng.uniform(-limit, limit, 50_000) * rng.choice([-1, 1], 50_000)
    x = np.concatenate([sizes, rng.uniform(0.5, 2, 50_000), [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0]])
    check(powers.words(exponent), x.astype(dtype), lambda v: np.power(v, np.longdouble(exponent)), 3.0)
