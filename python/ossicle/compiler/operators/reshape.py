"""RESHAPE, SQUEEZE and EXPAND_DIMS: the same bytes under another shape."""

from collections.abc import Sequence

import tflite

from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import (
    Kernel,
    Operator,
    UnsupportedError,
    require_shape,
)


class Reshape(Operator):
    """Computes nothing: the planner lets the output share the input's memory."""

    name = "RESHAPE"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs = self.input(0)
        if inputs.data is not None:
            raise UnsupportedError("its input is a constant")
        if inputs.dtype != self.output.dtype or inputs.dtype not in ("int8", "uint8", "int16"):
            raise UnsupportedError(f"from {inputs.dtype} to {self.output.dtype} is not supported")
        if inputs.elements != self.output.elements:
            shapes = f"{inputs.dimensions} and {self.output.dimensions}"
            raise UnsupportedError(
                f"its input and output, {shapes}, differ in their number of elements"
            )

    @property
    def is_alias(self) -> bool:
        """Always."""
        return True

    def kernel(self) -> Kernel:
        """There is none."""
        raise AssertionError("an alias has no kernel")

    def reference(self, values: Sequence[Array]) -> Array:
        """Reshape."""
        return values[0].reshape(self.output.shape)


class Squeeze(Reshape):
    """Leaves out axes of length 1: those named, or all."""

    name = "SQUEEZE"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        shape = self.input(0).shape
        options = self.options(tflite.SqueezeOptions)
        given = [options.SqueezeDims(index) for index in range(options.SqueezeDimsLength())]
        if any(not -len(shape) <= axis < len(shape) or shape[axis] != 1 for axis in given):
            raise UnsupportedError(f"axes {given} of {self.input(0).dimensions} are not all 1 long")
        named = {axis % len(shape) for axis in given}
        every = {axis for axis, size in enumerate(shape) if size == 1}
        dropped = named or every
        require_shape(self.output, [size for axis, size in enumerate(shape) if axis not in dropped])


class ExpandDims(Reshape):
    """Puts in an axis of length 1."""

    name = "EXPAND_DIMS"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        shape = self.input(0).shape
        given = self.constant(1, "axis", ("int32", "int64")).reshape(-1)
        if given.size != 1 or not -len(shape) - 1 <= given[0] <= len(shape):
            raise UnsupportedError(f"its axis {given.tolist()} is none of {len(shape) + 1}")
        axis = int(given[0]) % (len(shape) + 1)
        require_shape(self.output, [*shape[:axis], 1, *shape[axis:]])
