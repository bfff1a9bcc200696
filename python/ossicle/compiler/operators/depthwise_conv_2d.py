"""DEPTHWISE_CONV_2D: each input channel under its own filters."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import tflite

from ossicle.compiler.arithmetic import integers, requantise_twice, to_int8
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import Kernel, Operator, UnsupportedError, require_shape
from ossicle.compiler.operators.weighted import Weighted, optional
from ossicle.compiler.operators.window import Axis, windows


class DepthwiseConv2D(Operator):
    """input NHWC, weights 1HWC, output NHWC; accumulated in int32, requantised twice-rounded."""

    name = "DEPTHWISE_CONV_2D"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs, weights = self.input(0), self.input(1, "weights")
        if len(inputs.shape) != 4 or len(weights.shape) != 4 or weights.shape[0] != 1:
            raise UnsupportedError(
                "its input and weights must have four dimensions, the weights' first 1"
            )
        options = self.options(tflite.DepthwiseConv2DOptions)
        batches, rows, columns, depth = inputs.shape
        _, filter_rows, filter_columns, channels = weights.shape
        padding = options.Padding()
        self.height = Axis.of(
            rows, filter_rows, options.StrideH(), options.DilationHFactor(), padding
        )
        self.width = Axis.of(
            columns, filter_columns, options.StrideW(), options.DilationWFactor(), padding
        )
        require_shape(self.output, (batches, self.height.output, self.width.output, channels))
        if channels % depth:
            raise UnsupportedError(
                f"{channels} output channels are no multiple of {depth} input channels"
            )
        self.depth_multiplier = channels // depth
        self._weighted = Weighted(
            inputs,
            weights,
            optional(node.inputs, 2),
            self.output,
            channel_axis=3,
            activation=options.FusedActivationFunction(),
        )

    @property
    def macs(self) -> int:
        """Output elements times filter taps."""
        return self.output.elements * self.height.filter * self.width.filter

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self._weighted.parameters

    @property
    def detail(self) -> str:
        """Filter size and stride."""
        return f"{self.height.filter}x{self.width.filter}, stride " + (
            f"{self.height.stride}x{self.width.stride}"
        )

    def kernel(self) -> Kernel:
        """Return the call of ossicle_depthwise_conv_2d."""
        return Kernel(
            function="ossicle_depthwise_conv_2d",
            header="ossicle_depthwise_conv_2d.h",
            sources=("ossicle_depthwise_conv_2d.c",),
            descriptor="ossicle_depthwise_conv_2d_layer",
            fields={
                "batches": self.output.shape[0],
                "height": self.height.fields(),
                "width": self.width.fields(),
                "input_channels": self.input(0).shape[3],
                "depth_multiplier": self.depth_multiplier,
                **self._weighted.fields(),
            },
            constants=self._weighted.constants(),
            operands=(self.input(0),),
        )

    def fast_kernel(self) -> Kernel:
        """Return the call of ossicle_depthwise_conv_2d_wide where it can be used."""
        plain, channels = self.kernel(), self.output.shape[3]
        if self.depth_multiplier != 1 or channels % 4 or not self._weighted.scales_down:
            return plain
        pairs, columns = -(-self.height.filter * self.width.filter // 2), self.width.output
        return replace(
            plain,
            function="ossicle_depthwise_conv_2d_wide",
            header="ossicle_depthwise_conv_2d_wide.h",
            sources=("ossicle_depthwise_conv_2d_wide.c",),
            # OSSICLE_DEPTHWISE_CONV_2D_WIDE_SCRATCH_BYTES
            scratch_bytes=pairs * 4 * channels + columns * (pairs * 8 + 16) + channels,
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Convolve by gathering windows; output channel c reads input channel c // multiplier."""
        offset = integers(values[0]) + self._weighted.input_offset
        gathered, _ = windows(
            np.repeat(offset, self.depth_multiplier, axis=3), self.height, self.width
        )
        sums = np.einsum("nyxhwc,hwc->nyxc", gathered, integers(self._weighted.weights[0]))
        multipliers, shifts, bounds = self._weighted.requantisation()
        sums = sums + self._weighted.bias_row()
        return np.asarray(to_int8(requantise_twice(sums, multipliers, shifts), *bounds))
