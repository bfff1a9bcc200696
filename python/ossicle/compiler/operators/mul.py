"""MUL: the product of two tensors, with broadcasting."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import tflite

from ossicle.compiler.arithmetic import integers, requantise_twice, to_integer
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.broadcast import Elementwise
from ossicle.compiler.operators.operator import Kernel, UnsupportedError, requantise_fields
from ossicle.compiler.operators.weighted import fused_range


class Mul(Elementwise):
    """The product of both offsets times left scale * right scale / output scale, rounded twice."""

    name = "MUL"
    # |product of offsets| < 2^16, so 14 bits up leave room for the zero point.
    largest_shift: ClassVar[int] = 14

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        activation = self.options(tflite.MulOptions).FusedActivationFunction()
        self.minimum, self.maximum = fused_range(activation, self.output)
        self._multiplier, self._shift = requantise_fields(self._factor())
        if self._shift > self.largest_shift:
            raise UnsupportedError("its output's scale is too small for its inputs'")

    def _factor(self) -> float:
        """Compute the factor in float32, from left to right, as TFLite does for MUL."""
        left, right, output = (
            np.float32(t.affine.scale) for t in (self.left, self.right, self.output)
        )
        with np.errstate(over="ignore", under="ignore"):
            factor = float(left * right / output)
        if not np.isfinite(factor):
            raise UnsupportedError(f"a scale factor of {factor} is out of range")
        return factor

    def kernel(self) -> Kernel:
        """Return the call of ossicle_mul."""
        return self.call(
            "ossicle_mul",
            "ossicle_mul.h",
            "ossicle_mul_layer",
            {
                "left_offset": -self.left.affine.zero_point,
                "right_offset": -self.right.affine.zero_point,
                "multiplier": self._multiplier,
                "shift": self._shift,
                "zero_point": self.output.affine.zero_point,
                "minimum": self.minimum,
                "maximum": self.maximum,
            },
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Multiply by the written arithmetic."""
        left = integers(values[0]) - self.left.affine.zero_point
        right = integers(values[1]) - self.right.affine.zero_point
        result = requantise_twice(left * right, integers(self._multiplier), integers(self._shift))
        bounds = (self.output.affine.zero_point, self.minimum, self.maximum)
        return np.asarray(to_integer(result, *bounds, self.dtype))
