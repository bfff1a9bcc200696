"""ADD and SUB: sum and difference of two tensors of different scales, with broadcasting."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import tflite

from ossicle.compiler.arithmetic import Integers, integers, requantise_twice, to_integer
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.broadcast import Elementwise
from ossicle.compiler.operators.one_rounding import BYTES, one_rounding
from ossicle.compiler.operators.operator import (
    Field,
    Kernel,
    UnsupportedError,
    requantise_fields,
)
from ossicle.compiler.operators.weighted import fused_range
from ossicle.compiler.target import Target


class Sum(Elementwise):
    """Both operands are shifted left, scaled to twice the larger scale, and joined.

    Attributes:
        headroom_bits: by how many, as in the kernel: an operand stays below 2^30.
    """

    options_table: ClassVar[Any]
    function: ClassVar[str]
    headroom_bits: ClassVar[int] = 20

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        left, right, output = self.left.affine, self.right.affine, self.output.affine
        activation = self.options(self.options_table).FusedActivationFunction()
        self.minimum, self.maximum = fused_range(activation, self.output)
        twice = 2.0 * max(left.scale, right.scale)
        self._left = (-left.zero_point, *requantise_fields(left.scale / twice))
        self._right = (-right.zero_point, *requantise_fields(right.scale / twice))
        self._output = requantise_fields(twice / (float(1 << self.headroom_bits) * output.scale))
        if self._output[1] > 0:
            # TFLite's kernels abort here; and the sum (see the kernel) has no room.
            raise UnsupportedError("its output's scale is too small for its inputs'")

    @abstractmethod
    def join(self, left: Integers, right: Integers) -> Integers:
        """Compute the sum, or the difference, of the scaled operands."""

    def kernel(self) -> Kernel:
        """Return the call of ossicle_add or ossicle_sub."""
        multiplier, shift = self._output
        fields: dict[str, Field] = {
            "left": _operand(self._left),
            "right": _operand(self._right),
            "multiplier": multiplier,
            "shift": shift,
            "zero_point": self.output.affine.zero_point,
            "minimum": self.minimum,
            "maximum": self.maximum,
        }
        return self.call(self.function, "ossicle_add.h", "ossicle_add_layer", fields)

    def kernel_for(self, target: Target) -> Kernel:
        """Return the call that rounds once where it gives the same for all pairs of bytes."""
        del target
        return self._once() or self.kernel()

    def _once(self) -> Kernel | None:
        """Return the call of ossicle_add_once for operands of one shape."""
        if self.left.shape != self.right.shape:
            return None
        sign = int(self.join(integers(0), integers(1)))
        scales = (self.left.affine.scale, sign * self.right.affine.scale)
        left, right = (scale / self.output.affine.scale for scale in scales)
        at_zero = left * self._left[0] + right * self._right[0] + self.output.affine.zero_point
        bounds = (self.minimum, self.maximum)
        found = one_rounding(
            self.reference([BYTES[:, None], BYTES]), (left, right), at_zero, bounds
        )
        if found is None:
            return None
        fields: dict[str, Field] = {
            "elements": self.output.elements,
            "left_factor": found.left,
            "right_factor": found.right,
            "offset": found.offset,
            "shift": found.shift,
            "minimum": self.minimum,
            "maximum": self.maximum,
        }
        return Kernel(
            function="ossicle_add_once",
            header="ossicle_add_once.h",
            sources=("ossicle_add_once.c",),
            descriptor="ossicle_add_once_layer",
            fields=fields,
            constants=(),
            operands=(self.left, self.right),
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Add or subtract by the written arithmetic."""
        total = self.join(self._scaled(values[0], self._left), self._scaled(values[1], self._right))
        result = requantise_twice(total, *map(integers, self._output))
        bounds = (self.output.affine.zero_point, self.minimum, self.maximum)
        return np.asarray(to_integer(result, *bounds, self.dtype))

    def _scaled(self, values: Array, numbers: tuple[int, int, int]) -> Integers:
        offset, multiplier, shift = map(integers, numbers)
        shifted = (integers(values) + offset) << self.headroom_bits
        return requantise_twice(shifted, multiplier, shift)


class Add(Sum):
    """The sum."""

    name = "ADD"
    options_table = tflite.AddOptions
    function = "ossicle_add"

    def join(self, left: Integers, right: Integers) -> Integers:
        """Add."""
        return left + right


class Sub(Sum):
    """The left operand less the right one."""

    name = "SUB"
    options_table = tflite.SubOptions
    function = "ossicle_sub"

    def join(self, left: Integers, right: Integers) -> Integers:
        """Subtract."""
        return left - right


def _operand(numbers: tuple[int, int, int]) -> dict[str, Field]:
    offset, multiplier, shift = numbers
    return {"offset": offset, "multiplier": multiplier, "shift": shift}
