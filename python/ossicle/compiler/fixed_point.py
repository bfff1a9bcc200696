"""gemmlowp's fixed-point exponential and reciprocal, in numpy, as docs/arithmetic.md writes them.

Qm denotes an integer with m integer bits: its real value is raw / 2^(31 - m).
"""

import math

import numpy as np

from ossicle.compiler.arithmetic import Integers, high_multiply, integers, rounding_shift_right

INT32_MAX = 2**31 - 1


def _saturating_shift_left(value: Integers, exponent: int) -> Integers:
    limit = (1 << (31 - exponent)) - 1
    shifted = np.where(value > limit, INT32_MAX, value << exponent)
    return np.where(value < -limit, -(2**31), shifted)


def _q0(real: float) -> Integers:
    return integers(round(real * 2**31))


def exp_of_quarter(a: Integers) -> Integers:
    """e^a for a in [-1/4, 0), Q0 to Q0: Taylor's series around -1/8 to the fourth power."""
    x = a + (1 << 28)
    x2 = high_multiply(x, x)
    x3 = high_multiply(x2, x)
    x4 = high_multiply(x2, x2)
    cubic = rounding_shift_right(x4, integers(2)) + x3
    rest = rounding_shift_right(high_multiply(cubic, _q0(1 / 3)) + x2, integers(1))
    constant = _q0(math.exp(-1 / 8))
    return constant + high_multiply(constant, x + rest)


def exp_of_negative(a: Integers) -> Integers:
    """e^a for a <= 0, Q5 to Q0: the last quarter by the series, the rest by its binary digits."""
    quarter = 1 << 24
    last = (a & (quarter - 1)) - quarter
    rest = last - a
    result = exp_of_quarter(last << 5)
    for bit in range(7):
        power = _q0(math.exp(-(2.0 ** (bit - 2))))
        result = np.where(rest & (quarter << bit), high_multiply(result, power), result)
    return np.where(a == 0, INT32_MAX, result)


def reciprocal_of_one_plus(a: Integers) -> Integers:
    """1 / (1 + a) for a in [0, 1), Q0 to Q0, by three steps of Newton and Raphson."""
    half = (a + INT32_MAX + 1) // 2
    x = round(48 / 17 * 2**29) + high_multiply(half, integers(round(-32 / 17 * 2**29)))
    for _ in range(3):
        error = (1 << 29) - high_multiply(half, x)
        x = x + _saturating_shift_left(high_multiply(x, error), 2)
    return _saturating_shift_left(x, 1)
