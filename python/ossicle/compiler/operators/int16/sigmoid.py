"""LOGISTIC and TANH on int16: by a table of the sigmoid and a straight line between its points."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import (
    Constant,
    Kernel,
    Operator,
    Reference,
    UnsupportedError,
    require_shape,
)

STEPS = 24  # points of the table to a unit of the sigmoid's argument
POINTS = 256
POWER_TOLERANCE = np.float32(1e-3)  # of a logarithm: so near, TFLite takes a scale for the power
UNIT_BITS = 12  # the argument of the table, before it is times three, has as many for a unit


def sigmoid_table() -> Integers:
    """Return the sigmoid at i / 24, in 2^-16, less 2^15 so that it fits int16.

    A point moves by half of what the straight line to the next one misses in the middle, so that
    the error there is shared with the ends; the last point is as near to 1 as there is.
    """
    halves = 65536 / (1 + np.exp(-np.arange(2 * POINTS - 1) / (2 * STEPS)))
    points, middles = halves[::2], halves[1::2]
    missed = middles - (points[:-1] + points[1:]) / 2
    moved = integers(np.round(points[:-1] + missed / 2))
    return integers(np.append(moved, 65535)) - 32768


def _nearest_power(scale: float) -> tuple[int, float]:
    """Return the nearest power of two, and how far the logarithm is from it, in float32."""
    logarithm = np.log(np.float32(scale)) * (np.float32(1) / np.log(np.float32(2)))
    power = np.round(logarithm)
    return int(power), float(abs(logarithm - power))


class Sigmoid(Operator):
    """Scaled by a multiplier of 15 bits, looked up by magnitude, mirrored where negative.

    Attributes:
        function: the kernel.
        fraction_bits: of a position between two points.
        most_exact_shift: a scale near 2^-12 times a power of two up to this is taken for that.
    """

    dtype = "int16"
    function: ClassVar[str]
    fraction_bits: ClassVar[int]
    most_exact_shift: ClassVar[int]

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.require_activation(self.input(0), "input")
        self.require_activation(self.output, "output")
        require_shape(self.output, self.input(0).shape)
        if self.output.affine.scale != 2.0**-15:
            raise UnsupportedError("its output's scale must be 1/32768")
        self._multiplier, self._shift = self._factor(self.input(0).affine.scale)

    def _factor(self, scale: float) -> tuple[int, int]:
        exact, distance = _nearest_power(scale)
        if 0 <= exact + UNIT_BITS <= self.most_exact_shift and distance < POWER_TOLERANCE:
            return 3 << exact + UNIT_BITS, 0
        factor, shift = scale * 2.0**UNIT_BITS * 3, 0
        while factor <= 32767 / 2 and shift <= 30:
            factor, shift = 2 * factor, shift + 1
        if factor > 32767:
            raise UnsupportedError("its input's scale is too large")
        return int(factor), shift

    def kernel(self) -> Kernel:
        """Return the call of ossicle_logistic_16 or ossicle_tanh_16."""
        return Kernel(
            function=self.function,
            header="ossicle_sigmoid_16.h",
            sources=("ossicle_sigmoid_16.c",),
            descriptor="ossicle_sigmoid_16_layer",
            fields={
                "count": self.output.elements,
                "multiplier": self._multiplier,
                "shift": self._shift,
                "table": Reference("table"),
            },
            constants=(Constant("table", "int16_t", sigmoid_table()),),
            operands=(self.input(0),),
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Compute by the written arithmetic."""
        half = (1 << self._shift) >> 1
        scaled = (integers(values[0]) * self._multiplier + half) >> self._shift
        magnitude, bits = np.abs(scaled), self.fraction_bits
        place = np.minimum(magnitude >> bits, POINTS - 2)
        table = sigmoid_table() + 32768
        step = (table[place + 1] - table[place]) * (magnitude & ((1 << bits) - 1))
        value = np.where(
            magnitude >> bits < POINTS - 1, (table[place] << bits) + step, self.highest
        )
        return self.rounded(integers(value), scaled >= 0).astype(np.int16)

    @property
    @abstractmethod
    def highest(self) -> int:
        """The value beyond the table."""

    @abstractmethod
    def rounded(self, value: Integers, is_positive: Array) -> Integers:
        """Turn values for magnitudes into outputs."""


class Logistic(Sigmoid):
    """1 / (1 + e^-x)."""

    name = "LOGISTIC"
    function = "ossicle_logistic_16"
    fraction_bits, most_exact_shift = 9, 0

    @property
    def highest(self) -> int:
        """As near to 1 as there is."""
        return 0x7FFF << 10

    def rounded(self, value: Integers, is_positive: Array) -> Integers:
        """Below zero it is 1 less the value."""
        return integers(np.where(is_positive, value + 512, (1 << 25) - value + 511)) >> 10


class Tanh(Sigmoid):
    """tanh x = 2 / (1 + e^(-2 x)) - 1."""

    name = "TANH"
    function = "ossicle_tanh_16"
    fraction_bits, most_exact_shift = 8, 1

    @property
    def highest(self) -> int:
        """As near to 1 as there is."""
        return 0xFFFF << 8

    def rounded(self, value: Integers, is_positive: Array) -> Integers:
        """Below zero it is the negative value."""
        value = value - (1 << 23)
        return integers(np.where(is_positive, value + 128, -value + 127)) >> 8
