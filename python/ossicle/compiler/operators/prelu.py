"""PRELU: the identity, bent at zero by slopes that were learnt."""

from collections.abc import Sequence

import numpy as np

from ossicle.compiler.arithmetic import integers, requantise_twice, to_int8
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.broadcast import Elementwise
from ossicle.compiler.operators.lookup import offset_factor
from ossicle.compiler.operators.operator import Kernel, UnsupportedError, require_shape
from ossicle.compiler.operators.relu import float32_factor

LARGEST_SHIFT = 14  # |offset * slope| < 2^16, so 14 bits up leave room for the zero point


class Prelu(Elementwise):
    """Above the zero point as RELU, below it times a slope; each side rounded twice."""

    name = "PRELU"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        require_shape(self.output, self.left.shape)
        slope_scale = self.right.affine.scale
        self._above = offset_factor(float32_factor(self.left, self.output))
        self._below = offset_factor(float32_factor(self.left, self.output, slope_scale))
        if self._below[1] > LARGEST_SHIFT:
            raise UnsupportedError("its output's scale is too small for its inputs'")

    def kernel(self) -> Kernel:
        """Return the call of ossicle_prelu."""
        return self.call(
            "ossicle_prelu",
            "ossicle_prelu.h",
            "ossicle_prelu_layer",
            {
                "input_offset": -self.left.affine.zero_point,
                "slope_offset": -self.right.affine.zero_point,
                "multiplier": int(self._above[0]),
                "shift": int(self._above[1]),
                "slope_multiplier": int(self._below[0]),
                "slope_shift": int(self._below[1]),
                "zero_point": self.output.affine.zero_point,
            },
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Requantise each side by its factor."""
        offset = integers(values[0]) - self.left.affine.zero_point
        slope = integers(values[1]) - self.right.affine.zero_point
        above = requantise_twice(offset, *self._above)
        below = requantise_twice(offset * slope, *self._below)
        result = np.where(offset >= 0, above, below)
        return np.asarray(to_int8(result, self.output.affine.zero_point, -128, 127))
