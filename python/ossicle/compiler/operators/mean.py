"""MEAN: the average over some axes."""

from collections.abc import Sequence
from math import prod
from typing import ClassVar

import numpy as np

from ossicle.compiler.arithmetic import integers, requantise_twice, to_integer
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import Kernel, UnsupportedError, requantise_fields
from ossicle.compiler.operators.reduction import Reduction


class Mean(Reduction):
    """The sum of (q - zero point) times input scale / (output scale * count), rounded twice."""

    name = "MEAN"
    function: ClassVar[str] = "ossicle_mean"
    largest_count: ClassVar[int] = 1 << 23  # elements: 256 times as many still fit 31 bits

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.count = prod(self.input(0).shape[axis] for axis in self.axes)
        if self.count >= self.largest_count:
            raise UnsupportedError(
                f"reduces {self.count} elements to one; fewer than {self.largest_count} can be"
            )
        self._multiplier, self._shift = self._factor()
        if (2**31 // self.largest_count) * self.count << max(self._shift, 0) > 2**31 - 1 - 256:
            raise UnsupportedError("its output's scale is too small for its input's")

    def _factor(self) -> tuple[int, int]:
        """Fold 1 / count into the scale ratio's multiplier, rounding down (TFLite's MEAN)."""
        ratio = self.input(0).affine.scale / self.output.affine.scale
        multiplier, shift = requantise_fields(ratio)
        up = min(self.count.bit_length() - 1, 32, 31 + shift)
        return (multiplier << up) // self.count, shift - up

    def kernel(self) -> Kernel:
        """Return the call of ossicle_mean."""
        inputs = self.input(0)
        return Kernel(
            function=self.function,
            header=f"{self.function}.h",
            sources=(f"{self.function}.c",),
            descriptor=f"{self.function}_layer",
            fields={
                **self.walks,
                "input_offset": -inputs.affine.zero_point * self.count,
                "multiplier": self._multiplier,
                "shift": self._shift,
                "zero_point": self.output.affine.zero_point,
            },
            constants=(),
            operands=(inputs,),
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Average by the written arithmetic."""
        offset = integers(values[0]) - self.input(0).affine.zero_point
        sums = offset.sum(axis=self.axes)
        result = requantise_twice(sums, integers(self._multiplier), integers(self._shift))
        limits = np.iinfo(self.dtype)
        rounded = to_integer(
            result, self.output.affine.zero_point, limits.min, limits.max, self.dtype
        )
        return np.asarray(rounded).reshape(self.output.shape)
