"""What operators with two operands share: broadcasting, and the walk of the kernels through it."""

from math import prod
from typing import TypeVar

import numpy as np

from ossicle.compiler.graph import Node, Tensor
from ossicle.compiler.operators.operator import (
    Field,
    Kernel,
    UnsupportedError,
    padded_to,
    require_shape,
)
from ossicle.compiler.operators.spatial import RowByRow, RowNeed, Spatial

RANK = 5  # OSSICLE_BROADCAST_RANK

_Elementwise = TypeVar("_Elementwise", bound="Elementwise")


class Elementwise(Spatial):
    """An int8 output for each pair of int8 inputs, of which either may be repeated along axes."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        named = ((self.left, "left input"), (self.right, "right input"), (self.output, "output"))
        for tensor, what in named:
            self.require_activation(tensor, what)
        try:
            expected = np.broadcast_shapes(self.left.shape, self.right.shape)
        except ValueError as error:
            shapes = f"{self.left.dimensions} and {self.right.dimensions}"
            raise UnsupportedError(f"its inputs {shapes} do not broadcast") from error
        require_shape(self.output, expected)
        padded_to(RANK, self.output.shape, 1)  # refuses what has more axes

    @property
    def left(self) -> Tensor:
        """The first operand."""
        return self.input(0)

    @property
    def right(self) -> Tensor:
        """The second operand."""
        return self.input(1)

    @property
    def _shape(self) -> list[int]:
        return padded_to(RANK, self.output.shape, 1)

    def row_by_row(self) -> RowByRow | None:
        """Two activations of one shape."""
        same = self.left.shape == self.right.shape == self.output.shape
        if not same or len(self.output.shape) != 4 or self.output.shape[0] != 1:
            return None
        if len(self.activations) != 2:
            return None
        return RowByRow(self._with_heights(1, 1), (RowNeed(1, 1, 0),) * 2)

    def transposed(self: _Elementwise) -> _Elementwise:
        """Both operands are turned."""
        return self._turned()

    def call(self, function: str, header: str, descriptor: str, fields: dict[str, Field]) -> Kernel:
        """Return the call of a kernel whose descriptor begins with the walk."""
        strides = [self._strides(self.left), self._strides(self.right)]
        shape, (left, right) = merge_axes(self._shape, strides)
        return Kernel(
            function=function,
            header=header,
            sources=(f"{function}.c",),
            descriptor=descriptor,
            fields={"walk": {"shape": shape, "left": left, "right": right}, **fields},
            constants=(),
            operands=(self.left, self.right),
        )

    def _strides(self, tensor: Tensor) -> list[int]:
        """Elements from one index of an output axis to the next; 0 where it is repeated."""
        shape = padded_to(RANK, tensor.shape, 1)
        return [
            prod(shape[axis + 1 :]) if shape[axis] == self._shape[axis] else 0
            for axis in range(RANK)
        ]


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
