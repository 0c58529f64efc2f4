"""`exp`, `log`, `sin` and `cos` as straight lines of LLVM IR, for loops it vectorises.

A library's function is called for one number at a time; these are additions, products and bit operations alone, without
a branch, so a loop over lanes has them four or eight at a time. They reduce the argument as Cody and Waite do (Software
Manual for the Elementary Functions, 1980: by a constant in parts so short that their products with the quotient are
exact) and end with a polynomial. The polynomials are Chebyshev fits computed with mpmath at 300 bits
(`chebyfit(f, interval, terms)`; what `f` is and its greatest error stand with each), rounded to float64.

Within 2 units in the last place in float64; float32 goes by way of float64. As in all of an orbit, what is below the
smallest normal number counts as zero. `sin` and `cos` hold for sizes up to `FAR`; beyond, they mean
nothing, and say so by `{n}_beyond`.
"""

from collections.abc import Collection, Mapping, Sequence

from surefoot.engines.cpu.llvm import literal

#: The size up to which `sin` and `cos` are right: the quotient by pi/2 then has at most 17 bits.
FAR = 2.0**17

#: (exp(r) - 1 - r) / r^2 for |r| <= 1.001 log(2) / 2, in r: 10 terms, error 1.1e-16.
_EXP = (
    0.5000000000000001,
    0.16666666666666669,
    0.041666666666623824,
    0.008333333333330039,
    0.0013888888917367081,
    0.00019841269863171557,
    2.4801521057868204e-05,
    2.7557268276905696e-06,
    2.7620201591031547e-07,
    2.5100472505694996e-08,
)
#: (2 artanh(s) / s - 2) / s^2 for |s| <= 1.0001 (sqrt(2) - 1) / (sqrt(2) + 1), in s^2: 7 terms, error 3.2e-16.
_LOG = (
    0.666666666666667,
    0.3999999999989938,
    0.28571428626031065,
    0.2222221112572281,
    0.18182889786191042,
    0.15331699633543858,
    0.14616721179861816,
)
#: (sin(r) / r - 1) / r^2 for |r| <= 1.0001 pi / 4, in r^2: 6 terms, error 2.1e-17.
_SIN = (
    -0.16666666666666666,
    0.008333333333330946,
    -0.0001984126983675497,
    2.755731610068303e-06,
    -2.5051131455427946e-08,
    1.591810123027412e-10,
)
#: (cos(r) - 1 + r^2 / 2) / r^4 for |r| <= 1.0001 pi / 4, in r^2: 6 terms, error 1.3e-18.
_COS = (
    0.041666666666666664,
    -0.0013888888888887395,
    2.4801587298763433e-05,
    -2.7557317270560326e-07,
    2.0876146024689747e-09,
    -1.1382614868556325e-11,
)
#: log(2) = 42 bits + the rest; pi / 2 = 36 bits + 36 bits + the rest.
_LN2 = (0.6931471805598903, 5.497923018708371e-14)
_HALF_PI = (1.5707963267923333, 2.5633441515839558e-12, 1.0562999066987428e-23)
#: Added to a number, this leaves the nearest whole number in the last bits; subtracted again, as a number.
_WHOLE = 1.5 * 2.0**52
_SIGN = -(2**63)
_ROOT_HALF = 0x3FE6A09E667F3BCD  # the bits of sqrt(1/2)
_ONE = 0x3FF0000000000000
_FRACTION = 0x000FFFFFFFFFFFFF
_TWO_52 = 0x4330000000000000


def _number(value: float) -> str:
    return literal(value, "double")


def _multiplied(name: str, a: str, b: str, added: str) -> str:
    """a * b + added, rounded once where the processor does that as fast as it adds, else twice."""
    return f"{name} = call double @llvm.fmuladd.f64(double {a}, double {b}, double {added})"


def _polynomial(name: str, x: str, square: str, coefficients: Sequence[float]) -> list[str]:
    """`name`: the even and the odd terms apart, each by Horner's rule, so that a processor does the two at once."""
    lines = [*_horner(f"{name}_e", square, coefficients[::2]), *_horner(f"{name}_o", square, coefficients[1::2])]
    return [*lines, _multiplied(name, f"{name}_o", x, f"{name}_e")]


def _horner(name: str, x: str, coefficients: Sequence[float]) -> list[str]:
    *rest, last = coefficients
    value, lines = _number(last), []
    for k, coefficient in reversed(list(enumerate(rest))):
        own = f"{name}_{k}" if k else name
        lines.append(_multiplied(own, value, x, _number(coefficient)))
        value = own
    return lines


def _reduced(x: str, factor: float, parts: Sequence[float]) -> list[str]:
    """`{n}_turn`, the bits of x * factor's nearest whole number, and `{n}_r`, x less that many times the parts."""
    lines = [
        _multiplied("{n}_rounded", x, _number(factor), _number(_WHOLE)),
        "{n}_turn = bitcast double {n}_rounded to i64",
        f"{{n}}_times = fsub double {{n}}_rounded, {_number(_WHOLE)}",
    ]
    left = x
    for k, part in enumerate(parts):
        name = "{n}_r" if k == len(parts) - 1 else f"{{n}}_left{k}"
        lines.append(_multiplied(name, "{n}_times", _number(-part), left))
        left = name
    return lines


_EXP_WORDS = (
    *_reduced("{0}", 1.4426950408889634, _LN2),
    "{n}_rr = fmul double {n}_r, {n}_r",
    *_polynomial("{n}_p", "{n}_r", "{n}_rr", _EXP),
    _multiplied("{n}_above", "{n}_rr", "{n}_p", "{n}_r"),
    "{n}_small = fadd double {n}_above, 1.0",
    "{n}_bits = bitcast double {n}_small to i64",
    "{n}_shift = shl i64 {n}_turn, 52",  # into the exponent; the bits of _WHOLE itself fall out at the top
    "{n}_raised = add i64 {n}_bits, {n}_shift",
    "{n}_large = bitcast i64 {n}_raised to double",
    f"{{n}}_over = fcmp ogt double {{0}}, {_number(709.782712893384)}",
    f"{{n}}_under = fcmp olt double {{0}}, {_number(-708.3964185322641)}",
    "{n}_nan = fcmp uno double {0}, {0}",
    f"{{n}}_a = select i1 {{n}}_over, double {_number(float('inf'))}, double {{n}}_large",
    "{n}_b = select i1 {n}_under, double 0.0, double {n}_a",
    "{n} = select i1 {n}_nan, double {0}, double {n}_b",
)

_LOG_WORDS = (  # x = 2^e m with m from sqrt(1/2) to sqrt(2); log m = 2 artanh(s), s = (m - 1) / (m + 1)
    "{n}_bits = bitcast double {0} to i64",
    f"{{n}}_lifted = add i64 {{n}}_bits, {_ONE - _ROOT_HALF}",
    "{n}_exponent = lshr i64 {n}_lifted, 52",
    f"{{n}}_fraction = and i64 {{n}}_lifted, {_FRACTION}",
    f"{{n}}_m_bits = add i64 {{n}}_fraction, {_ROOT_HALF}",
    "{n}_m = bitcast i64 {n}_m_bits to double",
    f"{{n}}_e_bits = or i64 {{n}}_exponent, {_TWO_52}",
    "{n}_e_far = bitcast i64 {n}_e_bits to double",
    f"{{n}}_e = fsub double {{n}}_e_far, {_number(2.0**52 + 1023)}",
    "{n}_f = fsub double {n}_m, 1.0",
    "{n}_m1 = fadd double {n}_m, 1.0",
    "{n}_s = fdiv double {n}_f, {n}_m1",
    "{n}_z = fmul double {n}_s, {n}_s",
    "{n}_zz = fmul double {n}_z, {n}_z",
    *_polynomial("{n}_p", "{n}_z", "{n}_zz", _LOG),
    # 2 s = f - s f, and s f = f^2 / 2 - s f^2 / 2: log m = f - (f^2 / 2 - s (f^2 / 2 + z p))
    "{n}_half = fmul double {n}_f, 0.5",
    "{n}_h = fmul double {n}_half, {n}_f",
    _multiplied("{n}_hzp", "{n}_z", "{n}_p", "{n}_h"),
    f"{{n}}_low = fmul double {{n}}_e, {_number(_LN2[1])}",
    _multiplied("{n}_inner", "{n}_s", "{n}_hzp", "{n}_low"),
    "{n}_back = fsub double {n}_h, {n}_inner",
    "{n}_own = fsub double {n}_f, {n}_back",
    _multiplied("{n}_value", "{n}_e", _number(_LN2[0]), "{n}_own"),
    "{n}_positive = fcmp ogt double {0}, 0.0",
    f"{{n}}_finite = fcmp one double {{0}}, {_number(float('inf'))}",
    "{n}_nought = fcmp oeq double {0}, 0.0",
    "{n}_a = select i1 {n}_finite, double {n}_value, double {0}",
    f"{{n}}_bad = select i1 {{n}}_nought, double {_number(float('-inf'))}, double {_number(float('nan'))}",
    "{n} = select i1 {n}_positive, double {n}_a, double {n}_bad",
)

#: sin and cos of what is left after whole quarter turns: `{n}_sine`, `{n}_cosine`.
_QUARTER = (
    "{n}_size = call double @llvm.fabs.f64(double {0})",
    *_reduced("{n}_size", 0.6366197723675814, _HALF_PI),
    "{n}_z = fmul double {n}_r, {n}_r",
    "{n}_zz = fmul double {n}_z, {n}_z",
    *_polynomial("{n}_p", "{n}_z", "{n}_zz", _SIN),
    "{n}_rz = fmul double {n}_r, {n}_z",
    _multiplied("{n}_sine", "{n}_rz", "{n}_p", "{n}_r"),
    *_polynomial("{n}_q", "{n}_z", "{n}_zz", _COS),
    _multiplied("{n}_flat", "{n}_z", "-0.5", "1.0"),
    _multiplied("{n}_cosine", "{n}_zz", "{n}_q", "{n}_flat"),
    "{n}_odd_bit = and i64 {n}_turn, 1",
    "{n}_odd = icmp ne i64 {n}_odd_bit, 0",
    f"{{n}}_beyond = fcmp ogt double {{n}}_size, {_number(FAR)}",
)

_SIN_WORDS = (
    *_QUARTER,
    "{n}_which = select i1 {n}_odd, double {n}_cosine, double {n}_sine",
    "{n}_own_sign = bitcast double {0} to i64",
    "{n}_turned = shl i64 {n}_turn, 62",  # the second last bit is the sign
    "{n}_signs = xor i64 {n}_turned, {n}_own_sign",
    f"{{n}}_sign = and i64 {{n}}_signs, {_SIGN}",
    "{n}_bits = bitcast double {n}_which to i64",
    "{n}_signed = xor i64 {n}_bits, {n}_sign",
    "{n} = bitcast i64 {n}_signed to double",
)

_COS_WORDS = (
    *_QUARTER,
    "{n}_which = select i1 {n}_odd, double {n}_sine, double {n}_cosine",
    "{n}_next = add i64 {n}_turn, 1",
    "{n}_turned = shl i64 {n}_next, 62",
    f"{{n}}_sign = and i64 {{n}}_turned, {_SIGN}",
    "{n}_bits = bitcast double {n}_which to i64",
    "{n}_signed = xor i64 {n}_bits, {n}_sign",
    "{n} = bitcast i64 {n}_signed to double",
)

_DOUBLE = {"exp": _EXP_WORDS, "log": _LOG_WORDS, "sin": _SIN_WORDS, "cos": _COS_WORDS}
#: The words that do not hold everywhere.
LIMITED = frozenset({"sin", "cos"})


def near(type_: str) -> Mapping[str, Sequence[str]]:
    """Word to instructions, in `float` or `double`, as in `llvm.INSTRUCTIONS`; `LIMITED` ones hold up to `FAR` only."""
    return {word: _typed(lines, type_) for word, lines in _DOUBLE.items()}


def anywhere(type_: str) -> Mapping[str, Sequence[str]]:
    """The same words as calls of `functions`: alike up to `FAR` to the last bit, by a library's function beyond."""
    return {word: (f"{{n}} = call {type_} {_function(word, type_)}({type_} {{0}})",) for word in _DOUBLE}


def functions(words: Collection[str]) -> str:
    """What `anywhere` calls for these words (others are passed over), a number at a time: one text for all calls."""
    limited = {
        word: (
            *(line.replace("{n} = ", "{n}_near = ") for line in _DOUBLE[word]),
            f"{{n}}_distant = call double @llvm.{word}.f64(double {{0}})",
            "{n} = select i1 {n}_beyond, double {n}_distant, double {n}_near",
        )
        for word in LIMITED
    }
    texts = []
    for word in [word for word in _DOUBLE if word in words]:
        lines = limited.get(word, _DOUBLE[word])
        for type_ in ("float", "double"):
            body = "\n".join("  " + line.format("%x", n="%n") for line in _typed(lines, type_))
            head = f"define internal {type_} {_function(word, type_)}({type_} %x) noinline"
            texts.append(f"{head} {{\n{body}\n  ret {type_} %n\n}}")
    return "\n\n".join(texts)


def _function(word: str, type_: str) -> str:
    return f"@{word}_of_{type_}"


def _typed(lines: Sequence[str], type_: str) -> Sequence[str]:
    """Lines for a double, made lines for the type."""
    if type_ == "double":
        return tuple(lines)
    wide = (line.replace("{n} = ", "{n}_narrow = ").replace("{0}", "{n}_wide") for line in lines)
    return ("{n}_wide = fpext float {0} to double", *wide, "{n} = fptrunc double {n}_narrow to float")
