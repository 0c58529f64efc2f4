"""A power with a simple constant exponent, as products, a root and a quotient: LLVM vectorises these, unlike `pow`."""

from collections.abc import Sequence

#: At most three roundings, so within 3 units in the last place; with more, a library's `pow` would be much more exact.
SIMPLE = frozenset({-3.0, -2.0, -1.5, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0})

_SQUARE = "{n}_2 = fmul {ty} {0}, {0}"
#: Whole exponent to its lines and the name of the result.
_WHOLE: dict[int, tuple[tuple[str, ...], str]] = {
    1: ((), "{0}"),
    2: ((_SQUARE,), "{n}_2"),
    3: ((_SQUARE, "{n}_3 = fmul {ty} {n}_2, {0}"), "{n}_3"),
    4: ((_SQUARE, "{n}_4 = fmul {ty} {n}_2, {n}_2"), "{n}_4"),
}


def words(exponent: float) -> Sequence[str]:
    """Instructions, as in `llvm.INSTRUCTIONS`, for `{0}` to one of the `SIMPLE` exponents."""
    whole = int(abs(exponent))
    start, value = _WHOLE.get(whole, ((), ""))
    lines = list(start)
    if abs(exponent) != whole:
        lines.append("{n}_root = call {ty} @llvm.sqrt.{f}({ty} {0})")
        product = f"fmul {{ty}} {value}, {{n}}_root" if whole else "fadd {ty} {n}_root, 0.0"
        lines += [
            f"{{n}}_signed = {product}",
            "{n}_size = call {ty} @llvm.fabs.{f}({ty} {n}_signed)",  # -0 to such a power is 0
            "{n}_least = fcmp oeq {ty} {0}, 0xFFF0000000000000",  # -inf to such a power is inf, though no number is
            "{n}_half = select i1 {n}_least, {ty} 0x7FF0000000000000, {ty} {n}_size",
        ]
        value = "{n}_half"
    return [*lines, f"{{n}} = fdiv {{ty}} {'1.0, ' + value if exponent < 0 else value + ', 1.0'}"]
