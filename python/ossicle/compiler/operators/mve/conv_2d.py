"""The Helium kernels of CONV_2D."""

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers
from ossicle.compiler.graph import Array
from ossicle.compiler.operators.convolution import Convolution
from ossicle.compiler.operators.mve.strip import Strip
from ossicle.compiler.operators.mve.tables import SMALL_SCRATCH, VECTOR, Tables
from ossicle.compiler.operators.operator import Constant, Kernel, Reference
from ossicle.compiler.operators.weighted import Weighted
from ossicle.compiler.operators.window import Axis
from ossicle.compiler.target import Target

BLOCK = 4  # output positions that the kernels multiply at a time
LARGEST_TILE = 32  # positions of a pointwise convolution; more hardly spread a filter's set-up


def conv_2d(layer: Convolution, weighted: Weighted, target: Target) -> Kernel | None:
    """Return the call of ossicle_conv_2d_mve or ossicle_conv_2d_pointwise_mve."""
    weights = integers(weighted.weights)
    tables = Tables.of(weighted, weights.reshape(len(weights), -1))
    if tables is None or weights.shape[3] != layer.input(0).shape[3]:
        return None
    strip = pointwise(layer)
    name, gathered = "ossicle_conv_2d_pointwise_mve", 0
    if strip is None:
        strip = windowed(layer, target)
        name, gathered = "ossicle_conv_2d_mve", strip.bytes
    if target.optimize == "ram" and strip.sums_bytes + gathered > SMALL_SCRATCH:
        return None
    filters = paired_filters(weights)
    return Kernel(
        function=name,
        header="ossicle_conv_2d_mve.h",
        sources=("ossicle_conv_2d_mve.c", "ossicle_strip_mve.c"),
        descriptor="ossicle_conv_2d_mve_layer",
        fields={
            "batches": layer.output.shape[0],
            "strip": strip.fields(-weighted.input_offset),
            "output_channels": len(weights),
            "vectors": filters.shape[1],
            "weights": Reference("weights"),
            "output": tables.fields,
        },
        constants=(Constant("weights", "int8_t", filters), *tables.constants),
        operands=(layer.input(0),),
        scratch_bytes=strip.sums_bytes + gathered,
    )


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
    return Strip(one, all_positions, channels, channels, BLOCK, tile)


def windowed(layer: Convolution, target: Target) -> Strip:
    """Return the strip that the layer gathers."""
    channels = layer.input(0).shape[3]
    row = Strip(layer.height, layer.width, channels, channels, BLOCK, layer.width.output)
    return row.fitted(target.scratch_bytes, 1)


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
