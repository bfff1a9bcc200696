"""The Helium kernels of CONV_2D."""

from dataclasses import dataclass, replace

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers
from ossicle.compiler.graph import Array
from ossicle.compiler.operators.convolution import Convolution
from ossicle.compiler.operators.mve.tables import SMALL_SCRATCH, VECTOR, Tables
from ossicle.compiler.operators.operator import Constant, Kernel, Reference
from ossicle.compiler.operators.weighted import Weighted
from ossicle.compiler.operators.window import Axis
from ossicle.compiler.target import Target

BLOCK = 4  # output positions that the kernels multiply at a time
SUMS = 16  # bytes a position: the sums of four channels
LARGEST_TILE = 32  # positions of a pointwise convolution; more hardly spread a filter's set-up


def conv_2d(layer: Convolution, weighted: Weighted, target: Target) -> Kernel | None:
    """Return the call of ossicle_conv_2d_mve or ossicle_conv_2d_pointwise_mve."""
    weights = integers(weighted.weights)
    tables = Tables.of(weighted, weights.reshape(len(weights), -1))
    if tables is None or weights.shape[3] != layer.input(0).shape[3]:
        return None
    strip = pointwise(layer) or windowed(layer, target)
    if target.optimize == "ram" and strip.bytes > SMALL_SCRATCH:
        return None
    return Kernel(
        function=strip.function,
        header="ossicle_conv_2d_mve.h",
        sources=("ossicle_conv_2d_mve.c", "ossicle_columns_mve.c"),
        descriptor="ossicle_conv_2d_mve_layer",
        fields={
            "batches": layer.output.shape[0],
            "height": strip.height.fields(),
            "width": strip.width.fields(),
            "input_channels": layer.input(0).shape[3],
            "output_channels": layer.output.shape[3],
            "zero_point": -weighted.input_offset,
            "tile": strip.tile,
            "rows": strip.rows,
            "step": strip.step,
            "weights": Reference("weights"),
            "output": tables.fields,
        },
        constants=(Constant("weights", "int8_t", paired_filters(weights)), *tables.constants),
        operands=(layer.input(0),),
        scratch_bytes=strip.bytes,
    )


@dataclass(frozen=True)
class Strip:
    """How a layer's patches lie.

    Attributes:
        function: the kernel.
        channels: of the input.
        tile: output positions of a row that are computed together.
        rows: output rows until the strip is gathered anew.
    """

    function: str
    height: Axis
    width: Axis
    channels: int
    tile: int
    rows: int = 1

    @property
    def step(self) -> int:
        """Columns from one position to the next."""
        shares = self.width.dilation == 1 and self.width.stride < self.width.filter
        return self.width.stride if shares else self.width.filter

    @property
    def bytes(self) -> int:
        """The scratch memory."""
        positions = -(-self.tile // BLOCK) * BLOCK
        if self.function == "ossicle_conv_2d_pointwise_mve":
            return positions * SUMS
        columns = (positions - 1) * self.step + self.width.filter
        moves = (self.rows - 1) * self.height.stride * self.channels
        read_beyond = VECTOR - 1
        patches = columns * self.height.filter * self.channels
        return positions * SUMS + patches + moves + read_beyond


def pointwise(layer: Convolution) -> Strip | None:
    """Return the input as a strip, or None if it is none."""
    height, width = layer.height, layer.width
    batches, rows, columns, channels = layer.input(0).shape
    positions = batches * rows * columns
    is_pointwise = (height.filter, width.filter, height.stride, width.stride) == (1, 1, 1, 1)
    if not is_pointwise or channels % VECTOR or positions < BLOCK:
        return None
    tile = min(LARGEST_TILE, positions - positions % BLOCK)
    one, all_positions = Axis(1, 1, 1, 1, 1, 0), Axis(positions, positions, 1, 1, 1, 0)
    return Strip("ossicle_conv_2d_pointwise_mve", one, all_positions, channels, tile)


def windowed(layer: Convolution, target: Target) -> Strip:
    """Return the strip of most positions, then of most rows, that the target has memory for."""
    height, width = layer.height, layer.width
    strip = Strip("ossicle_conv_2d_mve", height, width, layer.input(0).shape[3], width.output)
    while strip.tile > BLOCK and strip.bytes > target.scratch_bytes:
        strip = replace(strip, tile=(strip.tile - 1) // BLOCK * BLOCK)
    if strip.tile < width.output or height.dilation > 1 or height.stride >= height.filter:
        return strip
    of_a_row = height.stride * strip.channels
    room = max(0, target.scratch_bytes - strip.bytes) // of_a_row
    return replace(strip, rows=min(height.output, 1 + room))


def paired_filters(weights: Integers) -> Array:
    """Return filters in the order of a patch, by twos, with zeros where there are none.

    Args:
        weights: (output channel, row, column, input channel).

    Returns:
        (pair, vector, 2, 16).
    """
    filters = weights.transpose(0, 2, 1, 3).reshape(len(weights), -1)
    count, taps = filters.shape
    padded = np.pad(filters, ((0, count % 2), (0, -taps % VECTOR)))
    return padded.reshape(-(-count // 2), 2, -1, VECTOR).transpose(0, 2, 1, 3)
