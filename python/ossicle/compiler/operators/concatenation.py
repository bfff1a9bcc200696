"""CONCATENATION and PACK: tensors of one scale side by side along an axis."""

from collections.abc import Sequence
from math import prod

import numpy as np
import tflite

from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.move import Box, Move, joined
from ossicle.compiler.operators.operator import UnsupportedError, require_shape


class Concatenation(Move):
    """Copies; TFLite's kernels do not requantise either."""

    name = "CONCATENATION"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.check([self.input(index) for index in range(len(node.inputs))])
        options = self.options(tflite.ConcatenationOptions)
        if options.FusedActivationFunction() != tflite.ActivationFunctionType.NONE:
            raise UnsupportedError("a fused activation is not supported")
        self._axis = self.checked_axis(options.Axis(), len(self.output.shape))
        self._check_shapes()
        shape = list(self.output.shape)
        shape[self._axis] = sum(tensor.shape[self._axis] for tensor in self.sources)
        require_shape(self.output, shape)

    def _check_shapes(self) -> None:
        axis, rank = self._axis, len(self.output.shape)
        others = {t.shape[:axis] + t.shape[axis + 1 :] for t in self.sources}
        if others != {self.output.shape[:axis] + self.output.shape[axis + 1 :]} or any(
            len(tensor.shape) != rank for tensor in self.sources
        ):
            shapes = ", ".join(tensor.dimensions for tensor in self.sources)
            raise UnsupportedError(f"its inputs {shapes} do not join along axis {axis}")

    def boxes(self) -> list[Box]:
        """Return the inputs as columns of the output's rows."""
        lengths = [prod(tensor.shape[self._axis :]) for tensor in self.sources]
        return joined(prod(self.output.shape[: self._axis]), lengths)

    def reference(self, values: Sequence[Array]) -> Array:
        """Concatenate."""
        return np.concatenate(values, axis=self._axis)


class Pack(Move):
    """Tensors of one shape along a new axis."""

    name = "PACK"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.check([self.input(index) for index in range(len(node.inputs))])
        options = self.options(tflite.PackOptions)
        shapes = {tensor.shape for tensor in self.sources}
        if len(shapes) != 1 or options.ValuesCount() != len(self.sources):
            raise UnsupportedError("its inputs are not as many as it says, all of one shape")
        (shape,) = shapes
        self._axis = self.checked_axis(options.Axis(), len(shape) + 1)
        require_shape(self.output, [*shape[: self._axis], len(self.sources), *shape[self._axis :]])

    def boxes(self) -> list[Box]:
        """Return the inputs as columns of the output's rows."""
        shape = self.sources[0].shape
        lengths = [prod(shape[self._axis :])] * len(self.sources)
        return joined(prod(shape[: self._axis]), lengths)

    def reference(self, values: Sequence[Array]) -> Array:
        """Stack."""
        return np.stack(values, axis=self._axis)
