"""CONCATENATION of tensors of one scale along an axis."""

from collections.abc import Sequence
from math import prod

import numpy as np
import tflite

from ossicle.compiler.arithmetic import integers
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import (
    Constant,
    Kernel,
    Operator,
    Reference,
    UnsupportedError,
    require_int8,
    require_same_quantisation,
    require_shape,
)


class Concatenation(Operator):
    """Copies; TFLite's int8 kernel does not requantise either."""

    name = "CONCATENATION"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self._inputs = tuple(self.input(index) for index in range(len(node.inputs)))
        for tensor in (*self._inputs, self.output):
            require_int8(tensor, f"tensor {tensor.index}")
            require_same_quantisation(tensor, self.output)
        options = self.options(tflite.ConcatenationOptions)
        if options.FusedActivationFunction() != tflite.ActivationFunctionType.NONE:
            raise UnsupportedError("a fused activation is not supported")
        self._axis = self._checked_axis(options.Axis())
        shape = list(self.output.shape)
        shape[self._axis] = sum(tensor.shape[self._axis] for tensor in self._inputs)
        require_shape(self.output, shape)

    def _checked_axis(self, given: int) -> int:
        rank = len(self.output.shape)
        if not self._inputs or not -rank <= given < rank:
            raise UnsupportedError(f"axis {given} is no axis of {rank} dimensions")
        axis = given % rank
        others = {t.shape[:axis] + t.shape[axis + 1 :] for t in self._inputs}
        if others != {self.output.shape[:axis] + self.output.shape[axis + 1 :]} or any(
            len(tensor.shape) != rank for tensor in self._inputs
        ):
            shapes = ", ".join(tensor.dimensions for tensor in self._inputs)
            raise UnsupportedError(f"its inputs {shapes} do not join along axis {axis}")
        return axis

    def kernel(self) -> Kernel:
        """Return the call of ossicle_concatenation."""
        lengths = integers([prod(tensor.shape[self._axis :]) for tensor in self._inputs])
        return Kernel(
            function="ossicle_concatenation",
            header="ossicle_concatenation.h",
            sources=("ossicle_concatenation.c",),
            descriptor="ossicle_concatenation_layer",
            fields={
                "rows": prod(self.output.shape[: self._axis]),
                "count": len(self._inputs),
                "lengths": Reference("lengths"),
            },
            constants=(Constant("lengths", "int32_t", lengths),),
            operands=self._inputs,
            gathered=True,
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Concatenate."""
        return np.concatenate(values, axis=self._axis)
