"""Sums of two bytes with one rounding, where that gives the very outputs of several.

TFLite rounds each operand, and their sum twice. With factors of some 22 bits, one sum of products
and one shift come so near to the real sum that all 65,536 outputs are the same: they are tried, and
factors beside the nearest ones where ties want it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import ceil

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers

BYTES = np.arange(-128, 128, dtype=np.int64)
LARGEST_SHIFT = 30
STEPS = 3  # of a factor beside the nearest one


@dataclass(frozen=True)
class OneRounding:
    """(left * x1 + right * x2 + offset) >> shift, clamped, is the output of the bytes x1 and x2."""

    left: int
    right: int
    offset: int
    shift: int

    @property
    def fits(self) -> bool:
        """Whether no part of it leaves 32 bits."""
        most = 128 * (abs(self.left) + abs(self.right)) + abs(self.offset)
        return most < 2**31


def one_rounding(
    outputs: Integers, slopes: tuple[float, float], at_zero: float, bounds: tuple[int, int]
) -> OneRounding | None:
    """Return numbers that give all outputs, or None if none were found.

    Args:
        outputs: of each pair of bytes, (left, right), within `bounds`.
        slopes: how much a step of either operand adds to the output, about.
        at_zero: the output of two operands that are 0, about, if it were not clamped.
        bounds: the least and the largest output.
    """
    for shift in range(LARGEST_SHIFT, 0, -1):
        left, right, offset = (it * 2.0**shift for it in (*slopes, at_zero + 0.5))
        if OneRounding(round(left), round(right), round(offset), shift).fits:
            ways = (_tried(outputs, near, shift, bounds) for near in _near(left, right))
            return next((way for way in ways if way is not None and way.fits), None)
    return None


def _near(left: float, right: float) -> Iterator[tuple[int, int]]:
    """Give factors: the nearest ones, and a few steps beside.

    First of these, both a little larger in one ratio, which turns all ties away from zero.
    """
    yield round(left), round(right)
    smaller = min(abs(left), abs(right))
    for whole in range(ceil(smaller), ceil(smaller) + STEPS + 1):
        yield round(left * (whole / smaller)), round(right * (whole / smaller))
    steps = range(-STEPS, STEPS + 1)
    for a, b in sorted(product(steps, steps), key=lambda pair: max(map(abs, pair))):
        yield round(left) + a, round(right) + b


def _tried(
    outputs: Integers, factors: tuple[int, int], shift: int, bounds: tuple[int, int]
) -> OneRounding | None:
    """Return the way with these factors, if some offset gives all outputs.

    An output y at a sum t wants an offset of y * 2^shift - t at least, unless y is the least, and
    less than (y + 1) * 2^shift - t, unless it is the largest.
    """
    sums = factors[0] * BYTES[:, None] + factors[1] * BYTES[None, :]
    least = (integers(outputs) << shift) - sums
    low = least.max(where=outputs > bounds[0], initial=-(2**40))
    high = least.min(where=outputs < bounds[1], initial=2**40) + (1 << shift) - 1
    return OneRounding(*factors, int(low + high) // 2, shift) if low <= high else None
