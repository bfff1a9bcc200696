"""MEAN: the average over some axes."""

from collections.abc import Sequence
from math import prod

import numpy as np
import tflite

from ossicle.compiler.arithmetic import integers, requantise_twice, to_int8
from ossicle.compiler.graph import Array, Node
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

RANK = 5  # OSSICLE_MEAN_RANK
LARGEST_COUNT = 1 << 23  # elements averaged: 256 times as many still fit 31 bits


class Mean(Operator):
    """The sum of (q - zero point) times input scale / (output scale * count), rounded twice."""

    name = "MEAN"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs = self.input(0)
        require_int8(inputs, "input")
        require_int8(self.output, "output")
        self._axes = self._checked_axes()
        keep = self.options(tflite.ReducerOptions).KeepDims()
        kept = [
            1 if axis in self._axes else size
            for axis, size in enumerate(inputs.shape)
            if keep or axis not in self._axes
        ]
        require_shape(self.output, kept)
        self.count = prod(inputs.shape[axis] for axis in self._axes)
        if self.count >= LARGEST_COUNT:
            raise UnsupportedError(
                f"averages {self.count} elements; fewer than {LARGEST_COUNT} can be"
            )
        others = [axis for axis in range(len(inputs.shape)) if axis not in self._axes]
        self._kept, self._reduced = self._walk(others), self._walk(self._axes)
        self._multiplier, self._shift = self._factor()
        if self.count * 256 << max(self._shift, 0) > 2**31 - 1 - 256:
            raise UnsupportedError("its output's scale is too small for its input's")

    def _checked_axes(self) -> tuple[int, ...]:
        rank = len(self.input(0).shape)
        given = self.constant(1, "axes", ("int32",)).reshape(-1)
        if any(not -rank <= axis < rank for axis in given):
            raise UnsupportedError(f"axes {given.tolist()} are not axes of {rank} dimensions")
        return tuple(sorted({int(axis) % rank for axis in given}))

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
            function="ossicle_mean",
            header="ossicle_mean.h",
            sources=("ossicle_mean.c",),
            descriptor="ossicle_mean_layer",
            fields={
                "kept": self._kept,
                "reduced": self._reduced,
                "input_offset": -inputs.affine.zero_point * self.count,
                "multiplier": self._multiplier,
                "shift": self._shift,
                "zero_point": self.output.affine.zero_point,
            },
            constants=(),
            operands=(inputs,),
        )

    def _walk(self, axes: Sequence[int]) -> dict[str, Field]:
        shape = self.input(0).shape
        strides = [prod(shape[axis + 1 :]) for axis in axes]
        return {
            "lengths": padded_to(RANK, [shape[axis] for axis in axes], 1),
            "strides": padded_to(RANK, strides, 0),
        }

    def reference(self, values: Sequence[Array]) -> Array:
        """Average by the written arithmetic."""
        offset = integers(values[0]) - self.input(0).affine.zero_point
        sums = offset.sum(axis=self._axes)
        result = requantise_twice(sums, integers(self._multiplier), integers(self._shift))
        rounded = to_int8(result, self.output.affine.zero_point, -128, 127)
        return np.asarray(rounded).reshape(self.output.shape)
