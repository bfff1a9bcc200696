"""gemmlowp's fixed-point functions, in numpy, as docs/arithmetic.md writes them.

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


def leading_zeros(value: Integers) -> Integers:
    """Count the zeros before the highest bit of positive 32-bit numbers."""
    return 32 - integers(np.frexp(value.astype(np.float64))[1])


def log_of_at_least_one(total: Integers) -> Integers:
    """log(total) for total >= 1, Q12 to Q5.

    The number is m * 2^e with m in [2^(-1/2), 1], split twice, the second time after a product with
    2^(-1/2); the smaller m and the larger e count. e is Q6.
    """
    quarter = 1 << 23
    zeros = leading_zeros(total)
    scaled = high_multiply(total << (zeros - 1), _q0(2**-0.5))
    down_zeros = leading_zeros(high_multiply(total, _q0(2**-0.5))) - 1
    one = integers(INT32_MAX)
    m = np.minimum(np.minimum(scaled << 1, one), np.minimum(total << down_zeros, one))
    e = np.maximum((12 - zeros) * 4 * quarter + quarter, (12 - down_zeros) * 4 * quarter - quarter)
    return _saturating_shift_left(high_multiply(e, _q0(math.log(2))) + _log_near_root(m), 1)


def _log_near_root(m: Integers) -> Integers:
    """log(m) - log(2^(-1/4)) for m in [2^(-1/2), 1], Q0 to Q6: a quotient of polynomials."""
    root, inverse = _q0(2**-0.25), 2**0.25
    half_sum = (m + root + 1) // 2
    q = 2 * (m - root)
    q2 = high_multiply(q, q)
    cubic = high_multiply(high_multiply(q, q2), _q0(11 / 240 * inverse))
    numerator = high_multiply(q, m) + cubic
    inner = _q0(2 / inverse - inverse) + q + high_multiply(_q0(inverse / 20), q2)
    less_one = high_multiply(half_sum, inner) + high_multiply(_q0(inverse / 4), q)
    numerator = rounding_shift_right(numerator, integers(6))
    return high_multiply(numerator, reciprocal_of_one_plus(less_one))
