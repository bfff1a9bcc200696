"""gemmlowp's fixed-point functions in 16 bits, in numpy, as docs/arithmetic.md writes them.

Qm denotes an integer with m integer bits: its real value is raw / 2^(15 - m). Every value and every
sum fits int16, as the tests find by going through all of them.
"""

import math

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers, rounding_shift_right

INT16_MAX = 2**15 - 1
GATE_BITS = 3  # integer bits of what a gate's functions take


def _high_multiply(value: Integers, multiplier: Integers | int) -> Integers:
    """Give value * multiplier / 2^15, to nearest, ties towards plus infinity."""
    return (value * multiplier + (1 << 14)) >> 15


def _q0(real: float) -> int:
    return round(real * 2**15)


def _exp_of_quarter(a: Integers) -> Integers:
    """e^a for a in [-1/4, 0), Q0 to Q0: Taylor's series around -1/8 to the fourth power."""
    x = a + (1 << 12)
    x2 = _high_multiply(x, x)
    x3 = _high_multiply(x2, x)
    x4 = _high_multiply(x2, x2)
    cubic = rounding_shift_right(x4, integers(2)) + x3
    rest = rounding_shift_right(_high_multiply(cubic, _q0(1 / 3)) + x2, integers(1))
    constant = _q0(math.exp(-1 / 8))
    return np.minimum(constant + _high_multiply(x + rest, constant), INT16_MAX)


def _exp_of_negative(a: Integers, integer_bits: int) -> Integers:
    """e^a for a <= 0, Qm to Q0: the last quarter by the series, the rest by its binary digits."""
    quarter = 1 << (13 - integer_bits)
    last = (a & (quarter - 1)) - quarter
    rest = last - a
    result = _exp_of_quarter(last << integer_bits)
    for bit in range(min(integer_bits + 2, 7)):
        power = _q0(math.exp(-(2.0 ** (bit - 2))))
        result = np.where(rest & (quarter << bit), _high_multiply(result, power), result)
    result = np.where(a < -(quarter << 7), 0, result)  # below -32
    return integers(np.where(a == 0, INT16_MAX, result))


def _twice_reciprocal_of_one_plus(a: Integers) -> Integers:
    """2 / (1 + a) for a in [0, 1), Q0 to Q2, by three steps of Newton and Raphson."""
    half = (a + INT16_MAX + 1) // 2
    x = _q0(48 / 17 / 4) + _high_multiply(half, _q0(-32 / 17 / 4))
    for _ in range(3):
        error = (1 << 13) - _high_multiply(half, x)
        x = x + (_high_multiply(x, error) << 2)
    return x


def sigmoid(value: Integers) -> Integers:
    """1 / (1 + e^-x) of int16, Q3 to Q0."""
    exponential = _exp_of_negative(-np.abs(value), GATE_BITS)
    positive = np.minimum(_twice_reciprocal_of_one_plus(exponential) << 1, INT16_MAX)
    found = np.where(value > 0, positive, INT16_MAX - positive)
    return integers(np.where(value == 0, 1 << 14, found))


def tanh(value: Integers, integer_bits: int) -> Integers:
    """Tanh x = 2 / (1 + e^(-2 x)) - 1 of int16, Qm to Q0, m in [0, 6]."""
    exponential = _exp_of_negative(-np.abs(value), integer_bits + 1)
    positive = (_twice_reciprocal_of_one_plus(exponential) - (1 << 13)) << 2
    return integers(np.sign(value) * np.minimum(positive, INT16_MAX))
