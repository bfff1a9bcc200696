"""The Helium kernels of CONV_2D."""

from dataclasses import dataclass

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers
from ossicle.compiler.blocks.fours import fours
from ossicle.compiler.blocks.fours_pointers import Shape
from ossicle.compiler.blocks.thumb import Block
from ossicle.compiler.graph import Array
from ossicle.compiler.operators.convolution import Convolution
from ossicle.compiler.operators.mve.lines import BLOCK, Lines
from ossicle.compiler.operators.mve.strip import Columns, Planes, Strip
from ossicle.compiler.operators.mve.tables import SMALL_SCRATCH, VECTOR, rescale
from ossicle.compiler.operators.operator import Constant, Field, Kernel, Reference, Symbol
from ossicle.compiler.operators.weighted import Weighted
from ossicle.compiler.target import Target


def conv_2d(layer: Convolution, weighted: Weighted, target: Target) -> Kernel | None:
    """Return the call of ossicle_conv_2d_mve or ossicle_conv_2d_pointwise_mve."""
    weights = integers(weighted.weights)
    channels = layer.input(0).shape[3]
    table = rescale(weighted, weights.reshape(len(weights), -1), multiple=2)
    lines = Lines.of(layer)
    if table is None or weights.shape[3] != channels or not lines.reaches:
        return None
    if kernel := _pointwise(layer, weighted, table):
        return kernel
    strip, shape = _strip(lines, channels, target)
    is_large = target.optimize == "ram" and strip.bytes > SMALL_SCRATCH
    if is_large or not shape.is_served:
        return None
    filters = by_twos(_ordered(weights.transpose(0, *lines.filter_axes, 3), strip))
    is_whole = lines.along.output % BLOCK == 0
    block = fours(shape, weighted.rounding(), is_whole=is_whole)
    return _Call(layer, weighted, table, filters, block).windowed(lines, strip)


def _pointwise(layer: Convolution, weighted: Weighted, table: Constant) -> Kernel | None:
    """Return the call for filters of one tap that read the input where it is."""
    height, width = layer.height, layer.width
    batches, rows, columns, channels = layer.input(0).shape
    step = width.stride * channels
    lines, positions, line_bytes = height.output, width.output, height.stride * columns * channels
    if (height.stride, width.stride) == (1, 1):
        lines, positions, line_bytes = 1, batches * rows * columns, 0
    is_one = batches == 1 or lines == 1
    if (height.filter, width.filter) != (1, 1) or channels % VECTOR or positions < BLOCK:
        return None
    if not is_one or height.padding or width.padding:
        return None
    filters = by_twos(integers(weighted.weights).reshape(-1, channels))
    shape = Shape(1, channels // VECTOR, step, VECTOR, VECTOR, has_words=True)
    block = fours(shape, weighted.rounding(), is_whole=True)
    return _Call(layer, weighted, table, filters, block).pointwise(lines, positions, line_bytes)


def _strip(lines: Lines, channels: int, target: Target) -> tuple[Strip, Shape]:
    """Return the strip that the layer gathers, and how its block goes over it."""
    limit = target.scratch_bytes
    if channels % VECTOR == 0:
        planes = Planes(lines, channels, lines.along.output).fitted(target, limit)
        shape = Shape(
            taps=lines.along.filter,
            steps=lines.across.filter * planes.slices,
            position=VECTOR * planes.step,
            tap=VECTOR * lines.along.dilation,
            step=planes.slice_bytes,
            has_words=True,
        )
        if shape.is_served:
            return planes, shape
    strip = Columns(lines, channels, lines.along.output).fitted(target, limit)
    under = lines.along.filter * strip.column
    position = strip.step * strip.column
    steps = -(-under // VECTOR)
    return strip, Shape(1, steps, position, VECTOR, VECTOR, has_words=strip.below % 4 == 0)


def _ordered(weights: Integers, strip: Strip) -> Array:
    """Return filters in the order in which a strip's vectors are read.

    Args:
        weights: (output channel, tap along, tap across, input channel).
        strip: they lie over.

    Returns:
        (output channel, byte).
    """
    if isinstance(strip, Planes):
        count, taps, rows, _ = weights.shape
        sliced = weights.reshape(count, taps, rows, strip.slices, VECTOR)[:, ::-1]
        weights = sliced.transpose(0, 2, 3, 1, 4)
    return weights.reshape(len(weights), -1)


@dataclass(frozen=True)
class _Call:
    """The parts of a call that do not depend on the strip.

    Attributes:
        table: of requantisation.
        filters: as `by_twos` returns them.
        block: goes over the strip.
    """

    layer: Convolution
    weighted: Weighted
    table: Constant
    filters: Array
    block: Block

    def windowed(self, lines: Lines, strip: Strip) -> Kernel:
        """Return the call that gathers strips."""
        inputs, output = self.layer.input(0), self.layer.output
        return self._kernel(
            "ossicle_conv_2d_mve",
            {
                "batches": output.shape[0],
                "input_bytes": inputs.bytes // output.shape[0],
                "output_bytes": output.bytes // output.shape[0],
                "output_line": lines.output_bytes[0],
                "strip": strip.fields(-self.weighted.input_offset),
                "pixel": {
                    "bytes": strip.channels // strip.slices,
                    "byte_step": 1,
                    "below": strip.below,
                    "column": strip.column,
                },
                "slices": strip.slices,
                "slice_bytes": strip.below // strip.slices,
                "filters": self._fields(lines.output_bytes[1]),
            },
            strip.bytes,
        )

    def pointwise(self, lines: int, positions: int, line_bytes: int) -> Kernel:
        """Return the call that reads the input where it is."""
        channels = self.layer.output.shape[3]
        return self._kernel(
            "ossicle_conv_2d_pointwise_mve",
            {
                "lines": lines,
                "positions": positions,
                "input_line": line_bytes,
                "output_line": positions * channels,
                "input_step": self.layer.width.stride * self.layer.input(0).shape[3],
                "filters": self._fields(channels),
            },
            0,
        )

    def _fields(self, output_step: int) -> dict[str, Field]:
        zero_point, _, _ = self.weighted.bounds
        return {
            "channels": self.layer.output.shape[3],
            "bytes": self.filters[0].size,
            "weights": Reference("weights"),
            "rescale": Reference("rescale"),
            "zero_point": zero_point,
            "output_step": output_step,
            "block": Symbol(self.block.name),
        }

    def _kernel(self, name: str, fields: dict[str, Field], scratch_bytes: int) -> Kernel:
        return Kernel(
            function=name,
            header="ossicle_conv_2d_mve.h",
            sources=("ossicle_conv_2d_mve.c", "ossicle_strip_mve.c"),
            descriptor=f"{name}_layer",
            fields=fields,
            constants=(Constant("weights", "int8_t", self.filters), self.table),
            operands=(self.layer.input(0),),
            blocks=(self.block,),
            scratch_bytes=scratch_bytes,
        )


def by_twos(filters: Array) -> Array:
    """Return filters by twos, a vector of each in turn, with zeros after their last byte.

    Args:
        filters: (output channel, byte); of an odd number the last is repeated.

    Returns:
        (pair, vector, 2, 16).
    """
    zeros = np.pad(filters, ((0, 0), (0, -filters.shape[1] % VECTOR)))
    even = np.pad(zeros, ((0, len(zeros) % 2), (0, 0)), mode="edge")
    return even.reshape(-(-len(filters) // 2), 2, -1, VECTOR).transpose(0, 2, 1, 3)
