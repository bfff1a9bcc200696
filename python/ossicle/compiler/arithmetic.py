"""The written arithmetic, executable: the roundings of docs/arithmetic.md in 64-bit numbers.

These are the specification that the C kernels are tested against; they are written to be read, not
to be fast. Every function takes and gives int64 arrays and broadcasts.
"""

from typing import Any

import numpy as np

Integers = np.ndarray[Any, np.dtype[np.int64]]
Doubles = np.ndarray[Any, np.dtype[np.float64]]


def integers(values: Any) -> Integers:
    """Return `values` as an int64 array."""
    return np.asarray(values, dtype=np.int64)


def high_multiply(value: Integers, multiplier: Integers) -> Integers:
    """Give value * multiplier / 2^31, to nearest, ties towards plus infinity."""
    return (value * multiplier + (1 << 30)) >> 31


def rounding_shift_right(value: Integers, exponent: Integers) -> Integers:
    """Give value / 2^exponent, to nearest, ties away from zero."""
    half = np.where(exponent > 0, np.left_shift(1, np.maximum(exponent - 1, 0)), 0)
    return integers(np.sign(value) * ((np.abs(value) + half) >> exponent))


def requantise_twice(value: Integers, multiplier: Integers, shift: Integers) -> Integers:
    """Give value * multiplier * 2^(shift - 31), rounded in the product and in the right shift."""
    product = high_multiply(value << np.maximum(shift, 0), multiplier)
    return rounding_shift_right(product, np.maximum(-shift, 0))


def requantise_in_double(value: Integers, factor: Doubles) -> Integers:
    """Give value * factor in double precision, to nearest, ties away from zero."""
    product = value.astype(np.float64) * factor
    # Not floor(|product| + 1/2), whose sum would itself be rounded.
    whole = np.floor(np.abs(product))
    whole += np.abs(product) - whole >= 0.5
    return integers(np.copysign(whole, product))


def requantise_by_16_bits(value: Integers, multiplier: Integers, shift: Integers) -> Integers:
    """Give value * multiplier * 2^(shift - 15), to nearest, ties towards plus infinity."""
    down = 15 - shift
    return (value * multiplier + (1 << (down - 1))) >> down


def to_integer(value: Integers, zero_point: int, minimum: int, maximum: int, dtype: str) -> Any:
    """Add the zero point and clamp to the fused activation's range."""
    return np.clip(value + zero_point, minimum, maximum).astype(dtype)


def to_int8(value: Integers, zero_point: int, minimum: int, maximum: int) -> Any:
    """`to_integer` of bytes."""
    return to_integer(value, zero_point, minimum, maximum, "int8")
