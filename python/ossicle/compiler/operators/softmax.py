"""SOFTMAX over the last axis."""

from collections.abc import Sequence
from math import floor

import numpy as np
import tflite

from ossicle.compiler.arithmetic import high_multiply, integers, rounding_shift_right
from ossicle.compiler.fixed_point import exp_of_negative, reciprocal_of_one_plus
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import (
    Kernel,
    Operator,
    UnsupportedError,
    require_int8,
    require_shape,
)
from ossicle.compiler.quantisation import multiplier_and_shift

DEEPEST = 4095  # summands of at most 1 in a Q12 number
DIFFERENCE_BITS = 26  # fraction bits of the exponential's argument, Q5


class Softmax(Operator):
    """gemmlowp's fixed-point exponential and reciprocal; output scale 1/256, zero point -128."""

    name = "SOFTMAX"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs = self.input(0)
        require_int8(inputs, "input")
        require_int8(self.output, "output")
        require_shape(self.output, inputs.shape)
        if not inputs.shape or inputs.shape[-1] > DEEPEST:
            raise UnsupportedError(f"its last axis must have 1 to {DEEPEST} elements")
        if self.output.affine.scale != 1 / 256 or self.output.affine.zero_point != -128:
            raise UnsupportedError("its output's scale must be 1/256 and its zero point -128")
        beta = float(self.options(tflite.SoftmaxOptions).Beta())
        real = beta * inputs.affine.scale * 2.0**DIFFERENCE_BITS
        if not real > 1.0:
            raise UnsupportedError(f"beta {beta:g} times its input's scale is too small")
        self._multiplier, self._shift = multiplier_and_shift(min(real, 2.0**31 - 1.0))
        # The largest difference that the shift keeps within Q5.
        radius = floor(31.0 * 2.0**DIFFERENCE_BITS / 2.0**self._shift)
        self._smallest = -min(radius, 255)

    def kernel(self) -> Kernel:
        """Return the call of ossicle_softmax."""
        depth = self.output.shape[-1]
        return Kernel(
            function="ossicle_softmax",
            header="ossicle_softmax.h",
            sources=("ossicle_softmax.c",),
            descriptor="ossicle_softmax_layer",
            fields={
                "rows": self.output.elements // depth,
                "depth": depth,
                "multiplier": self._multiplier,
                "shift": self._shift,
                "smallest_difference": self._smallest,
            },
            constants=(),
            operands=(self.input(0),),
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Softmax by the written arithmetic."""
        rows = integers(values[0]).reshape(-1, self.output.shape[-1])
        differences = rows - rows.max(axis=1, keepdims=True)
        counted = differences >= self._smallest
        scaled = high_multiply(
            np.where(counted, differences, 0) << self._shift, integers(self._multiplier)
        )
        exponentials = np.where(counted, exp_of_negative(scaled), 0)
        sums = rounding_shift_right(exponentials, integers(12)).sum(axis=1, keepdims=True)
        zeros = integers([[32 - int(total).bit_length()] for total in sums[:, 0]])
        scale = reciprocal_of_one_plus((sums << zeros) - 2**31)
        shares = rounding_shift_right(high_multiply(scale, exponentials), 12 - zeros + 31 - 8)
        return np.clip(shares - 128, -128, 127).astype(np.int8).reshape(self.output.shape)
