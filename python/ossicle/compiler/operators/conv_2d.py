"""CONV_2D: two-dimensional convolution, plain, dilated or grouped."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import tflite

from ossicle.compiler.arithmetic import integers, requantise_twice, to_int8
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import Kernel, Operator, UnsupportedError, require_shape
from ossicle.compiler.operators.weighted import Weighted, optional
from ossicle.compiler.operators.window import Axis, windows

SCRATCH_LIMIT = 14336  # bytes; what a tile may take, unless two positions take more
LARGEST_TILE = 16  # positions; more would hardly spread the widening of a filter further


class Conv2D(Operator):
    """input NHWC, weights OHWI, output NHWC; accumulated in int32, requantised twice-rounded."""

    name = "CONV_2D"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs, weights = self.input(0), self.input(1, "weights")
        if len(inputs.shape) != 4 or len(weights.shape) != 4:
            raise UnsupportedError("its input and weights must have four dimensions")
        options = self.options(tflite.Conv2DOptions)
        batches, rows, columns, depth = inputs.shape
        channels, filter_rows, filter_columns, filter_depth = weights.shape
        padding = options.Padding()
        self.height = Axis.of(
            rows, filter_rows, options.StrideH(), options.DilationHFactor(), padding
        )
        self.width = Axis.of(
            columns, filter_columns, options.StrideW(), options.DilationWFactor(), padding
        )
        require_shape(self.output, (batches, self.height.output, self.width.output, channels))
        if depth % filter_depth or channels % (depth // filter_depth):
            raise UnsupportedError(
                f"{depth} input channels do not divide into groups of {filter_depth}"
            )
        self.groups = depth // filter_depth
        self._weighted = Weighted(
            inputs,
            weights,
            optional(node.inputs, 2),
            self.output,
            channel_axis=0,
            activation=options.FusedActivationFunction(),
        )

    @property
    def macs(self) -> int:
        """Output elements times filter taps times channels of a group."""
        return self.output.elements * int(self._weighted.weights[0].size)

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
        """Return the call of ossicle_conv_2d."""
        return Kernel(
            function="ossicle_conv_2d",
            header="ossicle_conv_2d.h",
            sources=("ossicle_conv_2d.c",),
            descriptor="ossicle_conv_2d_layer",
            fields={
                "batches": self.output.shape[0],
                "height": self.height.fields(),
                "width": self.width.fields(),
                "input_channels": self.input(0).shape[3],
                "output_channels": self.output.shape[3],
                "groups": self.groups,
                **self._weighted.fields(),
            },
            constants=self._weighted.constants(),
            operands=(self.input(0),),
        )

    def fast_kernel(self) -> Kernel:
        """Return the call of ossicle_conv_2d_tiled where it can be used."""
        plain = self.kernel()
        if self.groups > 1 or not self._weighted.scales_down:
            return plain
        taps = int(self._weighted.weights[0].size)
        tile = tile_positions(self.height.output * self.width.output, taps)
        return replace(
            plain,
            function="ossicle_conv_2d_tiled",
            header="ossicle_conv_2d_tiled.h",
            sources=("ossicle_conv_2d_tiled.c", "ossicle_block_2x2.c"),
            descriptor="ossicle_conv_2d_tiled_layer",
            fields={"convolution": plain.fields, "tile": tile},
            scratch_bytes=scratch_bytes(tile, taps),
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Convolve by gathering windows; padding is a true zero, that is the zero point."""
        offset = integers(values[0]) + self._weighted.input_offset
        gathered, _ = windows(offset, self.height, self.width)
        batches, rows, columns = gathered.shape[:3]
        grouped = gathered.reshape(*gathered.shape[:5], self.groups, -1)
        weights = integers(self._weighted.weights)
        weights = weights.reshape(self.groups, -1, *weights.shape[1:])
        sums = np.einsum("nyxhwgi,gohwi->nyxgo", grouped, weights)
        sums = sums.reshape(batches, rows, columns, -1) + self._weighted.bias_row()
        multipliers, shifts, bounds = self._weighted.requantisation()
        return np.asarray(to_int8(requantise_twice(sums, multipliers, shifts), *bounds))


def tile_positions(positions: int, taps: int) -> int:
    """Return how many output positions a tile gathers: even, no more than there are or fit."""
    tile = min(LARGEST_TILE, positions + positions % 2)
    while tile > 2 and scratch_bytes(tile, taps) > SCRATCH_LIMIT:
        tile -= 2
    return tile


def scratch_bytes(tile: int, taps: int) -> int:
    """Return what OSSICLE_CONV_2D_TILED_SCRATCH_BYTES gives."""
    quads = -(-taps // 4)
    return (tile + 2) * quads * 8 + tile * 8 + taps
