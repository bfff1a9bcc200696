"""DEPTHWISE_CONV_2D: each input channel under its own filters."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import tflite

from ossicle.compiler.arithmetic import integers
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators import mve
from ossicle.compiler.operators.convolution import Convolution
from ossicle.compiler.operators.depthwise_3x3 import small
from ossicle.compiler.operators.operator import Kernel, UnsupportedError
from ossicle.compiler.operators.window import windows
from ossicle.compiler.target import Target


class DepthwiseConv2D(Convolution):
    """input NHWC, weights 1HWC, output NHWC; accumulated in int32, requantised twice-rounded."""

    name = "DEPTHWISE_CONV_2D"

    option_table = tflite.DepthwiseConv2DOptions
    channel_axis = 3

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        depth, channels = self.input(0).shape[3], self.output.shape[3]
        if self.input(1).shape[0] != 1:
            raise UnsupportedError("the first dimension of its weights must be 1")
        if channels % depth:
            raise UnsupportedError(
                f"{channels} output channels are no multiple of {depth} input channels"
            )
        self.depth_multiplier = channels // depth

    @property
    def macs(self) -> int:
        """Output elements times filter taps."""
        return self.output.elements * self.height.filter * self.width.filter

    def kernel(self) -> Kernel:
        """Return the call of ossicle_depthwise_conv_2d."""
        return Kernel(
            function="ossicle_depthwise_conv_2d",
            header="ossicle_depthwise_conv_2d.h",
            sources=("ossicle_depthwise_conv_2d.c",),
            descriptor="ossicle_depthwise_conv_2d_layer",
            fields={
                **self.geometry(),
                "depth_multiplier": self.depth_multiplier,
                **self._weighted.fields(),
            },
            constants=self._weighted.constants(),
            operands=(self.input(0),),
        )

    def kernel_for(self, target: Target) -> Kernel:
        """Return the call of a faster kernel where one can be used."""
        if target.extension == "mve" and (
            kernel := mve.depthwise_conv_2d(self, self._weighted, target)
        ):
            return kernel
        if kernel := small(self, self._weighted, target):
            return kernel
        plain, channels = self.kernel(), self.output.shape[3]
        if target.optimize == "ram":
            return plain
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
        return np.asarray(self._weighted.outputs(sums + self._weighted.bias_row()))
