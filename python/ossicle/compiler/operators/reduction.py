"""What operators that reduce along axes share: their axes, and the walks of their kernels."""

from collections.abc import Sequence
from math import prod

import tflite

from ossicle.compiler.graph import Node
from ossicle.compiler.operators.operator import (
    Field,
    Operator,
    UnsupportedError,
    padded_to,
    require_shape,
)

RANK = 5  # OSSICLE_REDUCTION_RANK


class Reduction(Operator):
    """An int8 output for each place along the axes that are kept.

    Attributes:
        axes: those that are reduced, in order.
        walks: the beginning of the descriptor: `kept` and `reduced`.
    """

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs = self.input(0)
        self.require_activation(inputs, "input")
        self.require_activation(self.output, "output")
        self.axes = self._checked_axes()
        keep = self.options(tflite.ReducerOptions).KeepDims()
        left = [
            1 if axis in self.axes else size
            for axis, size in enumerate(inputs.shape)
            if keep or axis not in self.axes
        ]
        require_shape(self.output, left)
        others = [axis for axis in range(len(inputs.shape)) if axis not in self.axes]
        self.walks: dict[str, Field] = {
            "kept": self._walk(others),
            "reduced": self._walk(self.axes),
        }

    def _checked_axes(self) -> tuple[int, ...]:
        rank = len(self.input(0).shape)
        given = self.constant(1, "axes", ("int32",)).reshape(-1)
        if any(not -rank <= axis < rank for axis in given):
            raise UnsupportedError(f"axes {given.tolist()} are not axes of {rank} dimensions")
        return tuple(sorted({int(axis) % rank for axis in given}))

    def _walk(self, axes: Sequence[int]) -> dict[str, Field]:
        shape = self.input(0).shape
        strides = [prod(shape[axis + 1 :]) for axis in axes]
        return {
            "lengths": padded_to(RANK, [shape[axis] for axis in axes], 1),
            "strides": padded_to(RANK, strides, 0),
        }
