"""SOFTMAX and LOG_SOFTMAX over the last axis."""

from collections.abc import Sequence
from math import floor
from typing import ClassVar

import numpy as np
import tflite

from ossicle.compiler.arithmetic import (
    Integers,
    high_multiply,
    integers,
    requantise_twice,
    rounding_shift_right,
)
from ossicle.compiler.fixed_point import (
    exp_of_negative,
    leading_zeros,
    log_of_at_least_one,
    reciprocal_of_one_plus,
)
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import (
    Field,
    Kernel,
    Operator,
    UnsupportedError,
    require_int8,
    require_shape,
)
from ossicle.compiler.quantisation import multiplier_and_shift

DEEPEST = 4095  # summands of at most 1 in a Q12 number
DIFFERENCE_BITS = 26  # fraction bits of the exponential's argument, Q5


class Exponentials(Operator):
    """Sums gemmlowp's fixed-point exponentials of each row's differences from its largest value.

    Attributes:
        beta: what the input is multiplied with.
        output_scale, output_zero_point: the only ones that there can be.
    """

    output_scale: ClassVar[float]
    output_zero_point: ClassVar[int]

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs = self.input(0)
        require_int8(inputs, "input")
        require_int8(self.output, "output")
        require_shape(self.output, inputs.shape)
        if not inputs.shape or inputs.shape[-1] > DEEPEST:
            raise UnsupportedError(f"its last axis must have 1 to {DEEPEST} elements")
        given = (self.output.affine.scale, self.output.affine.zero_point)
        if given != (self.output_scale, self.output_zero_point):
            raise UnsupportedError(
                f"its output's scale must be 1/{1 / self.output_scale:g} "
                f"and its zero point {self.output_zero_point}"
            )
        real = self.beta * inputs.affine.scale * 2.0**DIFFERENCE_BITS
        if not real > 1.0:
            raise UnsupportedError(f"beta {self.beta:g} times its input's scale is too small")
        self._multiplier, self._shift = multiplier_and_shift(min(real, 2.0**31 - 1.0))
        # The largest difference that the shift keeps within Q5.
        radius = floor(31.0 * 2.0**DIFFERENCE_BITS / 2.0**self._shift)
        self._smallest = -min(radius, 255)

    @property
    def beta(self) -> float:
        """What the input is multiplied with."""
        return 1.0

    def fields(self) -> dict[str, Field]:
        """Return the C descriptor `ossicle_softmax_layer`."""
        depth = self.output.shape[-1]
        return {
            "rows": self.output.elements // depth,
            "depth": depth,
            "multiplier": self._multiplier,
            "shift": self._shift,
            "smallest_difference": self._smallest,
        }

    def call(self, function: str, fields: dict[str, Field]) -> Kernel:
        """Return the call of a kernel in files of its own name."""
        return Kernel(
            function=function,
            header=f"{function}.h",
            sources=(f"{function}.c", "ossicle_fixed_point.c"),
            descriptor=f"{function}_layer",
            fields=fields,
            constants=(),
            operands=(self.input(0),),
        )

    def sums(self, values: Array) -> tuple[Integers, Integers, Integers]:
        """Return differences, Q5 (0 where too large to count), exponentials, Q0, and sums, Q12."""
        rows = integers(values).reshape(-1, self.output.shape[-1])
        differences = rows - rows.max(axis=1, keepdims=True)
        counted = differences >= self._smallest
        scaled = high_multiply(
            np.where(counted, differences, 0) << self._shift, integers(self._multiplier)
        )
        exponentials = np.where(counted, exp_of_negative(scaled), 0)
        sums = rounding_shift_right(exponentials, integers(12)).sum(axis=1, keepdims=True)
        return scaled, exponentials, sums


class Softmax(Exponentials):
    """Shares of the sum, by gemmlowp's fixed-point reciprocal."""

    name = "SOFTMAX"
    output_scale, output_zero_point = 1 / 256, -128

    @property
    def beta(self) -> float:
        """The operator's option."""
        return float(self.options(tflite.SoftmaxOptions).Beta())

    def kernel(self) -> Kernel:
        """Return the call of ossicle_softmax."""
        return self.call("ossicle_softmax", self.fields())

    def reference(self, values: Sequence[Array]) -> Array:
        """Softmax by the written arithmetic."""
        _, exponentials, sums = self.sums(values[0])
        zeros = leading_zeros(sums)
        scale = reciprocal_of_one_plus((sums << zeros) - 2**31)
        shares = rounding_shift_right(high_multiply(scale, exponentials), 12 - zeros + 31 - 8)
        return np.clip(shares - 128, -128, 127).astype(np.int8).reshape(self.output.shape)


class LogSoftmax(Exponentials):
    """Differences less the sum's logarithm, by gemmlowp's fixed-point one."""

    name = "LOG_SOFTMAX"
    output_scale, output_zero_point = 1 / 16, 127

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inverse = 2.0 ** (31 - self._shift) / self._multiplier
        self._inverse = multiplier_and_shift(inverse)

    def kernel(self) -> Kernel:
        """Return the call of ossicle_log_softmax."""
        multiplier, shift = self._inverse
        fields: dict[str, Field] = {
            "softmax": self.fields(),
            "inverse_multiplier": multiplier,
            "inverse_shift": shift,
        }
        return self.call("ossicle_log_softmax", fields)

    def reference(self, values: Sequence[Array]) -> Array:
        """Subtract by the written arithmetic; what lies too low for Q5 is the lowest byte."""
        scaled, _, sums = self.sums(values[0])
        logarithms = log_of_at_least_one(sums)
        rows = integers(values[0]).reshape(scaled.shape)
        differences = rows - rows.max(axis=1, keepdims=True)
        lowest = requantise_twice(logarithms - 2**31, *map(integers, self._inverse))
        counted = (differences >= self._smallest) & (differences > lowest)
        steps = rounding_shift_right(scaled - logarithms, integers(DIFFERENCE_BITS - 4))
        found = np.where(counted, np.clip(steps + 127, -128, 127), -128)
        return np.asarray(found.astype(np.int8)).reshape(self.output.shape)
