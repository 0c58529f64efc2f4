"""How numbers lie in memory, for kernels: what is printed to load one and to store one, around the same computation.

A rule computes in float32 (or float64); parameter, gradient and each state slot may each be stored otherwise. Storing
rounds to the nearest number, ties to even. Other roundings are operations, `ROUNDINGS`, which bring a value onto the
storage's grid before it is stored; `engines/rewriting/precision.py` puts them into a graph. All of it is printed as
the operations in `engines/cpu/llvm.py` are: {n} the result, {0}, {1} the operands.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Codec:
    """A storage type: its LLVM type and bytes, the text from stored to computed value, and back (empty: the same)."""

    type: str
    width: int
    load: tuple[str, ...] = ()
    store: tuple[str, ...] = ()


_NEAREST_BFLOAT16 = (  # the upper half of the bits, rounded half to even by a carry; NaN would become infinite by it
    "{n}_bits = bitcast float {0} to i32",
    "{n}_above = lshr i32 {n}_bits, 16",
    "{n}_odd = and i32 {n}_above, 1",
    "{n}_half = add i32 {n}_odd, 32767",
    "{n}_carried = add i32 {n}_bits, {n}_half",
    "{n}_isnan = fcmp uno float {0}, 0.0",
    "{n}_kept = select i1 {n}_isnan, i32 2143289344, i32 {n}_carried",
)

#: (storage, type computed in) to codec. These are all that a kernel reads and writes.
CODECS: dict[tuple[str, str], Codec] = {
    ("float32", "float32"): Codec("float", 4),
    ("float64", "float64"): Codec("double", 8),
    ("bfloat16", "float32"): Codec(
        "i16",
        2,
        load=(
            "{n}_w = zext i16 {0} to i32",
            "{n}_high = shl i32 {n}_w, 16",
            "{n} = bitcast i32 {n}_high to float",
        ),
        store=(*_NEAREST_BFLOAT16, "{n}_low = lshr i32 {n}_kept, 16", "{n} = trunc i32 {n}_low to i16"),
    ),
    ("float16", "float32"): Codec(
        "half", 2, load=("{n} = fpext half {0} to float",), store=("{n} = fptrunc float {0} to half",)
    ),
}

_WHERE_FINITE = (
    "{n}_size = call float @llvm.fabs.f32(float {0})",
    "{n}_finite = fcmp olt float {n}_size, 0x7FF0000000000000",
    "{n} = select i1 {n}_finite, float {n}_rounded, float {0}",
)

#: Roundings of float32 onto a coarser grid. `nearest_` takes the value; `dither_` takes the value and a whole number
#: drawn from 0 to 65535, and rounds up in magnitude as often as the value is near to the number above.
ROUNDINGS: dict[str, tuple[str, ...]] = {
    "nearest_bfloat16": (
        *_NEAREST_BFLOAT16,
        "{n}_cut = and i32 {n}_kept, -65536",
        "{n} = bitcast i32 {n}_cut to float",
    ),
    "nearest_float16": ("{n}_half = fptrunc float {0} to half", "{n} = fpext half {n}_half to float"),
    "dither_bfloat16": (
        "{n}_bits = bitcast float {0} to i32",
        "{n}_drawn = fptosi float {1} to i32",
        "{n}_carried = add i32 {n}_bits, {n}_drawn",
        "{n}_cut = and i32 {n}_carried, -65536",
        "{n}_rounded = bitcast i32 {n}_cut to float",
        *_WHERE_FINITE,
    ),
    "dither_float16": (  # 13 bits fall away; below 2^-14 the grid is 2^-24 throughout: a whole number of those
        "{n}_bits = bitcast float {0} to i32",
        "{n}_drawn = fptosi float {1} to i32",
        "{n}_shift = lshr i32 {n}_drawn, 3",
        "{n}_carried = add i32 {n}_bits, {n}_shift",
        "{n}_cut = and i32 {n}_carried, -8192",
        "{n}_normal = bitcast i32 {n}_cut to float",
        "{n}_length = call float @llvm.fabs.f32(float {0})",
        "{n}_tiny = fcmp olt float {n}_length, 0x3F10000000000000",
        "{n}_grids = fmul float {n}_length, 16777216.0",
        "{n}_number = sitofp i32 {n}_shift to float",
        "{n}_share = fmul float {n}_number, 0x3F20000000000000",
        "{n}_moved = fadd float {n}_grids, {n}_share",
        "{n}_few = select i1 {n}_tiny, float {n}_moved, float 0.0",
        "{n}_whole = fptosi float {n}_few to i32",
        "{n}_floor = sitofp i32 {n}_whole to float",
        "{n}_floored = fmul float {n}_floor, 0x3E70000000000000",
        "{n}_signed = call float @llvm.copysign.f32(float {n}_floored, float {0})",
        "{n}_rounded = select i1 {n}_tiny, float {n}_signed, float {n}_normal",
        *_WHERE_FINITE,
    ),
}

_MIX = (  # a bijection of 32 bits in which every bit depends on every other (Wellons' lowbias32)
    "{n}a = lshr i32 {0}, 16",
    "{n}b = xor i32 {0}, {n}a",
    "{n}c = mul i32 {n}b, 2146121005",
    "{n}d = lshr i32 {n}c, 15",
    "{n}e = xor i32 {n}c, {n}d",
    "{n}f = mul i32 {n}e, -2073254261",
    "{n}g = lshr i32 {n}f, 16",
    "{n} = xor i32 {n}f, {n}g",
)


def random_key(word: int) -> list[str]:
    """Before the loop: what the word that an element draws from depends on, of the tensor's 64-bit `%key`."""
    return [
        f"%second{word}_high = lshr i64 %key, 32",
        f"%second{word}_key = trunc i64 %second{word}_high to i32",
        f"%second{word}_far = lshr i64 %offset, 32",
        f"%second{word}_times = mul i64 %second{word}_far, 2246822507",
        f"%second{word}_page = trunc i64 %second{word}_times to i32",
        f"%second{word}_sum = add i32 %second{word}_key, %second{word}_page",
        f"%second{word} = add i32 %second{word}_sum, {word * 2654435769 % 2**32}",
        f"%first{word} = trunc i64 %key to i32",
        f"%near{word} = trunc i64 %offset to i32",
    ]


def random_word(word: int) -> list[str]:
    """In the loop: 32 random bits of element `%i` of the chunk at `%offset`; the generator of `engines.dither`."""
    return [
        f"%place{word} = trunc i64 %i to i32",
        f"%index{word} = add i32 %near{word}, %place{word}",
        f"%count{word} = add i32 %index{word}, %first{word}",
        *(line.format(f"%count{word}", n=f"%mixed{word}") for line in _MIX),
        f"%crossed{word} = xor i32 %mixed{word}, %second{word}",
        *(line.format(f"%crossed{word}", n=f"%word{word}") for line in _MIX),
    ]


def random_number(result: str, draw: int) -> list[str]:
    """The draw of that number: 16 bits of the word, as a float from 0 to 65535."""
    return [
        f"{result}_part = lshr i32 %word{draw // 2}, {16 * (draw % 2)}",
        f"{result}_low = and i32 {result}_part, 65535",
        f"{result} = sitofp i32 {result}_low to float",
    ]
