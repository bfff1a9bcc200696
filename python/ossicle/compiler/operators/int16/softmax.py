"""SOFTMAX on int16: by tables of the exponential and of the reciprocal."""

from collections.abc import Callable, Sequence

import numpy as np
import tflite

from ossicle.compiler.arithmetic import Doubles, Integers, integers, requantise_twice
from ossicle.compiler.fixed_point import leading_zeros
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import (
    Constant,
    Kernel,
    Operator,
    Reference,
    UnsupportedError,
    requantise_fields,
    require_shape,
)

DEEPEST = 1 << 15  # summands of at most 2^15 in 31 bits
DEEPEST_EXPONENT = 10.0  # e^-10 and less counts as e^-10
PIECES = 512
LARGEST_SHIFT = 14  # |difference| < 2^16 and 14 bits stay below 2^30


def pieces(function: Callable[[Doubles], Doubles], low: float, high: float) -> Integers:
    """Return a function at 513 points in 2^-15, moved so that straight lines between them are fair.

    A point moves by half of what the line misses in the middle behind it, so that the error
    there is shared with the ends.
    """
    points: Doubles = low + (high - low) / PIECES * np.arange(PIECES + 1, dtype=np.float64)
    middles: Doubles = points[:-1] + (high - low) / PIECES / 2
    real, half_way = function(points) * 32768, function(middles) * 32768
    whole = _rounded(real)
    lines = _rounded((real[1:] + whole[:-1]) / 2)
    moved = whole[:-1] - _rounded((lines - _rounded(half_way)) / 2)
    return integers(np.clip(np.append(moved, whole[-1]), -32768, 32767))


def _rounded(value: Doubles) -> Doubles:
    return np.trunc(value + np.copysign(0.5, value))


def looked_up(value: Integers, table: Integers) -> Integers:
    """Interpolate a table of `pieces` at int16 positions, to nearest, ties up."""
    place = 256 + (value >> 7)
    step = table[place + 1] - table[place]
    return integers(table[place] + ((step * (value & 127) + 64) >> 7))


class Softmax(Operator):
    """e^x over its sum, each by a table; the last axis."""

    name = "SOFTMAX"
    dtype = "int16"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs = self.input(0)
        self.require_activation(inputs, "input")
        self.require_activation(self.output, "output")
        require_shape(self.output, inputs.shape)
        if not inputs.shape or inputs.shape[-1] > DEEPEST:
            raise UnsupportedError(f"its last axis must have 1 to {DEEPEST} elements")
        if self.output.affine.scale != 2.0**-15:
            raise UnsupportedError("its output's scale must be 1/32768")
        beta = float(self.options(tflite.SoftmaxOptions).Beta())
        real = inputs.affine.scale * beta / (DEEPEST_EXPONENT / 65535)
        self._multiplier, self._shift = requantise_fields(real)
        if self._shift > LARGEST_SHIFT:
            raise UnsupportedError(f"beta {beta:g} times its input's scale is too large")
        self._exponentials = pieces(np.exp, -DEEPEST_EXPONENT, 0.0)
        self._reciprocals = pieces(lambda x: 1 / (1 + x), 0.0, 1.0)

    def kernel(self) -> Kernel:
        """Return the call of ossicle_softmax_16."""
        depth = self.output.shape[-1]
        return Kernel(
            function="ossicle_softmax_16",
            header="ossicle_softmax_16.h",
            sources=("ossicle_softmax_16.c",),
            descriptor="ossicle_softmax_16_layer",
            fields={
                "rows": self.output.elements // depth,
                "depth": depth,
                "multiplier": self._multiplier,
                "shift": self._shift,
                "exponentials": Reference("exponentials"),
                "reciprocals": Reference("reciprocals"),
            },
            constants=(
                Constant("exponentials", "int16_t", self._exponentials),
                Constant("reciprocals", "int16_t", self._reciprocals),
            ),
            operands=(self.input(0),),
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Softmax by the written arithmetic."""
        rows = integers(values[0]).reshape(-1, self.output.shape[-1])
        differences = rows - rows.max(axis=1, keepdims=True)
        scaled = requantise_twice(differences, *map(integers, (self._multiplier, self._shift)))
        places = np.clip(scaled + 32767, -32768, 32767)
        exponentials = looked_up(places, self._exponentials)
        sums = exponentials.sum(axis=1, keepdims=True)
        zeros = leading_zeros(sums)
        mantissas = ((sums << (zeros - 1)) + (1 << 13)) >> 14
        inverse = looked_up(np.clip(mantissas - 98304, -32768, 32767), self._reciprocals)
        shares = (exponentials * inverse + (1 << (30 - zeros))) >> (31 - zeros)
        return np.asarray(np.clip(shares, 0, 32767).astype(np.int16).reshape(self.output.shape))
