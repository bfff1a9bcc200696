"""TRANSPOSE: the axes in another order."""

from collections.abc import Sequence

import numpy as np

from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.move import Box, Move, dense
from ossicle.compiler.operators.operator import UnsupportedError, require_shape


class Transpose(Move):
    """Axis k of the output is axis `permutation[k]` of the input."""

    name = "TRANSPOSE"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.check([self.input(0)])
        shape = self.input(0).shape
        given = self.constant(1, "permutation", ("int32",)).reshape(-1)
        self._permutation = [self.checked_axis(int(axis), len(shape)) for axis in given]
        if sorted(self._permutation) != list(range(len(shape))):
            raise UnsupportedError(f"{given.tolist()} is no order of {len(shape)} axes")
        require_shape(self.output, [shape[axis] for axis in self._permutation])

    def boxes(self) -> list[Box]:
        """Return the output's elements in order, which lie in the input by strides."""
        strides = dense(self.input(0).shape)
        source = [strides[axis] for axis in self._permutation]
        return [Box(self.output.shape, source, dense(self.output.shape))]

    def reference(self, values: Sequence[Array]) -> Array:
        """Transpose."""
        return np.transpose(values[0], self._permutation)
