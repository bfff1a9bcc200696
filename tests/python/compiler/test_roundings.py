"""The roundings: C == numpy == exact rational arithmetic, over the whole 32 bits."""

import functools
import math
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import cffi
import numpy as np
import pytest
from drawing import draws
from hypothesis import example, given
from hypothesis import strategies as st

from ossicle.compiler import arithmetic, fixed_point
from ossicle.compiler.emitter import KERNELS
from ossicle.compiler.quantisation import double_parts, multiplier_and_shift, round_half_away
from ossicle.hostcc import shared_library

INT32 = st.one_of(
    st.sampled_from([-(2**31), -(2**31) + 1, -1, 0, 1, 2**31 - 1]),
    st.integers(-(2**31), 2**31 - 1),
)
FIXED_POINT = "".join((KERNELS / f"ossicle_fixed_point.{end}").read_text() for end in "ch")
MULTIPLIERS = st.one_of(
    st.sampled_from([2**30, 2**30 + 1, 2**31 - 1]), st.integers(2**30, 2**31 - 1)
)


@functools.cache
def c_roundings() -> Any:
    """Compile the header's inline functions under names that Python can call."""
    declarations = (
        "int32_t high_multiply(int32_t value, int32_t multiplier);"
        "int32_t rounding_shift_right(int32_t value, int32_t exponent);"
        "int32_t requantise_twice(int32_t value, int32_t multiplier, int32_t shift);"
        "int32_t requantise_in_double(int32_t value, int32_t high, int32_t low, int32_t shift);"
    )
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "roundings.c"
        source.write_text('#include "ossicle_requantise.h"\n' + _wrappers(declarations))
        library = shared_library("roundings", [source], [KERNELS])
    ffi = cffi.FFI()
    ffi.cdef(declarations)
    return ffi.dlopen(str(library))


def _wrappers(declarations: str) -> str:
    bodies = []
    for declaration in filter(None, declarations.split(";")):
        head, _, parameters = declaration.partition("(")
        name = head.split()[-1]
        arguments = ", ".join(p.split()[-1] for p in parameters.rstrip(")").split(","))
        bodies.append(f"{declaration};\n{declaration} {{ return ossicle_{name}({arguments}); }}")
    return "\n".join(bodies) + "\n"


def nearest_ties_up(exact: Fraction) -> int:
    return math.floor(exact + Fraction(1, 2))


def nearest_ties_away(exact: Fraction) -> int:
    return (1 if exact >= 0 else -1) * math.floor(abs(exact) + Fraction(1, 2))


def gemmlowp_high_multiply(value: int, multiplier: int) -> int:
    """SaturatingRoundingDoublingHighMul as gemmlowp defines it, by truncating division."""
    product = value * multiplier
    nudged = product + (2**30 if product >= 0 else 1 - 2**30)
    return int(Fraction(nudged, 2**31))  # int() of a Fraction truncates towards zero


@draws(normal=500, fuzz=100_000)
@given(INT32, INT32.filter(lambda v: v > -(2**31)))
def test_high_multiply_is_exactly_nearest_with_ties_up(value: int, multiplier: int) -> None:
    expected = nearest_ties_up(Fraction(value * multiplier, 2**31))
    assert c_roundings().high_multiply(value, multiplier) == expected
    assert arithmetic.high_multiply(*map(arithmetic.integers, (value, multiplier))) == expected
    assert gemmlowp_high_multiply(value, multiplier) == expected


@pytest.mark.parametrize("halves", [-5, -3, -1, 1, 3, 5])
def test_high_multiply_rounds_ties_up(halves: int) -> None:
    assert c_roundings().high_multiply(halves, 2**30) == (halves + 1) // 2


@draws(normal=500, fuzz=100_000)
@given(INT32, st.integers(0, 31))
def test_rounding_shift_right_is_exactly_nearest_with_ties_away(value: int, exponent: int) -> None:
    expected = nearest_ties_away(Fraction(value, 2**exponent))
    assert c_roundings().rounding_shift_right(value, exponent) == expected
    spec = arithmetic.rounding_shift_right(*map(arithmetic.integers, (value, exponent)))
    assert spec == expected


@draws(normal=500, fuzz=100_000)
@given(st.data(), MULTIPLIERS, st.integers(-31, 30))
def test_requantise_twice(data: st.DataObject, multiplier: int, shift: int) -> None:
    # The compiler proves that value * 2^shift stays within 32 bits.
    room = 2 ** (31 - max(shift, 0)) - 1
    value = data.draw(st.one_of(st.sampled_from([-room, room]), st.integers(-room, room)))
    product = nearest_ties_up(Fraction(value * 2 ** max(shift, 0) * multiplier, 2**31))
    expected = nearest_ties_away(Fraction(product, 2 ** max(-shift, 0)))
    as_integers = [arithmetic.integers(n) for n in (value, multiplier, shift)]
    assert c_roundings().requantise_twice(value, multiplier, shift) == expected
    assert arithmetic.requantise_twice(*as_integers) == expected


@st.composite
def doubles_and_values(draw: st.DrawFn) -> tuple[float, int]:
    """Draw a factor, and a value whose product with it fits and often is a tie, or just misses."""
    numerator, denominator = draw(st.integers(1, 2**24)), draw(st.integers(1, 2**24))
    exponent = draw(st.integers(-30, 5))
    factor = draw(st.sampled_from([numerator / denominator, numerator / 2**23])) * 2.0**exponent
    room = min(2**31 - 1, int(2**31 / factor) - 1)
    halves = st.integers(-600, 600).map(lambda n: round((n + 0.5) / factor))
    value = draw(st.one_of(st.integers(-room, room), halves))
    return factor, max(-room, min(value, room))


@draws(normal=1000, fuzz=100_000)
@given(doubles_and_values())
@example((1 / 16_346_456, 24_519_684))
@example((1 / 98, 49))
@example((0.5, -1))
def test_requantise_in_double(drawn: tuple[float, int]) -> None:
    factor, value = drawn
    expected = nearest_ties_away(Fraction(value * factor))  # Python's floats are doubles
    high, low, shift = double_parts(factor)
    assert c_roundings().requantise_in_double(value, high, low, shift) == expected
    assert (
        arithmetic.requantise_in_double(arithmetic.integers(value), np.float64(factor)) == expected
    )


def test_a_product_that_only_a_double_takes_for_a_tie() -> None:
    """Three halves of 16,346,456 times its inverse as a double: below 1.5, and 1.5 as a double."""
    value, factor = 24_519_684, 1 / 16_346_456
    assert value * Fraction(factor) < Fraction(3, 2)
    assert c_roundings().requantise_in_double(value, *double_parts(factor)) == 2


@draws(normal=200, fuzz=20_000)
@given(st.floats(2.0**-32, 2.0**30, exclude_max=True))
def test_double_parts_are_exact(real: float) -> None:
    high, low, shift = double_parts(real)
    assert (high + Fraction(low, 2**22)) * Fraction(2) ** (shift - 31) == Fraction(real)
    assert 2**30 <= high < 2**31 and 0 <= low < 2**22 and -31 <= shift <= 30


def test_double_parts_beyond_their_range() -> None:
    assert double_parts(2.0**-33) == (0, 0, 0)
    assert double_parts(2.0**30) == (2**31 - 1, 2**22 - 1, 30)


def test_the_two_requantisations_differ() -> None:
    """0.375 is nearer to 0; but rounded in the product 0.75 is 1, and again in the shift 1/2 is 1.

    Were they the same, naming the rounding of each operator would be idle.
    """
    assert c_roundings().requantise_twice(1, 2**30 + 2**29, -1) == 1
    assert c_roundings().requantise_in_double(1, *double_parts(0.375)) == 0


@draws(normal=500, fuzz=100_000)
@given(st.floats(2.0**-60, 2.0**40))
def test_multiplier_and_shift_is_the_nearest_pair(real: float) -> None:
    multiplier, shift = multiplier_and_shift(real)
    if shift == 30 and multiplier == 2**31 - 1:
        assert real >= 2.0**30 - 1
    elif multiplier == 0:
        assert real < 2.0**-31 and shift == 0
    else:
        assert 2**30 <= multiplier < 2**31 and -31 <= shift <= 30
        exact = Fraction(real) / Fraction(2) ** (shift - 31)
        assert abs(multiplier - exact) <= Fraction(1, 2) or multiplier == 2**30


@draws(normal=200, fuzz=20_000)
@given(st.floats(-(2.0**40), 2.0**40))
def test_round_half_away(value: float) -> None:
    assert round_half_away(value) == nearest_ties_away(Fraction(value))


@draws(normal=300, fuzz=20_000)
@given(st.integers(-(2**31), 0))
def test_exponential_is_close_to_the_real_one(raw: int) -> None:
    # The series leaves out x^5/120 <= 2^-15/120 < 2^-21 and more; beside that the roundings of a
    # dozen products, 2^-32 each, are nothing.
    found = int(fixed_point.exp_of_negative(arithmetic.integers(raw)))
    assert abs(found / 2**31 - math.exp(raw / 2**26)) < 2.0**-21


@draws(normal=300, fuzz=20_000)
@given(st.integers(0, 2**31 - 1))
def test_reciprocal_is_close_to_the_real_one(raw: int) -> None:
    # Three steps of Newton and Raphson square an error of 1/17 three times: below 2^-32; what is
    # left is rounding in Q2, whose steps are 2^-29.
    found = int(fixed_point.reciprocal_of_one_plus(arithmetic.integers(raw)))
    assert abs(found / 2**31 - 1 / (1 + raw / 2**31)) < 2.0**-26


@pytest.mark.parametrize("exponent", range(-2, 5))
def test_constants_of_the_exponential_follow_their_formula(exponent: int) -> None:
    value = round(math.exp(-(2.0**exponent)) * 2**31)
    assert f"{value}," in FIXED_POINT


@pytest.mark.parametrize(
    "formula", [math.exp(-1 / 8) * 2**31, 2**31 / 3, 48 / 17 * 2**29, 32 / 17 * 2**29]
)
def test_other_constants_of_softmax_follow_their_formula(formula: float) -> None:
    assert str(round(formula)) in FIXED_POINT


ROOT = 2.0**0.25


@pytest.mark.parametrize(
    "formula",
    [
        *(math.log(2), 2**-0.5, 2**-0.25),
        *(11 / 240 * ROOT, 2 / ROOT - ROOT, ROOT / 4, ROOT / 20),
    ],
)
def test_constants_of_the_logarithm_follow_their_formula(formula: float) -> None:
    assert f" {round(formula * 2**31)} " in (KERNELS / "ossicle_log_softmax.c").read_text()


@draws(normal=300, fuzz=20_000)
@given(st.integers(2**19, 2**31 - 1))
def test_logarithm_is_close_to_the_real_one(raw: int) -> None:
    # The quotient of polynomials is good to 2^-24 between 2^(-1/2) and 1; its steps are 2^-25.
    found = int(fixed_point.log_of_at_least_one(arithmetic.integers(raw)))
    assert abs(found / 2**26 - math.log(raw / 2**19)) < 2.0**-22


def test_saturating_shift() -> None:
    values = arithmetic.integers([2**29, 2**29 - 1, -(2**29), -(2**29) - 1])
    found = fixed_point._saturating_shift_left(values, 2)
    assert np.array_equal(found, [2**31 - 1, 2**31 - 4, -(2**31), -(2**31)])
