"""ADD: the sum of two tensors of different scales, with broadcasting."""

from collections.abc import Sequence
from math import prod

import numpy as np
import tflite

from ossicle.compiler.arithmetic import Integers, integers, requantise_twice, to_int8
from ossicle.compiler.graph import Array, Node, Tensor
from ossicle.compiler.operators.operator import (
    Field,
    Kernel,
    Operator,
    UnsupportedError,
    padded_to,
    requantise_fields,
    require_int8,
    require_shape,
)
from ossicle.compiler.operators.weighted import fused_range

RANK = 5  # OSSICLE_ADD_RANK
HEADROOM_BITS = 20  # of the kernel


class Add(Operator):
    """Both operands are shifted left by 20 bits, scaled to twice the larger scale, and added."""

    name = "ADD"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        left, right = self.input(0), self.input(1)
        for tensor, what in ((left, "left input"), (right, "right input"), (self.output, "output")):
            require_int8(tensor, what)
        try:
            expected = np.broadcast_shapes(left.shape, right.shape)
        except ValueError as error:
            shapes = f"{left.dimensions} and {right.dimensions}"
            raise UnsupportedError(f"its inputs {shapes} do not broadcast") from error
        require_shape(self.output, expected)
        self._shape = padded_to(RANK, self.output.shape, 1)
        options = self.options(tflite.AddOptions)
        activation = options.FusedActivationFunction()
        self.minimum, self.maximum = fused_range(activation, self.output)
        twice = 2.0 * max(left.affine.scale, right.affine.scale)
        self._left = (-left.affine.zero_point, *requantise_fields(left.affine.scale / twice))
        self._right = (-right.affine.zero_point, *requantise_fields(right.affine.scale / twice))
        real = twice / (float(1 << HEADROOM_BITS) * self.output.affine.scale)
        self._output = requantise_fields(real)
        if self._output[1] > 0:
            # TFLite's kernels abort here; and the sum, below 2^28 (see the kernel), has no room.
            raise UnsupportedError("its output's scale is too small for its inputs'")

    def kernel(self) -> Kernel:
        """Return the call of ossicle_add."""
        left, right = self.input(0), self.input(1)
        shape, strides = merge_axes(self._shape, [self._strides(left), self._strides(right)])
        multiplier, shift = self._output
        return Kernel(
            function="ossicle_add",
            header="ossicle_add.h",
            sources=("ossicle_add.c",),
            descriptor="ossicle_add_layer",
            fields={
                "shape": shape,
                "left": _operand(self._left, strides[0]),
                "right": _operand(self._right, strides[1]),
                "multiplier": multiplier,
                "shift": shift,
                "zero_point": self.output.affine.zero_point,
                "minimum": self.minimum,
                "maximum": self.maximum,
            },
            constants=(),
            operands=(left, right),
        )

    def _strides(self, tensor: Tensor) -> list[int]:
        """Elements from one index of an output axis to the next; 0 where it is repeated."""
        shape = padded_to(RANK, tensor.shape, 1)
        return [
            prod(shape[axis + 1 :]) if shape[axis] == self._shape[axis] else 0
            for axis in range(RANK)
        ]

    def reference(self, values: Sequence[Array]) -> Array:
        """Add by the written arithmetic."""
        total = _scaled(values[0], self._left) + _scaled(values[1], self._right)
        result = requantise_twice(total, *map(integers, self._output))
        bounds = (self.output.affine.zero_point, self.minimum, self.maximum)
        return np.asarray(to_int8(result, *bounds))


def _scaled(values: Array, numbers: tuple[int, int, int]) -> Integers:
    offset, multiplier, shift = map(integers, numbers)
    return requantise_twice((integers(values) + offset) << HEADROOM_BITS, multiplier, shift)


def _operand(numbers: tuple[int, int, int], strides: list[int]) -> dict[str, Field]:
    offset, multiplier, shift = numbers
    return {"offset": offset, "multiplier": multiplier, "shift": shift, "strides": strides}


def merge_axes(shape: list[int], strides: list[list[int]]) -> tuple[list[int], list[list[int]]]:
    """Make one axis of neighbours that every operand walks through in even steps.

    The kernel's inner loop runs along the last axis, so it should be long.

    Args:
        shape: lengths of the axes.
        strides: of each operand, along these axes.

    Returns:
        The same walk with as many axes, leading ones of length 1.
    """
    lengths = [shape[-1]]
    merged = [[own[-1]] for own in strides]
    for axis in reversed(range(len(shape) - 1)):
        steps = [own[axis] for own in strides]
        if shape[axis] == 1 or steps == [lengths[0] * own[0] for own in merged]:
            lengths[0] *= shape[axis]
        elif lengths[0] == 1:
            lengths[0], merged = (
                shape[axis],
                [[step, *own[1:]] for step, own in zip(steps, merged, strict=True)],
            )
        else:
            lengths.insert(0, shape[axis])
            merged = [[step, *own] for step, own in zip(steps, merged, strict=True)]
    missing = len(shape) - len(lengths)
    return [1] * missing + lengths, [[0] * missing + own for own in merged]
