"""TRANSPOSE_CONV: each input element lays a filter over the output."""

from collections.abc import Sequence

import numpy as np
import tflite

from ossicle.compiler.arithmetic import integers
from ossicle.compiler.graph import Array, Node, Tensor
from ossicle.compiler.operators.operator import Kernel, Operator, UnsupportedError, require_shape
from ossicle.compiler.operators.weighted import Weighted, optional
from ossicle.compiler.operators.window import Axis, described


class TransposeConv(Operator):
    """input NHWC, weights OHWI, output NHWC; accumulated in int32, requantised twice-rounded."""

    name = "TRANSPOSE_CONV"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        weights, inputs = self.input(1, "weights"), self.input(2)
        if len(inputs.shape) != 4 or len(weights.shape) != 4:
            raise UnsupportedError("its input and weights must have four dimensions")
        require_shape(
            self.output, self.constant(0, "output shape", ("int32",)).reshape(-1).tolist()
        )
        self._check_channels(inputs, weights)
        options = self.options(tflite.TransposeConvOptions)
        strides, padding = (options.StrideH(), options.StrideW()), options.Padding()
        self.height, self.width = (
            _axis(inputs.shape[k], self.output.shape[k], weights.shape[k], strides[k - 1], padding)
            for k in (1, 2)
        )
        self._weighted = Weighted(
            inputs,
            weights,
            optional(node.inputs, 3),
            self.output,
            channel_axis=0,
            activation=options.FusedActivationFunction(),
        )

    def _check_channels(self, inputs: Tensor, weights: Tensor) -> None:
        if self.output.shape[::3] != (inputs.shape[0], weights.shape[0]):
            raise UnsupportedError("its output has other batches or channels than its inputs")
        if weights.shape[3] != inputs.shape[3]:
            raise UnsupportedError("its weights have other channels than its input")

    @property
    def macs(self) -> int:
        """Input elements times the filters' weights for one input channel."""
        weights = self._weighted.weights
        return self.input(2).elements * int(weights[..., 0].size)

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self._weighted.parameters

    @property
    def detail(self) -> str:
        """Filter size and stride."""
        return described(self.height, self.width)

    def kernel(self) -> Kernel:
        """Return the call of ossicle_transpose_conv."""
        return Kernel(
            function="ossicle_transpose_conv",
            header="ossicle_transpose_conv.h",
            sources=("ossicle_transpose_conv.c",),
            descriptor="ossicle_transpose_conv_layer",
            fields={
                "batches": self.output.shape[0],
                "height": self.height.fields(),
                "width": self.width.fields(),
                "input_channels": self.input(2).shape[3],
                "output_channels": self.output.shape[3],
                **self._weighted.fields(),
            },
            constants=self._weighted.constants(),
            operands=(self.input(2),),
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Lay the filters over a canvas, and cut the output out of it."""
        offset = integers(values[2]) + self._weighted.input_offset
        weights, down, across = integers(self._weighted.weights), self.height, self.width
        sizes = (_canvas(down), _canvas(across))
        canvas = np.zeros((len(offset), *sizes, len(weights)), np.int64)
        ends = [(axis.input - 1) * axis.stride + 1 for axis in (down, across)]
        for y in range(down.filter):
            for x in range(across.filter):
                rows = slice(y, y + ends[0], down.stride)
                columns = slice(x, x + ends[1], across.stride)
                canvas[:, rows, columns] += offset @ weights[:, y, x].T
        sums = canvas[:, down.padding :, across.padding :]
        sums = sums[:, : down.output, : across.output] + self._weighted.bias_row()
        return np.asarray(self._weighted.outputs(sums))


def _axis(length: int, size: int, taps: int, stride: int, padding: int) -> Axis:
    """Return the geometry of the convolution from output to input, its ends swapped."""
    back = Axis.of(size, taps, stride, 1, padding)
    return Axis(length, size, taps, stride, 1, back.padding)


def _canvas(axis: Axis) -> int:
    """Return how far the filters reach, or the output where it reaches further."""
    return max((axis.input - 1) * axis.stride + axis.filter, axis.padding + axis.output)
